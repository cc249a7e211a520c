//! Delivery to accounts: boxes, account events, and what is of the moment.

use std::sync::Arc;

use model::event::{AccountEntry, BoxEntry, BoxEvent, Ephemeral};
use model::message::Message;
use model::{AuthKeyId, UserId};
use rpc::RpcError;
use rpc::updates::Viewer;
use store::ports::bus::OriginSession;
use tl_api::enums::Updates;

use super::pending::Moves;
use super::{by_dc, is_origin, runs};
use crate::keys::KeyEntry;
use crate::sessions::{LiveSession, Missing, UPDATES_TOO_LONG};
use crate::{Gateway, limits};

impl Gateway {
    /// Reads what an account's sessions miss of its box, and tells them.
    pub(super) async fn deliver_box(self: &Arc<Self>, user: UserId, moves: &Moves) {
        loop {
            let Some((sessions, cursor)) = self.delivery.box_state(user, moves.before) else {
                return;
            };
            if cursor >= moves.upto {
                return;
            }
            let causes_all = |session: &Arc<LiveSession>| {
                moves.only_by(cursor).is_some_and(|origin| is_origin(session, origin))
            };
            if sessions.iter().all(causes_all) {
                return self.delivery.move_box_cursor(user, moves.upto);
            }
            let too_long = || sessions.iter().for_each(|one| one.note_missed(Missing::Account));
            if moves.upto.0.saturating_sub(cursor.0) > limits::DELIVERY_GAP {
                too_long();
                self.delivery.move_box_cursor(user, moves.upto);
                return sessions.iter().for_each(|session| self.flush(session));
            }
            let limit = limits::DELIVERY_EVENTS.min(moves.upto.0.saturating_sub(cursor.0));
            let mut entries = match self.core.stores.boxes.events(user, cursor, limit).await {
                Ok(entries) => entries,
                Err(error) => {
                    // The next notice finds the cursor where it is; until then, clients may look by themselves.
                    tracing::warn!(%error, "box events not read");
                    return too_long();
                }
            };
            // What came later has a notice of its own, which says who caused it.
            entries.retain(|entry| entry.pts <= moves.upto);
            let Some(last) = entries.last().map(|entry| entry.pts) else { return };
            self.delivery.move_box_cursor(user, last);
            self.push_box_parts(user, sessions, &entries, moves).await;
        }
    }

    /// To each session what it did not cause itself.
    async fn push_box_parts(
        self: &Arc<Self>,
        user: UserId,
        mut sessions: Vec<Arc<LiveSession>>,
        entries: &[BoxEntry],
        moves: &Moves,
    ) {
        for origin in moves.origins() {
            let origins: Vec<_> =
                sessions.extract_if(.., |session| is_origin(session, origin)).collect();
            if !origins.is_empty() {
                let unknown: Vec<BoxEntry> = entries
                    .iter()
                    .filter(|entry| !moves.caused_by(origin, entry.pts))
                    .cloned()
                    .collect();
                self.push_box(user, &origins, &unknown).await;
            }
        }
        self.push_box(user, &sessions, entries).await;
    }

    async fn push_box(
        self: &Arc<Self>,
        user: UserId,
        sessions: &[Arc<LiveSession>],
        entries: &[BoxEntry],
    ) {
        if entries.is_empty() || sessions.is_empty() {
            return;
        }
        let groups = by_dc(sessions.iter().cloned());
        for run in runs(entries, boxed_message) {
            for (dc, sessions) in &groups {
                let viewer = Viewer { user, dc: *dc };
                let built = rpc::updates::box_updates(&self.core, viewer, run).await;
                self.push_built(sessions, built, Missing::Account).await;
            }
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
            .filter(|session| origin.is_none_or(|origin| !is_origin(session, origin)))
            .collect();
        for (dc, sessions) in by_dc(sessions) {
            let built = rpc::updates::account_updates(
                &self.core,
                Viewer { user, dc },
                std::slice::from_ref(entry),
            )
            .await;
            self.push_built(&sessions, built, Missing::Account).await;
        }
    }

    /// Pushes what was built, or notes that the sessions missed it.
    pub(super) async fn push_built(
        self: &Arc<Self>,
        sessions: &[Arc<LiveSession>],
        built: Result<Updates, RpcError>,
        about: Missing,
    ) {
        match built {
            Ok(updates) => self.push_all(&Vec::from_iter(sessions), &updates, about).await,
            Err(error) => {
                tracing::warn!(error = %error.text, "updates not built");
                sessions.iter().for_each(|session| session.note_missed(about));
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
                .filter(|session| origin.is_none_or(|origin| !is_origin(session, origin)))
                .collect();
            for (dc, sessions) in by_dc(sessions) {
                // Of the moment: whoever misses it misses nothing that lasts.
                if let Ok(Some(updates)) =
                    rpc::updates::ephemeral(&self.core, Viewer { user: *user, dc }, event).await
                {
                    self.push_all(&Vec::from_iter(&sessions), &updates, Missing::Account).await;
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
                self.push_all(&Vec::from_iter(&sessions), &updates, Missing::Account).await;
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
            entry.forget_user();
            self.end_delivery(&entry);
        }
    }

    /// A temporary key whose binding ends speaks for nobody any more, and hears nothing.
    pub(crate) fn end_binding(self: &Arc<Self>, key: &KeyEntry) {
        if key.end_binding(self.core.now()) {
            self.end_delivery(key);
        }
    }

    fn end_delivery(self: &Arc<Self>, key: &KeyEntry) {
        let sessions: Vec<_> = key.sessions.lock().values().cloned().collect();
        for session in sessions {
            self.delivery.remove(&session);
            if session.stop_updates() {
                let too_long = Arc::from(UPDATES_TOO_LONG.to_le_bytes());
                self.push(&session, &too_long, Missing::Account);
            }
        }
    }
}

fn boxed_message(entry: &BoxEntry) -> Option<&Message> {
    match &entry.event {
        BoxEvent::NewMessage(message) | BoxEvent::EditMessage(message) => message.as_ref(),
        BoxEvent::Stored(_) => None,
    }
}
