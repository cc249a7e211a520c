//! `channels.editTitle`.
//!
//! Errors: `CHAT_TITLE_EMPTY`, `CHAT_NOT_MODIFIED`, `CHAT_ADMIN_REQUIRED`, `CHANNEL_INVALID`, `CHANNEL_PRIVATE`.

use services::channels::manage;
use tl_api::{enums, functions};

use super::answers::{changed, chat_error};
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::EditTitle,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let edited = manage::set_title(&call.core, call.signed_in()?, channel, &request.title).await;
    changed(&call, &edited.map_err(chat_error)?).await
}
