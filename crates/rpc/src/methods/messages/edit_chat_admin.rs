//! `messages.editChatAdmin`: makes a member of a basic group an admin, or not. The creator only.
//!
//! Errors: `CHAT_ID_INVALID`, `USER_NOT_PARTICIPANT`, `CHAT_ADMIN_REQUIRED`.

use model::ChatId;
use services::{Error, chats};
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::EditChatAdmin,
) -> Result<bool, RpcError> {
    let user = peers::input_user(&call, &request.user_id).await?;
    let chat = ChatId(request.chat_id);
    match chats::members::set_admin(&call.core, call.signed_in()?, chat, user, request.is_admin)
        .await
    {
        // It is so already: what was asked for holds.
        Ok(_) | Err(Error::NotModified) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
