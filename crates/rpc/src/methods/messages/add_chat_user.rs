//! `messages.addChatUser`: adds somebody to a basic group. If their privacy forbids it, nothing happens and they are named.
//!
//! The newcomer's box starts with the message that they were added: what was said before is not forwarded into it. Errors:
//! `CHAT_ID_INVALID`, `USER_ID_INVALID`, `USER_ALREADY_PARTICIPANT`, `USERS_TOO_MUCH`, `CHAT_ADMIN_REQUIRED`.

use model::ChatId;
use services::chats::members;
use tl_api::{enums, functions};

use super::create_chat::invited;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::AddChatUser,
) -> Result<enums::messages::InvitedUsers, RpcError> {
    let user = peers::input_user(&call, &request.user_id).await?;
    let changed =
        members::add(&call.core, call.signed_in()?, ChatId(request.chat_id), user).await?;
    invited(&call, &changed).await
}
