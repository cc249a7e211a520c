//! `messages.uploadMedia`: makes a photo or file of an upload, to be sent later (albums are made so).
//!
//! Errors: `MEDIA_INVALID`, those of uploads.

use model::media::Media;
use services::access::FileOrigin;
use services::messages::attachments;
use tl_api::{enums, functions};

use crate::convert::media::{FileContext, input_media, message_media};
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::UploadMedia,
) -> Result<enums::MessageMedia, RpcError> {
    peers::input_peer(&call, &request.peer).await?;
    let uploaded = input_media(&call, &request.media).await?;
    if !matches!(uploaded, Media::Photo { .. } | Media::Document { .. }) {
        return Err(RpcError::bad_request("MEDIA_INVALID"));
    }
    let viewer = call.viewer()?;
    let files = attachments::of_media(&call.core, &uploaded).await?;
    let context = FileContext { core: &call.core, viewer: viewer.user, dc: viewer.dc };
    message_media(&context, &files, &uploaded, FileOrigin::Upload)
        .ok_or(RpcError::bad_request("MEDIA_INVALID"))
}
