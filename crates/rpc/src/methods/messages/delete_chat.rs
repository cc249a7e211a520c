//! `messages.deleteChat`: closes a basic group for good. The creator only.
//!
//! Errors: `CHAT_ID_INVALID`, `CHAT_ADMIN_REQUIRED`.

use model::ChatId;
use services::chats::members;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::DeleteChat,
) -> Result<bool, RpcError> {
    members::delete(&call.core, call.signed_in()?, ChatId(request.chat_id)).await?;
    Ok(true)
}
