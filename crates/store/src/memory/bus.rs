//! The bus of one process.

use std::sync::Arc;

use tokio::sync::broadcast;

use crate::ports::bus::{Bus, Notice, Subscription};

/// Notices that a subscriber may be behind, some MiB of places. Subscribers sort them and wait for nothing meanwhile, so that only a
/// machine that stands still for long gets there.
const BACKLOG: usize = 65_536;

/// Hands every notice to every subscriber of this process, in order. A notice is held until the slowest has heard it, or lost
/// for those who are too far behind: they are told.
#[derive(Debug)]
pub struct LocalBus {
    notices: broadcast::Sender<Arc<Notice>>,
}

impl LocalBus {
    /// Subscribers may be this many notices behind (the next power of two, in fact).
    #[must_use]
    pub fn holding(backlog: usize) -> Self {
        Self { notices: broadcast::Sender::new(backlog) }
    }
}

impl Default for LocalBus {
    fn default() -> Self {
        Self::holding(BACKLOG)
    }
}

impl Bus for LocalBus {
    fn publish(&self, notice: Notice) {
        // Nobody may be listening.
        drop(self.notices.send(Arc::new(notice)));
    }

    fn subscribe(&self) -> Subscription {
        Subscription::new(self.notices.subscribe())
    }
}

#[cfg(test)]
mod tests {
    use model::{AuthKeyId, Pts, UserId};

    use super::*;
    use crate::ports::bus::Heard;

    fn box_notice(pts: i32) -> Notice {
        Notice::Box { user: UserId(1), pts: Pts(pts), pts_count: 1, origin: None }
    }

    fn heard(notice: Notice) -> Option<Heard> {
        Some(Heard::Notice(Arc::new(notice)))
    }

    #[test]
    fn every_subscriber_hears_in_order_from_its_start() {
        let bus = LocalBus::default();
        let mut early = bus.subscribe();
        bus.publish(box_notice(1));
        let mut late = bus.subscribe();
        bus.publish(Notice::KeyRevoked { key: AuthKeyId(7) });
        assert_eq!(early.try_recv(), heard(box_notice(1)));
        assert_eq!(early.try_recv(), heard(Notice::KeyRevoked { key: AuthKeyId(7) }));
        assert_eq!(late.try_recv(), heard(Notice::KeyRevoked { key: AuthKeyId(7) }));
        assert_eq!(late.try_recv(), None);
    }

    #[test]
    fn who_is_too_slow_is_told_how_much_was_lost_and_goes_on() {
        let bus = LocalBus::holding(4);
        let (mut slow, mut quick) = (bus.subscribe(), bus.subscribe());
        for pts in 1..=7 {
            bus.publish(box_notice(pts));
            assert_eq!(quick.try_recv(), heard(box_notice(pts)));
        }
        assert_eq!(slow.try_recv(), Some(Heard::Missed(3)));
        for pts in 4..=7 {
            assert_eq!(slow.try_recv(), heard(box_notice(pts)));
        }
        assert_eq!((slow.try_recv(), quick.try_recv()), (None, None));
    }

    #[test]
    fn nothing_is_held_for_who_left() {
        let bus = LocalBus::default();
        drop(bus.subscribe());
        let notice = Arc::new(box_notice(1));
        assert!(bus.notices.send(Arc::clone(&notice)).is_err());
        let mut stays = bus.subscribe();
        bus.notices.send(Arc::clone(&notice)).unwrap();
        assert_eq!(Arc::strong_count(&notice), 2);
        stays.try_recv();
        assert_eq!(Arc::strong_count(&notice), 1);
    }
}
