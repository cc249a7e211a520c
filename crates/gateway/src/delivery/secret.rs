//! Delivery to the devices of secret chats: each device hears of its own.

use std::sync::Arc;

use model::{AuthKeyId, Qts, SecretChatId, UserId};
use rpc::updates::Viewer;
use store::ports::bus::OriginSession;

use super::is_origin;
use crate::Gateway;
use crate::sessions::Missing;

impl Gateway {
    /// Tells a person's devices that a chat changed, each what it sees.
    pub(super) async fn deliver_secret_chat(
        self: &Arc<Self>,
        user: UserId,
        chat: SecretChatId,
        origin: Option<OriginSession>,
    ) {
        for session in self.delivery.sessions(user) {
            let Some(key) = session.key.permanent() else { continue };
            if origin.is_some_and(|origin| is_origin(&session, origin)) {
                continue;
            }
            let viewer = Viewer { user, dc: session.key.dc };
            match rpc::updates::secret_chat(&self.core, viewer, key, chat).await {
                Ok(Some(updates)) => self.push_all(&[&session], &updates, Missing::Account).await,
                Ok(None) => {}
                Err(error) => self.push_built(&[session], Err(error), Missing::Account).await,
            }
        }
    }

    /// Brings a device the message at one place of its queue.
    pub(super) async fn deliver_secret_message(
        self: &Arc<Self>,
        user: UserId,
        key: AuthKeyId,
        qts: Qts,
    ) {
        let mut sessions = self.delivery.sessions(user);
        sessions.retain(|session| session.key.permanent() == Some(key));
        for session in sessions {
            let viewer = Viewer { user, dc: session.key.dc };
            match rpc::updates::secret_message(&self.core, viewer, key, qts).await {
                Ok(Some(updates)) => self.push_all(&[&session], &updates, Missing::Account).await,
                Ok(None) => {}
                Err(error) => self.push_built(&[session], Err(error), Missing::Account).await,
            }
        }
    }
}
