//! `photos.getUserPhotos`: pictures of a person, current first, as far as the caller may see them.
//!
//! Errors: `USER_ID_INVALID`, `LIMIT_INVALID`.

use model::Peer;
use services::access::FileOrigin;
use services::media::photos;
use tl_api::{enums, functions, types};

use crate::convert::media::{FileContext, photo};
use crate::convert::{count, fetch_related, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::photos::GetUserPhotos,
) -> Result<enums::photos::Photos, RpcError> {
    let viewer = call.viewer()?;
    let user = peers::input_user(&call, &request.user_id).await?;
    let page = photos::of_user(
        &call.core,
        viewer.user,
        user,
        request.offset,
        request.max_id,
        request.limit,
    )
    .await?;
    let (found, total) = page;
    let context = FileContext { core: &call.core, viewer: viewer.user, dc: viewer.dc };
    let origin = FileOrigin::PeerPhoto(Peer::User(user));
    let photos: Vec<enums::Photo> =
        found.iter().map(|found| photo(&context, found, origin)).collect();
    let set = std::iter::once(Peer::User(user)).collect();
    let (users, _) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    if count(photos.len()) >= total {
        return Ok(types::photos::Photos { photos, users }.into());
    }
    Ok(types::photos::PhotosSlice { count: total, photos, users }.into())
}
