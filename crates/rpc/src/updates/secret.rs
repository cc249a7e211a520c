//! What happens in secret chats, as one device hears it.

use model::secret::SecretChatView;
use model::{AuthKeyId, Peer, Qts, SecretChatId};
use services::Core;
use services::secret::{self, SeenChat};
use services::views::PeerSet;
use tl_api::{enums, types};

use super::{Gathered, Viewer};
use crate::RpcError;
use crate::convert::date;
use crate::convert::secret::{SecretContext, read};

/// Adds a chat's present state, and for the device that is in it, up to where its other side has read.
pub(super) fn add(core: &Core, viewer: Viewer, seen: &SeenChat, gathered: &mut Gathered) {
    let chat = SecretContext { core, viewer }.chat(seen);
    gathered.people.add_peer(Peer::User(seen.chat.peer));
    gathered.updates.push(types::UpdateEncryption { chat, date: date(seen.chat.changed) }.into());
    if let Some(mark) = seen.chat.read.filter(|_| seen.view == SecretChatView::Open) {
        gathered.updates.push(read(seen.chat.id, mark.max_date, mark.at));
    }
}

/// A chat that changed, for one device of the viewer; `None` if it is none of its business.
///
/// # Errors
/// Those of the store.
pub async fn secret_chat(
    core: &Core,
    viewer: Viewer,
    key: AuthKeyId,
    id: SecretChatId,
) -> Result<Option<enums::Updates>, RpcError> {
    let Some(seen) = secret::seen(core, viewer.user, key, id).await? else { return Ok(None) };
    let mut gathered = Gathered::default();
    add(core, viewer, &seen, &mut gathered);
    Ok(Some(gathered.finish(core, viewer).await?))
}

/// The message at one place of a device's queue; `None` if it waits there no more.
///
/// # Errors
/// Those of the store.
pub async fn secret_message(
    core: &Core,
    viewer: Viewer,
    key: AuthKeyId,
    qts: Qts,
) -> Result<Option<enums::Updates>, RpcError> {
    let Some(message) = secret::queued_at(core, key, qts).await? else { return Ok(None) };
    let message = SecretContext { core, viewer }.message(&message);
    let update = types::UpdateNewEncryptedMessage { message, qts: qts.0 }.into();
    let gathered = Gathered { updates: vec![update], people: PeerSet::default() };
    Ok(Some(gathered.finish(core, viewer).await?))
}
