//! `channels.editPhoto`: sets or removes a channel's photo.
//!
//! Errors: `CHAT_NOT_MODIFIED`, `CHAT_ADMIN_REQUIRED`, `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `PHOTO_INVALID` and other errors of uploads.

use services::channels::manage;
use tl_api::{enums, functions};

use super::answers::{changed, chat_error};
use crate::convert::media::input_chat_photo;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::EditPhoto,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let caller = call.signed_in()?;
    // No picture is made of an upload for nothing.
    manage::check_describe(&call.core, caller, channel).await?;
    let photo = input_chat_photo(&call, &request.photo).await?;
    let edited = manage::set_photo(&call.core, caller, channel, photo).await;
    changed(&call, &edited.map_err(chat_error)?).await
}
