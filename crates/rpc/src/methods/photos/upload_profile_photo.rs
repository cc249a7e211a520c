//! `photos.uploadProfilePhoto`: a new picture of oneself, which those around are told of.
//!
//! Moving pictures and fallback photos are not offered. Errors: `PHOTO_FILE_MISSING`, `PHOTO_INVALID`, `VIDEO_FILE_INVALID`,
//! `PHOTO_FILE_TOO_BIG`, those of uploads.

use services::media::photos;
use tl_api::{enums, functions};

use super::own_photo;
use crate::convert::media::input_file;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::photos::UploadProfilePhoto,
) -> Result<enums::photos::Photo, RpcError> {
    if request.video.is_some() || request.video_emoji_markup.is_some() {
        return Err(RpcError::bad_request("VIDEO_FILE_INVALID"));
    }
    if request.fallback || request.bot.is_some() {
        return Err(RpcError::bad_request("INPUT_REQUEST_INVALID"));
    }
    let file = request.file.as_ref().ok_or(RpcError::bad_request("PHOTO_FILE_MISSING"))?;
    let photo = photos::upload_profile(&call.core, call.signed_in()?, &input_file(file)?).await?;
    own_photo(&call, Some(&photo)).await
}
