//! `messages.importChatInvite`: joins a group or channel by a link.
//!
//! Errors: `INVITE_HASH_INVALID`, `INVITE_HASH_EXPIRED`, `USER_ALREADY_PARTICIPANT`, `INVITE_REQUEST_SENT` if approval is needed,
//! `USERS_TOO_MUCH`, `CHANNELS_TOO_MUCH`.

use services::chats::join;
use services::messages::Effect;
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::fetch_related;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ImportChatInvite,
) -> Result<enums::messages::ChatInviteJoinResult, RpcError> {
    if request.hash.is_empty() {
        return Err(RpcError::bad_request("INVITE_HASH_EMPTY"));
    }
    let joined = join::join(&call.core, call.signed_in()?, &request.hash).await?;
    let mut updates = updates::answer(&call, &joined.effect, &[joined.event]).await?;
    if joined.effect == Effect::none() {
        // Clients look for what they joined among the chats, also where nothing is announced.
        let viewer = call.viewer()?;
        let set: PeerSet = std::iter::once(joined.peer).collect();
        let (_, chats) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
        if let enums::Updates::Updates(updates) = &mut updates {
            updates.chats = chats;
        }
    }
    Ok(types::messages::ChatInviteJoinResultOk { updates }.into())
}
