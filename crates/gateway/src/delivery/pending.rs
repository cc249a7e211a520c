//! What waits for a delivery worker. Notices of one box or log are merged: how far it moved, and who knows of which part.
//! So there is at most one entry for each connected account and channel, besides a bounded list of single events, in which what is of the
//! moment for a channel stands once.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use model::event::Ephemeral;
use model::{ChannelId, Pts, UserId};
use parking_lot::Mutex;
use store::ports::Notice;
use store::ports::bus::OriginSession;
use tokio::sync::Notify;

use crate::limits;

/// How far a box or log has moved since it was last delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moves {
    /// Where the first of the notices started.
    pub(super) before: Pts,
    /// Where the last one ended.
    pub(super) upto: Pts,
    caused: Vec<Caused>,
}

/// A stretch that one session caused by a request of its own, and hears of in the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Caused {
    after: Pts,
    upto: Pts,
    by: OriginSession,
}

impl Moves {
    /// One notice: a move to `pts`, by `pts_count`.
    pub(super) fn new(pts: Pts, pts_count: i32, origin: Option<OriginSession>) -> Self {
        let before = Pts(pts.0.saturating_sub(pts_count));
        let caused = origin.map(|by| Caused { after: before, upto: pts, by });
        Self { before, upto: pts, caused: caused.into_iter().collect() }
    }

    pub(super) fn merge(&mut self, later: Self) {
        self.before = self.before.min(later.before);
        self.upto = self.upto.max(later.upto);
        // Whoever is forgotten here hears of its own act twice; clients drop what they have by its pts.
        let room = limits::DELIVERY_ORIGINS.saturating_sub(self.caused.len());
        self.caused.extend(later.caused.into_iter().take(room));
    }

    /// The sessions that caused some of it, in the order of the notices; one may stand here several times.
    pub(super) fn origins(&self) -> impl Iterator<Item = OriginSession> + '_ {
        self.caused.iter().map(|caused| caused.by)
    }

    /// The session that caused all that is behind `cursor`, if it is one stretch.
    pub(super) fn only_by(&self, cursor: Pts) -> Option<OriginSession> {
        match self.caused.as_slice() {
            [caused] if caused.after <= cursor && caused.upto == self.upto => Some(caused.by),
            _ => None,
        }
    }

    /// Whether this session caused the event at `pts`.
    pub(super) fn caused_by(&self, origin: OriginSession, pts: Pts) -> bool {
        self.caused
            .iter()
            .any(|caused| caused.by == origin && caused.after < pts && pts <= caused.upto)
    }
}

/// What a worker does next.
#[derive(Debug)]
pub(super) enum Work {
    Box(UserId, Moves),
    Channel(ChannelId, Moves),
    Single(Arc<Notice>),
}

enum Place {
    Box(UserId),
    Channel(ChannelId),
    Single(Arc<Notice>),
}

/// The queue of one worker.
#[derive(Default)]
pub(super) struct Pending {
    state: Mutex<State>,
    ring: Notify,
}

#[derive(Default)]
struct State {
    order: VecDeque<Place>,
    boxes: HashMap<UserId, Moves>,
    channels: HashMap<ChannelId, Moves>,
    /// What is of the moment for a channel and waits, each once.
    moments: HashMap<ChannelId, Vec<Moment>>,
    singles: usize,
}

/// Something of the moment that waits.
struct Moment {
    event: Ephemeral,
    /// Who knows already; nobody does of what several sessions caused.
    origin: Option<OriginSession>,
}

impl State {
    /// Whether this waits already.
    fn merge(&mut self, notice: &Notice) -> bool {
        let Notice::EphemeralToChannel { channel, event, origin } = notice else { return false };
        let mut waiting = self.moments.get_mut(channel).into_iter().flatten();
        let Some(equal) = waiting.find(|moment| moment.event == *event) else { return false };
        equal.origin = equal.origin.filter(|_| equal.origin == *origin);
        true
    }

    /// Notes that a notice waits.
    fn note(&mut self, notice: &Notice) {
        if let Notice::EphemeralToChannel { channel, event, origin } = notice {
            let moment = Moment { event: event.clone(), origin: *origin };
            self.moments.entry(*channel).or_default().push(moment);
        }
    }

    /// A notice waits no more: as it is to be told now.
    fn release(&mut self, notice: Arc<Notice>) -> Arc<Notice> {
        let Notice::EphemeralToChannel { channel, event, origin } = &*notice else { return notice };
        let Some(moments) = self.moments.get_mut(channel) else { return notice };
        let place = moments.iter().position(|moment| moment.event == *event);
        let moment = place.map(|place| moments.swap_remove(place));
        if moments.is_empty() {
            self.moments.remove(channel);
        }
        match moment {
            Some(Moment { event, origin: merged }) if merged != *origin => {
                Arc::new(Notice::EphemeralToChannel { channel: *channel, event, origin: merged })
            }
            _ => notice,
        }
    }
}

impl Pending {
    /// A box moved. The caller has seen that the account is connected: that bounds the entries.
    pub(super) fn add_box(&self, user: UserId, moves: Moves) {
        let mut state = self.state.lock();
        match state.boxes.get_mut(&user) {
            Some(waiting) => waiting.merge(moves),
            None => {
                state.boxes.insert(user, moves);
                state.order.push_back(Place::Box(user));
            }
        }
        drop(state);
        self.ring.notify_one();
    }

    /// A log moved, of a channel with connected members.
    pub(super) fn add_channel(&self, channel: ChannelId, moves: Moves) {
        let mut state = self.state.lock();
        match state.channels.get_mut(&channel) {
            Some(waiting) => waiting.merge(moves),
            None => {
                state.channels.insert(channel, moves);
                state.order.push_back(Place::Channel(channel));
            }
        }
        drop(state);
        self.ring.notify_one();
    }

    /// A single event. False if too many wait: then it was not taken. One of the moment that waits already is told once.
    pub(super) fn add_single(&self, notice: Arc<Notice>) -> bool {
        let mut state = self.state.lock();
        if state.merge(&notice) {
            return true;
        }
        if state.singles >= limits::DELIVERY_SINGLES {
            return false;
        }
        state.singles += 1;
        state.note(&notice);
        state.order.push_back(Place::Single(notice));
        drop(state);
        self.ring.notify_one();
        true
    }

    /// How far a log has moved besides what its worker has in hand.
    pub(super) fn take_channel(&self, channel: ChannelId) -> Option<Moves> {
        // Its place in the order stays and leads to nothing, or to what comes later.
        self.state.lock().channels.remove(&channel)
    }

    /// The next piece of work, when there is one.
    pub(super) async fn next(&self) -> Work {
        loop {
            // One worker waits here, and a ring before it waits is kept.
            if let Some(work) = self.take() {
                return work;
            }
            self.ring.notified().await;
        }
    }

    fn take(&self) -> Option<Work> {
        let mut state = self.state.lock();
        loop {
            let work = match state.order.pop_front()? {
                Place::Box(user) => state.boxes.remove(&user).map(|moves| Work::Box(user, moves)),
                Place::Channel(channel) => {
                    state.channels.remove(&channel).map(|moves| Work::Channel(channel, moves))
                }
                Place::Single(notice) => {
                    state.singles -= 1;
                    Some(Work::Single(state.release(notice)))
                }
            };
            if work.is_some() {
                return work;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{AuthKeyId, MessageId};

    use super::*;

    const ANN: OriginSession = OriginSession { key: AuthKeyId(1), session: 1 };
    const BEN: OriginSession = OriginSession { key: AuthKeyId(2), session: 2 };

    #[test]
    fn notices_of_one_box_become_one_piece_of_work() {
        let pending = Pending::default();
        pending.add_box(UserId(1), Moves::new(Pts(5), 1, Some(ANN)));
        pending.add_box(UserId(2), Moves::new(Pts(9), 1, None));
        pending.add_box(UserId(1), Moves::new(Pts(8), 3, Some(BEN)));
        let Some(Work::Box(user, moves)) = pending.take() else { panic!("no box") };
        assert_eq!((user, moves.before, moves.upto), (UserId(1), Pts(4), Pts(8)));
        assert!(moves.caused_by(ANN, Pts(5)) && !moves.caused_by(ANN, Pts(6)));
        assert!(!moves.caused_by(BEN, Pts(5)) && moves.caused_by(BEN, Pts(8)));
        assert!(matches!(pending.take(), Some(Work::Box(UserId(2), _))));
        assert!(pending.take().is_none());
    }

    #[test]
    fn what_is_of_the_moment_waits_once_and_is_told_to_all_who_caused_it() {
        let pending = Pending::default();
        let channel = ChannelId(1);
        let reactions = |id, origin| {
            let event = Ephemeral::ChannelReactions { channel, id: MessageId(id) };
            Arc::new(Notice::EphemeralToChannel { channel, event, origin: Some(origin) })
        };
        for notice in [reactions(1, ANN), reactions(2, ANN), reactions(1, BEN), reactions(1, ANN)] {
            assert!(pending.add_single(notice));
        }
        let mut told = Vec::new();
        while let Some(Work::Single(notice)) = pending.take() {
            let Notice::EphemeralToChannel { event, origin, .. } = &*notice else { panic!() };
            told.push((event.clone(), *origin));
        }
        let of = |id| Ephemeral::ChannelReactions { channel, id: MessageId(id) };
        assert_eq!(told, [(of(1), None), (of(2), Some(ANN))]);
        // Nothing waits, so the next one is told anew.
        assert!(pending.add_single(reactions(1, BEN)));
        assert!(matches!(pending.take(), Some(Work::Single(_))));
        assert!(pending.state.lock().moments.is_empty());
    }

    #[test]
    fn origins_and_single_events_are_bounded() {
        let pending = Pending::default();
        for pts in 1..=i32::try_from(limits::DELIVERY_ORIGINS).unwrap() + 5 {
            pending.add_channel(ChannelId(1), Moves::new(Pts(pts), 1, Some(ANN)));
        }
        let Some(Work::Channel(_, moves)) = pending.take() else { panic!("no channel") };
        assert_eq!(moves.origins().count(), limits::DELIVERY_ORIGINS);
        let notice = Arc::new(Notice::KeyRevoked { key: AuthKeyId(1) });
        for _ in 0..limits::DELIVERY_SINGLES {
            assert!(pending.add_single(Arc::clone(&notice)));
        }
        assert!(!pending.add_single(Arc::clone(&notice)));
        assert!(matches!(pending.take(), Some(Work::Single(_))));
        assert!(pending.add_single(notice));
    }
}
