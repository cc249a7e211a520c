//! `photos.deletePhotos`: takes pictures of oneself away; answers the ids of those that went.
//!
//! Errors: `LIMIT_INVALID`.

use services::media::photos;
use tl_api::functions;

use crate::convert::media::met_photo;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::photos::DeletePhotos,
) -> Result<Vec<i64>, RpcError> {
    let named: Vec<_> = request.id.iter().filter_map(met_photo).collect();
    let removed = photos::delete_profile(&call.core, call.signed_in()?, &named).await?;
    Ok(removed.into_iter().map(|photo| photo.0).collect())
}
