//! `messages.deleteChatUser`: removes somebody from a basic group, or leaves it.
//!
//! Errors: `CHAT_ID_INVALID`, `USER_NOT_PARTICIPANT`, `CHAT_ADMIN_REQUIRED`.

use model::ChatId;
use services::chats::members;
use tl_api::{enums, functions};

use super::create_chat::changed;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::DeleteChatUser,
) -> Result<enums::Updates, RpcError> {
    let user = peers::input_user(&call, &request.user_id).await?;
    let chat = ChatId(request.chat_id);
    let removed =
        members::remove(&call.core, call.signed_in()?, chat, user, request.revoke_history).await?;
    changed(&call, &removed).await
}
