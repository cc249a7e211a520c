//! `messages.editChatDefaultBannedRights`: what plain members of a group may not do.
//!
//! Errors: `CHAT_NOT_MODIFIED`, `CHAT_ADMIN_REQUIRED`, `PEER_ID_INVALID`.

use model::Peer;
use services::{channels, chats};
use tl_api::{enums, functions};

use super::create_chat::changed;
use crate::convert::{chats as groups, peers};
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::EditChatDefaultBannedRights,
) -> Result<enums::Updates, RpcError> {
    let caller = call.signed_in()?;
    let rights = groups::from_banned_rights(&request.banned_rights);
    match peers::input_peer(&call, &request.peer).await? {
        Peer::User(_) => Err(RpcError::bad_request("PEER_ID_INVALID")),
        Peer::Chat(chat) => {
            let edited = chats::edit::set_default_rights(&call.core, caller, chat, rights).await;
            changed(&call, &edited.map_err(super::common::chat_error)?).await
        }
        Peer::Channel(channel) => {
            let event =
                channels::manage::set_default_rights(&call.core, caller, channel, rights).await;
            updates::account_answer(&call, &[event.map_err(super::common::chat_error)?]).await
        }
    }
}
