//! `messages.editChatAbout`: the description of a basic group or channel.
//!
//! Errors: `CHAT_ABOUT_TOO_LONG`, `CHAT_ABOUT_NOT_MODIFIED`, `CHAT_ADMIN_REQUIRED`, `PEER_ID_INVALID`.

use model::Peer;
use services::chats::edit;
use services::{Error, channels};
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::EditChatAbout,
) -> Result<bool, RpcError> {
    let caller = call.signed_in()?;
    let edited = match peers::input_peer(&call, &request.peer).await? {
        Peer::User(_) => return Err(RpcError::bad_request("PEER_ID_INVALID")),
        Peer::Chat(chat) => edit::set_about(&call.core, caller, chat, &request.about).await,
        Peer::Channel(channel) => {
            channels::manage::set_about(&call.core, caller, channel, &request.about).await
        }
    };
    match edited {
        Err(Error::NotModified) => Err(RpcError::bad_request("CHAT_ABOUT_NOT_MODIFIED")),
        edited => Ok(edited.map(|()| true)?),
    }
}
