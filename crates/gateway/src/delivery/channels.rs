//! Delivery to the connected members of a channel: one reading of the log, one encoding for each layer.

use std::collections::HashMap;
use std::sync::Arc;

use model::channel::Channel;
use model::event::{ChannelEntry, ChannelEvent};
use model::{ChannelId, Pts, UserId};
use rpc::updates::Viewer;
use store::ports::bus::OriginSession;

use super::{by_dc, is_origin};
use crate::sessions::LiveSession;
use crate::{Gateway, limits};

impl Gateway {
    /// Reads what the connected members miss of a log, and tells them.
    pub(super) async fn deliver_channel(
        self: &Arc<Self>,
        channel: ChannelId,
        pts: Pts,
        pts_count: i32,
        origin: Option<OriginSession>,
    ) {
        let before = Pts(pts.0.saturating_sub(pts_count));
        let Some((members, cursor)) = self.delivery.channel_state(channel, before) else { return };
        if cursor >= pts {
            return;
        }
        // Read as nobody in particular: what is one viewer's own is built for that viewer below.
        let entries = match self
            .core
            .stores
            .channels
            .channel_events(channel, UserId(0), cursor, limits::DELIVERY_EVENTS)
            .await
        {
            Ok(entries) => entries,
            Err(error) => {
                tracing::warn!(%error, "channel events not read");
                return members
                    .iter()
                    .flat_map(|(_, sessions)| sessions)
                    .for_each(|session| session.note_missed());
            }
        };
        let Some(last) = entries.last().map(|entry| entry.pts) else { return };
        self.delivery.move_channel_cursor(channel, last);
        let described = self
            .core
            .stores
            .channels
            .channels(&[channel])
            .await
            .ok()
            .and_then(|mut found| found.pop());
        let mut everyone = Vec::new();
        for (user, sessions) in members {
            let sessions: Vec<Arc<LiveSession>> =
                sessions.into_iter().filter(|session| !is_origin(session, origin)).collect();
            if sessions.is_empty() {
                continue;
            }
            if described.is_some() && !wrote_some(user, &entries) {
                everyone.extend(sessions.into_iter().map(|session| (user, session)));
            } else {
                self.push_channel_to(user, channel, sessions, (cursor, entries.len())).await;
            }
        }
        if let Some(described) = described {
            self.push_shared(&described, everyone, &entries, cursor).await;
        }
    }

    /// One encoding for everyone where the events look the same to all, else each viewer's own.
    async fn push_shared(
        self: &Arc<Self>,
        channel: &Channel,
        everyone: Vec<(UserId, Arc<LiveSession>)>,
        entries: &[ChannelEntry],
        after: Pts,
    ) {
        let owners: HashMap<i64, UserId> =
            everyone.iter().map(|(user, session)| (session.id, *user)).collect();
        for (dc, sessions) in by_dc(everyone.into_iter().map(|(_, session)| session)) {
            if let Ok(Some(updates)) =
                rpc::updates::channel_updates_shared(&self.core, channel, entries, dc).await
            {
                self.push_all(&sessions, &updates);
                continue;
            }
            for session in sessions {
                if let Some(user) = owners.get(&session.id) {
                    self.push_channel_to(*user, channel.id, vec![session], (after, entries.len()))
                        .await;
                }
            }
        }
    }

    /// For a viewer who sees these events in their own way: their own posts, mentions, people with their own hashes.
    async fn push_channel_to(
        self: &Arc<Self>,
        user: UserId,
        channel: ChannelId,
        sessions: Vec<Arc<LiveSession>>,
        (after, count): (Pts, usize),
    ) {
        let limit = i32::try_from(count).unwrap_or(limits::DELIVERY_EVENTS);
        let entries =
            match self.core.stores.channels.channel_events(channel, user, after, limit).await {
                Ok(entries) => entries,
                Err(error) => {
                    tracing::warn!(%error, "channel events not read");
                    return sessions.iter().for_each(|session| session.note_missed());
                }
            };
        for (dc, sessions) in by_dc(sessions) {
            let built =
                rpc::updates::channel_updates(&self.core, Viewer { user, dc }, channel, &entries)
                    .await;
            self.push_built(&sessions, built);
        }
    }
}

fn wrote_some(user: UserId, entries: &[ChannelEntry]) -> bool {
    entries.iter().any(|entry| match &entry.event {
        ChannelEvent::NewMessage(Some(message)) | ChannelEvent::EditMessage(Some(message)) => {
            message.from == user
        }
        _ => false,
    })
}
