//! Delivery to accounts: boxes, account events, and what is of the moment.

use std::sync::Arc;

use model::event::{AccountEntry, BoxEntry, Ephemeral};
use model::{AuthKeyId, Pts, UserId};
use rpc::RpcError;
use rpc::updates::Viewer;
use store::ports::bus::OriginSession;
use tl_api::enums::Updates;

use super::{by_dc, is_origin};
use crate::sessions::{LiveSession, UPDATES_TOO_LONG};
use crate::{Gateway, limits};

impl Gateway {
    /// Reads what an account's sessions miss of its box, and tells them.
    pub(super) async fn deliver_box(
        self: &Arc<Self>,
        user: UserId,
        pts: Pts,
        pts_count: i32,
        origin: Option<OriginSession>,
    ) {
        let before = Pts(pts.0.saturating_sub(pts_count));
        let Some((sessions, cursor)) = self.delivery.box_state(user, before) else { return };
        if cursor >= pts {
            return;
        }
        let only_origin =
            cursor == before && sessions.iter().all(|session| is_origin(session, origin));
        if only_origin {
            return self.delivery.move_box_cursor(user, pts);
        }
        let entries =
            match self.core.stores.boxes.events(user, cursor, limits::DELIVERY_EVENTS).await {
                Ok(entries) => entries,
                Err(error) => {
                    tracing::warn!(%error, "box events not read");
                    return sessions.iter().for_each(|session| session.note_missed());
                }
            };
        let Some(last) = entries.last().map(|entry| entry.pts) else { return };
        self.delivery.move_box_cursor(user, last);
        let caused = |entry: &BoxEntry| entry.pts > before && entry.pts <= pts;
        let (origins, others): (Vec<_>, Vec<_>) =
            sessions.into_iter().partition(|session| is_origin(session, origin));
        self.push_box(user, &others, &entries).await;
        if !origins.is_empty() {
            let unknown: Vec<BoxEntry> =
                entries.iter().filter(|entry| !caused(entry)).cloned().collect();
            self.push_box(user, &origins, &unknown).await;
        }
    }

    async fn push_box(
        self: &Arc<Self>,
        user: UserId,
        sessions: &[Arc<LiveSession>],
        entries: &[BoxEntry],
    ) {
        if entries.is_empty() {
            return;
        }
        for (dc, sessions) in by_dc(sessions.iter().cloned()) {
            let built = rpc::updates::box_updates(&self.core, Viewer { user, dc }, entries).await;
            self.push_built(&sessions, built);
        }
    }

    /// Tells an account's sessions of an account event.
    pub(super) async fn deliver_account(
        self: &Arc<Self>,
        user: UserId,
        entry: &AccountEntry,
        origin: Option<OriginSession>,
    ) {
        let sessions: Vec<_> = self
            .delivery
            .sessions(user)
            .into_iter()
            .filter(|session| !is_origin(session, origin))
            .collect();
        for (dc, sessions) in by_dc(sessions) {
            let built = rpc::updates::account_updates(
                &self.core,
                Viewer { user, dc },
                std::slice::from_ref(entry),
            )
            .await;
            self.push_built(&sessions, built);
        }
    }

    /// Pushes what was built, or notes that the sessions missed it.
    pub(super) fn push_built(
        self: &Arc<Self>,
        sessions: &[Arc<LiveSession>],
        built: Result<Updates, RpcError>,
    ) {
        match built {
            Ok(updates) => self.push_all(sessions, &updates),
            Err(error) => {
                tracing::warn!(error = %error.text, "updates not built");
                sessions.iter().for_each(|session| session.note_missed());
            }
        }
    }

    /// Tells connected people of something of the moment.
    pub(super) async fn deliver_ephemeral(
        self: &Arc<Self>,
        users: &[UserId],
        event: &Ephemeral,
        origin: Option<OriginSession>,
    ) {
        for user in users {
            let sessions: Vec<_> = self
                .delivery
                .sessions(*user)
                .into_iter()
                .filter(|session| !is_origin(session, origin))
                .collect();
            for (dc, sessions) in by_dc(sessions) {
                // Of the moment: whoever misses it misses nothing that lasts.
                if let Ok(Some(updates)) =
                    rpc::updates::ephemeral(&self.core, Viewer { user: *user, dc }, event).await
                {
                    self.push_all(&sessions, &updates);
                }
            }
        }
    }

    /// Tells the sessions of one key, signed in or not.
    pub(super) async fn deliver_to_key(self: &Arc<Self>, key: AuthKeyId, event: &Ephemeral) {
        for entry in self.keys.of_permanent(key) {
            let viewer = Viewer { user: entry.known_user().unwrap_or_default(), dc: entry.dc };
            let sessions: Vec<_> = entry.sessions.lock().values().cloned().collect();
            if let Ok(Some(updates)) = rpc::updates::ephemeral(&self.core, viewer, event).await {
                self.push_all(&sessions, &updates);
            }
        }
    }

    /// A device was signed out: its sessions get nothing more. They are told to catch up, which is answered 401, and so the
    /// client learns of it at once.
    pub(super) fn revoke(self: &Arc<Self>, key: AuthKeyId) {
        // A temporary key that was dropped is named by its own id.
        let dropped = self
            .keys
            .in_use(key)
            .filter(|entry| entry.expires.is_some() && entry.permanent() != Some(key));
        if let Some(entry) = dropped {
            self.keys.forget(entry.id);
            let sessions: Vec<_> =
                entry.sessions.lock().drain().map(|(_, session)| session).collect();
            sessions.iter().for_each(|session| self.end_session(session));
            return;
        }
        for entry in self.keys.of_permanent(key) {
            entry.set_user(None);
            let sessions: Vec<_> = entry.sessions.lock().values().cloned().collect();
            for session in sessions {
                self.delivery.remove(&session);
                if session.stop_updates() {
                    self.push(&session, &Arc::from(UPDATES_TOO_LONG.to_le_bytes()));
                }
            }
        }
    }
}
