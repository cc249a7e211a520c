//! Delivery to the connected members of a channel: one reading of the log, one encoding for each layer.

use std::sync::Arc;

use model::event::{ChannelEntry, ChannelEvent};
use model::{ChannelId, Pts, UserId};
use store::ports::bus::OriginSession;

use super::is_origin;
use crate::sessions::LiveSession;
use crate::{Gateway, limits};

impl Gateway {
    /// Reads what the connected members miss of a log, and tells them.
    pub(super) async fn deliver_channel(self: &Arc<Self>, channel: ChannelId, pts: Pts, pts_count: i32, origin: Option<OriginSession>) {
        let before = Pts(pts.0.saturating_sub(pts_count));
        let Some((members, cursor)) = self.delivery.channel_state(channel, before) else { return };
        if cursor >= pts {
            return;
        }
        // Read as nobody in particular: what is one viewer's own is built for that viewer below.
        let entries = match self.core.stores.channels.channel_events(channel, UserId(0), cursor, limits::DELIVERY_EVENTS).await {
            Ok(entries) => entries,
            Err(error) => {
                tracing::warn!(%error, "channel events not read");
                return members.iter().flat_map(|(_, sessions)| sessions).for_each(|session| session.note_missed());
            }
        };
        let Some(last) = entries.last().map(|entry| entry.pts) else { return };
        self.delivery.move_channel_cursor(channel, last);
        let shared = match rpc::updates::channel_updates_shared(&self.core, channel, &entries).await {
            Ok(shared) => shared,
            Err(error) => {
                tracing::warn!(error = %error.text, "updates not built");
                return members.iter().flat_map(|(_, sessions)| sessions).for_each(|session| session.note_missed());
            }
        };
        let mut everyone = Vec::new();
        for (user, sessions) in members {
            let sessions: Vec<Arc<LiveSession>> = sessions.into_iter().filter(|session| !is_origin(session, origin)).collect();
            if sessions.is_empty() {
                continue;
            }
            if shared.is_some() && !wrote_some(user, &entries) {
                everyone.extend(sessions);
            } else {
                self.push_channel_to(user, channel, &sessions, (cursor, entries.len())).await;
            }
        }
        if let Some(updates) = shared {
            self.push_all(&everyone, &updates);
        }
    }

    /// For a viewer who sees these events in their own way: their own posts, mentions, people with their own hashes.
    async fn push_channel_to(self: &Arc<Self>, user: UserId, channel: ChannelId, sessions: &[Arc<LiveSession>], (after, count): (Pts, usize)) {
        let built = async {
            let limit = i32::try_from(count).unwrap_or(limits::DELIVERY_EVENTS);
            let entries = self.core.stores.channels.channel_events(channel, user, after, limit).await.map_err(|error| rpc::RpcError::from(services::Error::from(error)))?;
            rpc::updates::channel_updates(&self.core, user, channel, &entries).await
        };
        match built.await {
            Ok(updates) => self.push_all(sessions, &updates),
            Err(error) => {
                tracing::warn!(error = %error.text, "updates not built");
                sessions.iter().for_each(|session| session.note_missed());
            }
        }
    }
}

fn wrote_some(user: UserId, entries: &[ChannelEntry]) -> bool {
    entries.iter().any(|entry| match &entry.event {
        ChannelEvent::NewMessage(Some(message)) | ChannelEvent::EditMessage(Some(message)) => message.from == user,
        _ => false,
    })
}
