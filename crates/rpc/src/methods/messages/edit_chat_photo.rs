//! `messages.editChatPhoto`: sets or removes a basic group's photo.
//!
//! Errors: `CHAT_ID_INVALID`, `CHAT_NOT_MODIFIED`, `CHAT_ADMIN_REQUIRED`, `PHOTO_INVALID` and other errors of uploads.

use model::ChatId;
use services::chats::edit;
use tl_api::{enums, functions};

use super::create_chat::changed;
use crate::convert::media::input_chat_photo;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::EditChatPhoto,
) -> Result<enums::Updates, RpcError> {
    let photo = input_chat_photo(&call, &request.photo).await?;
    let edited =
        edit::set_photo(&call.core, call.signed_in()?, ChatId(request.chat_id), photo).await;
    changed(&call, &edited.map_err(super::common::chat_error)?).await
}
