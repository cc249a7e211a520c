//! Posts that arrived together leave together: one update of eight costs each recipient a third of eight updates.
//!
//! A post whose author has nothing more to say there waits for nobody.

use std::sync::Arc;

use model::ChannelId;

use super::pending::{Moves, Pending};
use crate::sessions::{LiveSession, Queue};
use crate::{Gateway, limits};

impl Gateway {
    /// While more requests about a channel wait in the queue of the session that caused these moves, their outcome is waited for,
    /// a little, and added.
    pub(super) async fn wait_for_burst(
        &self,
        channel: ChannelId,
        moves: &mut Moves,
        pending: &Pending,
    ) {
        let Some(author) = self.author(channel, moves) else { return };
        if !author.queue.lock().has_more(channel) {
            return;
        }
        let _late = tokio::time::timeout(limits::BURST, ends(&author, channel)).await;
        for _ in 0..limits::BUS_TURNS {
            tokio::task::yield_now().await;
            if let Some(later) = pending.take_channel(channel) {
                moves.merge(later);
            }
        }
    }

    /// The connected session that caused the last of the moves.
    fn author(&self, channel: ChannelId, moves: &Moves) -> Option<Arc<LiveSession>> {
        let origin = moves.origins().last()?;
        let (roster, _) = self.delivery.channel_state(channel, moves.before)?;
        let seat = roster.iter().find(|seat| seat.is_origin(origin))?;
        Some(Arc::clone(&seat.session))
    }
}

impl Queue {
    /// Whether a request that waits is about this channel, as far as its first bytes tell.
    fn has_more(&self, channel: ChannelId) -> bool {
        let id = channel.0.to_le_bytes();
        self.waiting.iter().any(|(_, body)| {
            body.chunks(limits::REQUEST_HEAD)
                .next()
                .is_some_and(|head| head.windows(id.len()).any(|bytes| bytes == id))
        })
    }
}

/// Returns when no request about a channel waits or runs any more in this session.
async fn ends(session: &LiveSession, channel: ChannelId) {
    let mut last_runs = false;
    loop {
        let rings = session.answered.notified();
        {
            let queue = session.queue.lock();
            let more = queue.has_more(channel);
            if session.is_ended() || !queue.running || (last_runs && !more) {
                return;
            }
            // What runs now may be the last one.
            last_runs = !more;
        }
        rings.await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use super::*;
    use crate::keys::KeyEntry;

    const HERE: ChannelId = ChannelId(5_000_000_007);

    fn request(channel: ChannelId) -> Vec<u8> {
        [&[1, 2, 3, 4][..], &channel.0.to_le_bytes(), &[0; 300]].concat()
    }

    #[test]
    fn a_request_is_about_the_channel_that_its_head_names() {
        let mut queue = Queue::default();
        assert!(!queue.has_more(HERE));
        queue.waiting.push_back((4, request(ChannelId(5_000_000_008))));
        // Text further behind is not looked at.
        queue.waiting.push_back((8, [vec![0; limits::REQUEST_HEAD], request(HERE)].concat()));
        queue.waiting.push_back((12, vec![7; 3]));
        assert!(!queue.has_more(HERE));
        queue.waiting.push_back((16, request(HERE)));
        assert!(queue.has_more(HERE));
    }

    #[test]
    fn a_burst_ends_with_the_answer_to_its_last_request() {
        let session = LiveSession::new(Arc::new(KeyEntry::for_tests(1)), 1, Duration::ZERO);
        session.queue.lock().running = true;
        session.queue.lock().waiting.extend([(4, request(HERE)), (8, request(ChannelId(1)))]);
        let mut burst = Box::pin(ends(&session, HERE));
        assert!(burst.as_mut().now_or_never().is_none());
        // The first one starts, which says nothing; then it is answered.
        session.queue.lock().waiting.pop_front();
        assert!(burst.as_mut().now_or_never().is_none());
        session.answered.notify_waiters();
        assert!(burst.as_mut().now_or_never().is_none());
        session.answered.notify_waiters();
        assert!(burst.as_mut().now_or_never().is_some());
        let idle = LiveSession::new(Arc::new(KeyEntry::for_tests(2)), 1, Duration::ZERO);
        assert!(ends(&idle, HERE).now_or_never().is_some());
    }
}
