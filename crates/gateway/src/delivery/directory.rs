//! Who is connected: sessions by account, and accounts by channel.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model::{ChannelId, Pts, UserId};
use parking_lot::Mutex;

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
    /// What was delivered of the box; unknown until the first event.
    cursor: Option<Pts>,
}

#[derive(Default)]
struct LiveChannel {
    users: HashSet<UserId>,
    cursor: Option<Pts>,
}

/// A connected member of a channel, with their sessions.
type MemberSessions = (UserId, Vec<Arc<LiveSession>>);

impl Delivery {
    /// The sessions of an account.
    pub(crate) fn sessions(&self, user: UserId) -> Vec<Arc<LiveSession>> {
        self.state.lock().users.get(&user).map(|live| live.sessions.clone()).unwrap_or_default()
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
            .map(|live| live.users.iter().copied().collect())
            .unwrap_or_default()
    }

    /// The connected members of a channel with their sessions, and what was delivered to them.
    pub(crate) fn channel_state(
        &self,
        channel: ChannelId,
        before: Pts,
    ) -> Option<(Vec<MemberSessions>, Pts)> {
        let mut state = self.state.lock();
        let State { users, channels } = &mut *state;
        let live = channels.get_mut(&channel)?;
        let cursor = *live.cursor.get_or_insert(before);
        let sessions = live
            .users
            .iter()
            .filter_map(|user| users.get(user).map(|live| (*user, live.sessions.clone())))
            .collect();
        Some((sessions, cursor))
    }

    pub(crate) fn move_channel_cursor(&self, channel: ChannelId, to: Pts) {
        if let Some(live) = self.state.lock().channels.get_mut(&channel) {
            live.cursor = Some(to);
        }
    }

    /// Someone joined or left.
    pub(crate) fn set_member(&self, user: UserId, channel: ChannelId, member: bool) {
        let mut state = self.state.lock();
        let State { users, channels } = &mut *state;
        let Some(live) = users.get_mut(&user) else { return };
        if member {
            live.channels.insert(channel);
            channels.entry(channel).or_default().users.insert(user);
        } else {
            live.channels.remove(&channel);
            leave(channels, channel, user);
        }
    }

    /// Takes a session in. True if it is the account's first one.
    fn add(&self, session: &Arc<LiveSession>, user: UserId) -> bool {
        let mut state = self.state.lock();
        let live = state.users.entry(user).or_default();
        if !live.sessions.iter().any(|held| Arc::ptr_eq(held, session)) {
            live.sessions.push(Arc::clone(session));
        }
        live.sessions.len() == 1
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

fn leave(channels: &mut HashMap<ChannelId, LiveChannel>, channel: ChannelId, user: UserId) {
    if let Some(live) = channels.get_mut(&channel) {
        live.users.remove(&user);
        if live.users.is_empty() {
            channels.remove(&channel);
        }
    }
}

impl Gateway {
    /// Delivers to this session from now on.
    pub(crate) async fn delivery_add(&self, session: &Arc<LiveSession>, user: UserId) {
        if !self.delivery.add(session, user) {
            return;
        }
        // Membership notices that arrive meanwhile apply to the same set, so none is lost.
        match self.core.stores.channels.channels_of(user).await {
            Ok(channels) => {
                for channel in channels {
                    self.delivery.set_member(user, channel, true);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "channels of a connected account not read");
                session.note_missed();
            }
        }
    }
}
