//! `messages.toggleNoForwards`: protects the content of a group or channel. Private chats have no such setting here.
//!
//! Errors: `CHAT_NOT_MODIFIED`, `CHAT_ADMIN_REQUIRED`, `PEER_ID_INVALID`.

use model::Peer;
use services::{channels, chats};
use tl_api::{enums, functions};

use super::common::chat_error;
use super::create_chat::changed;
use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ToggleNoForwards,
) -> Result<enums::Updates, RpcError> {
    let caller = call.signed_in()?;
    match peers::input_peer(&call, &request.peer).await? {
        Peer::User(_) => Err(RpcError::bad_request("PEER_ID_INVALID")),
        Peer::Chat(chat) => {
            let edited =
                chats::edit::set_noforwards(&call.core, caller, chat, request.enabled).await;
            changed(&call, &edited.map_err(chat_error)?).await
        }
        Peer::Channel(channel) => {
            let event =
                channels::manage::set_noforwards(&call.core, caller, channel, request.enabled)
                    .await;
            updates::account_answer(&call, &[event.map_err(chat_error)?]).await
        }
    }
}
