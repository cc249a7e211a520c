//! Who is connected: sessions by account, and accounts by channel.
//!
//! Notices of who came and went leave after their commits and may be heard late, or in another order than they happened. So
//! members carry how many departures their channel had counted when they were in for certain, and a channel how many of its
//! departures are known here; a post read beside a higher number may have been written after somebody was removed of whom
//! nothing was heard yet, and then the store is asked who is still in.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model::{ChannelId, Pts, UserId};
use parking_lot::Mutex;
use store::ports::bus::OriginSession;
use tokio::sync::OnceCell;

use crate::Gateway;
use crate::sessions::LiveSession;

/// The directory of live sessions.
#[derive(Default)]
pub(crate) struct Delivery {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    users: HashMap<UserId, LiveUser>,
    channels: HashMap<ChannelId, LiveChannel>,
}

#[derive(Default)]
struct LiveUser {
    sessions: Vec<Arc<LiveSession>>,
    channels: HashSet<ChannelId>,
    /// Set once the account's channels were read.
    read: Arc<OnceCell<()>>,
    /// While they are read: the channels that the account left meanwhile, with their departures.
    left_meanwhile: HashMap<ChannelId, i64>,
    /// What was delivered of the box; unknown until the first event.
    cursor: Option<Pts>,
}

#[derive(Default)]
struct LiveChannel {
    /// With the channel's departures at a moment when they were in.
    users: HashMap<UserId, i64>,
    /// Of the departures up to this one everybody is heard: none of those in `users` is gone by one of them.
    known: i64,
    cursor: Option<Pts>,
    /// The members' sessions, gathered for one post and kept until somebody comes or goes.
    roster: Option<Roster>,
}

/// The sessions of a channel's connected members, those of an account side by side.
pub(crate) type Roster = Arc<[Seat]>;

/// A session of a connected member. What every post asks of everybody stands side by side, and is read without a look at the
/// sessions themselves, which are cold.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) user: UserId,
    pub(crate) session: Arc<LiveSession>,
    pub(crate) dc: i32,
    id: i64,
}

impl Seat {
    fn new(user: UserId, session: &Arc<LiveSession>) -> Self {
        Self { user, session: Arc::clone(session), dc: session.key.dc, id: session.id }
    }

    /// As [`is_origin`](super::is_origin).
    pub(crate) fn is_origin(&self, origin: OriginSession) -> bool {
        self.id == origin.session && super::is_origin(&self.session, origin)
    }
}

/// What is known of the people in a roster.
pub(crate) enum Standing {
    /// These of them are in.
    In(Roster),
    /// Some departures are not heard of yet: the store has to be asked about all who are held for members.
    Doubtful(Vec<UserId>),
}

impl LiveChannel {
    /// Notes a departure that was heard of. One that comes out of turn leaves a gap, which the next post finds.
    fn learn(&mut self, departures: i64) {
        if departures == self.known + 1 {
            self.known = departures;
        }
    }
}

impl Delivery {
    /// The sessions of an account.
    pub(crate) fn sessions(&self, user: UserId) -> Vec<Arc<LiveSession>> {
        self.state.lock().users.get(&user).map(|live| live.sessions.clone()).unwrap_or_default()
    }

    pub(crate) fn is_connected(&self, user: UserId) -> bool {
        self.state.lock().users.contains_key(&user)
    }

    /// Whether members of a channel are connected.
    pub(crate) fn has_audience(&self, channel: ChannelId) -> bool {
        self.state.lock().channels.contains_key(&channel)
    }

    /// The sessions of an account and what was delivered to them; events up to `before` count as delivered if nothing is known.
    pub(crate) fn box_state(
        &self,
        user: UserId,
        before: Pts,
    ) -> Option<(Vec<Arc<LiveSession>>, Pts)> {
        let mut state = self.state.lock();
        let live = state.users.get_mut(&user)?;
        let cursor = *live.cursor.get_or_insert(before);
        Some((live.sessions.clone(), cursor))
    }

    pub(crate) fn move_box_cursor(&self, user: UserId, to: Pts) {
        if let Some(live) = self.state.lock().users.get_mut(&user) {
            live.cursor = Some(to);
        }
    }

    /// The connected members of a channel.
    pub(crate) fn channel_users(&self, channel: ChannelId) -> Vec<UserId> {
        self.state
            .lock()
            .channels
            .get(&channel)
            .map(|live| live.users.keys().copied().collect())
            .unwrap_or_default()
    }

    /// The channels of a connected account.
    pub(crate) fn channels_of(&self, user: UserId) -> Vec<ChannelId> {
        self.state
            .lock()
            .users
            .get(&user)
            .map(|live| live.channels.iter().copied().collect())
            .unwrap_or_default()
    }

    /// The sessions of a channel's connected members, and what was delivered to them.
    pub(crate) fn channel_state(&self, channel: ChannelId, before: Pts) -> Option<(Roster, Pts)> {
        let mut state = self.state.lock();
        let State { users, channels } = &mut *state;
        let live = channels.get_mut(&channel)?;
        let cursor = *live.cursor.get_or_insert(before);
        let members = &live.users;
        let roster = live.roster.get_or_insert_with(|| {
            members
                .keys()
                .filter_map(|user| users.get(user).map(|live| (user, live)))
                .flat_map(|(user, live)| {
                    live.sessions.iter().map(|session| Seat::new(*user, session))
                })
                .collect()
        });
        Some((Arc::clone(roster), cursor))
    }

    pub(crate) fn move_channel_cursor(&self, channel: ChannelId, to: Pts) {
        if let Some(live) = self.state.lock().channels.get_mut(&channel) {
            live.cursor = Some(to);
        }
    }

    /// Someone joined or left; `departures` of the channel are those after it.
    pub(crate) fn set_member(
        &self,
        user: UserId,
        channel: ChannelId,
        member: bool,
        departures: i64,
    ) {
        let mut state = self.state.lock();
        let State { users, channels } = &mut *state;
        if !member && let Some(log) = channels.get_mut(&channel) {
            if log.users.get(&user).is_some_and(|since| *since >= departures) {
                // Back already: this is heard late.
                return log.learn(departures);
            }
            log.learn(departures);
        }
        let Some(live) = users.get_mut(&user) else { return };
        if member {
            live.left_meanwhile.remove(&channel);
            enter(channels, live, channel, (user, departures));
        } else {
            if !live.read.initialized() {
                live.left_meanwhile.insert(channel, departures);
            }
            live.channels.remove(&channel);
            leave(channels, channel, user);
        }
    }

    /// Who of a roster is in still, as far as that is known when the channel counts these departures.
    pub(crate) fn standing(
        &self,
        channel: ChannelId,
        roster: &Roster,
        departures: i64,
    ) -> Standing {
        let state = self.state.lock();
        let Some(live) = state.channels.get(&channel) else { return Standing::In(Arc::default()) };
        if live.known < departures {
            return Standing::Doubtful(live.users.keys().copied().collect());
        }
        if live.roster.as_ref().is_some_and(|latest| Arc::ptr_eq(latest, roster)) {
            return Standing::In(Arc::clone(roster));
        }
        let still_in = roster.iter().filter(|seat| live.users.contains_key(&seat.user));
        Standing::In(still_in.cloned().collect())
    }

    /// What the store said of the doubtful, asked after the departures were read: these are not in.
    pub(crate) fn settle(
        &self,
        channel: ChannelId,
        asked: &[UserId],
        strangers: &HashSet<UserId>,
        departures: i64,
    ) {
        let mut state = self.state.lock();
        let State { users, channels } = &mut *state;
        let Some(live) = channels.get_mut(&channel) else { return };
        let mut gone = HashSet::new();
        for user in asked {
            let Some(since) = live.users.get_mut(user) else { continue };
            if !strangers.contains(user) {
                *since = departures.max(*since);
            } else if *since < departures {
                // Else they came back since the store was asked, or left so lately that another post will find it.
                gone.insert(*user);
            }
        }
        live.users.retain(|user, _| !gone.contains(user));
        live.known = live.users.values().copied().min().unwrap_or(departures);
        live.roster = None;
        if live.users.is_empty() {
            channels.remove(&channel);
        }
        for user in gone {
            if let Some(live) = users.get_mut(&user) {
                live.channels.remove(&channel);
            }
        }
    }

    /// Takes the channels in that were read for an account, without those that it has left since the reading began.
    fn take_channels(&self, user: UserId, read: &Arc<OnceCell<()>>, found: &[(ChannelId, i64)]) {
        let mut state = self.state.lock();
        let State { users, channels } = &mut *state;
        let Some(live) = users.get_mut(&user) else { return };
        // The account may have gone and come back: then another reading is under way.
        if !Arc::ptr_eq(&live.read, read) {
            return;
        }
        let left = std::mem::take(&mut live.left_meanwhile);
        for (channel, departures) in found {
            if left.get(channel).is_none_or(|left| departures >= left) {
                enter(channels, live, *channel, (user, *departures));
            }
        }
    }

    /// Takes a session in.
    fn add(&self, session: &Arc<LiveSession>, user: UserId) -> Arc<OnceCell<()>> {
        let mut state = self.state.lock();
        let State { users, channels } = &mut *state;
        let live = users.entry(user).or_default();
        if !live.sessions.iter().any(|held| Arc::ptr_eq(held, session)) {
            live.sessions.push(Arc::clone(session));
            forget_rosters(channels, live);
        }
        Arc::clone(&live.read)
    }

    /// Forgets everybody.
    pub(super) fn forget_all(&self) {
        *self.state.lock() = State::default();
    }

    /// Forgets a session, and its account with the last one.
    pub(crate) fn remove(&self, session: &Arc<LiveSession>) {
        let mut state = self.state.lock();
        let State { users, channels } = &mut *state;
        let holders: Vec<UserId> = match session.key.known_user() {
            Some(user) => vec![user],
            // Signed out meanwhile: found the long way.
            None => users
                .iter()
                .filter(|(_, live)| live.sessions.iter().any(|held| Arc::ptr_eq(held, session)))
                .map(|(user, _)| *user)
                .collect(),
        };
        for user in holders {
            let Some(live) = users.get_mut(&user) else { continue };
            live.sessions.retain(|held| !Arc::ptr_eq(held, session));
            forget_rosters(channels, live);
            if live.sessions.is_empty() {
                let channels_of = std::mem::take(&mut live.channels);
                users.remove(&user);
                for channel in channels_of {
                    leave(channels, channel, user);
                }
            }
        }
    }
}

fn enter(
    channels: &mut HashMap<ChannelId, LiveChannel>,
    live: &mut LiveUser,
    channel: ChannelId,
    (user, departures): (UserId, i64),
) {
    live.channels.insert(channel);
    let entered = channels
        .entry(channel)
        .or_insert_with(|| LiveChannel { known: departures, ..LiveChannel::default() });
    let since = entered.users.entry(user).or_insert(departures);
    *since = departures.max(*since);
    entered.known = entered.known.min(*since);
    entered.roster = None;
}

fn leave(channels: &mut HashMap<ChannelId, LiveChannel>, channel: ChannelId, user: UserId) {
    if let Some(live) = channels.get_mut(&channel) {
        live.users.remove(&user);
        live.roster = None;
        if live.users.is_empty() {
            channels.remove(&channel);
        }
    }
}

fn forget_rosters(channels: &mut HashMap<ChannelId, LiveChannel>, live: &LiveUser) {
    for channel in &live.channels {
        if let Some(channel) = channels.get_mut(channel) {
            channel.roster = None;
        }
    }
}

impl Gateway {
    /// Delivers to this session from now on. Returns once the account's channels are known: what the session's request reads
    /// afterwards is followed by everything that happens later.
    pub(crate) async fn delivery_add(&self, session: &Arc<LiveSession>, user: UserId) {
        let read = self.delivery.add(session, user);
        // Ended or signed out since the caller looked, and so perhaps before it was added.
        if session.is_ended() || session.key.known_user() != Some(user) {
            return self.delivery.remove(session);
        }
        let reading = read.get_or_try_init(async || {
            let found = self.core.stores.channels.memberships(user).await?;
            self.delivery.take_channels(user, &read, &found);
            Ok::<_, store::Error>(())
        });
        if let Err(error) = reading.await {
            tracing::warn!(%error, "channels of a connected account not read");
            session.note_missed(crate::sessions::Missing::Everything);
            // The next request tries again.
            session.stop_updates();
        }
    }
}
