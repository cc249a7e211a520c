//! `messages.setChatAvailableReactions`: which emoji members may react with.
//!
//! Errors: `CHAT_NOT_MODIFIED`, `CHAT_ADMIN_REQUIRED`, `REACTION_INVALID`, `PEER_ID_INVALID`.

use model::Peer;
use services::{channels, chats};
use tl_api::{enums, functions};

use super::common::chat_error;
use super::create_chat::changed;
use crate::convert::{messages, peers};
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SetChatAvailableReactions,
) -> Result<enums::Updates, RpcError> {
    let allowed = match &request.available_reactions {
        enums::ChatReactions::ChatReactionsAll(_) => None,
        enums::ChatReactions::ChatReactionsNone => Some(Vec::new()),
        enums::ChatReactions::ChatReactionsSome(some) => {
            Some(messages::from_reactions(&some.reactions)?)
        }
    };
    let caller = call.signed_in()?;
    match peers::input_peer(&call, &request.peer).await? {
        Peer::User(_) => Err(RpcError::bad_request("PEER_ID_INVALID")),
        Peer::Chat(chat) => {
            let edited = chats::edit::set_reactions(&call.core, caller, chat, allowed).await;
            changed(&call, &edited.map_err(chat_error)?).await
        }
        Peer::Channel(channel) => {
            let event = channels::manage::set_reactions(&call.core, caller, channel, allowed).await;
            updates::account_answer(&call, &[event.map_err(chat_error)?]).await
        }
    }
}
