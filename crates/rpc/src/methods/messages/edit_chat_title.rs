//! `messages.editChatTitle`.
//!
//! Errors: `CHAT_TITLE_EMPTY`, `CHAT_ID_INVALID`, `CHAT_NOT_MODIFIED`, `CHAT_ADMIN_REQUIRED`.

use model::ChatId;
use services::chats::edit;
use tl_api::{enums, functions};

use super::create_chat::changed;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::EditChatTitle,
) -> Result<enums::Updates, RpcError> {
    let edited =
        edit::set_title(&call.core, call.signed_in()?, ChatId(request.chat_id), &request.title)
            .await;
    changed(&call, &edited.map_err(super::common::chat_error)?).await
}
