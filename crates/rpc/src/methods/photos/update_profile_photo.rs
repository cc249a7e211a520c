//! `photos.updateProfilePhoto`: makes a photo the current one, or takes the current one away.
//!
//! Errors: `PHOTO_ID_INVALID`, `FILE_REFERENCE_EXPIRED`.

use model::PhotoId;
use services::media::photos;
use tl_api::{enums, functions};

use super::own_photo;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::photos::UpdateProfilePhoto,
) -> Result<enums::photos::Photo, RpcError> {
    if request.fallback || request.bot.is_some() {
        return Err(RpcError::bad_request("INPUT_REQUEST_INVALID"));
    }
    let caller = call.signed_in()?;
    let enums::InputPhoto::InputPhoto(known) = &request.id else {
        photos::clear_profile(&call.core, caller).await?;
        return own_photo(&call, None).await;
    };
    let chosen = photos::choose_profile(
        &call.core,
        caller,
        PhotoId(known.id),
        known.access_hash,
        &known.file_reference,
    )
    .await;
    match chosen {
        Err(services::Error::FileIdInvalid) => Err(RpcError::bad_request("PHOTO_ID_INVALID")),
        chosen => own_photo(&call, Some(&chosen?)).await,
    }
}
