//! The methods of `photos`.

mod delete_photos;
mod get_user_photos;
#[cfg(test)]
mod tests;
mod update_profile_photo;
mod upload_profile_photo;

use model::Peer;
use model::media::Photo;
use services::access::FileOrigin;
use tl_api::{enums, functions, types};

use crate::convert::fetch_related;
use crate::convert::media::{FileContext, photo};
use crate::dispatch::{Entry, Spec, entry};
use crate::{Call, RpcError};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, functions::photos::DeletePhotos, delete_photos::handle),
        entry!(Spec::SIGNED_IN, functions::photos::GetUserPhotos, get_user_photos::handle),
        entry!(
            Spec::SIGNED_IN,
            functions::photos::UpdateProfilePhoto,
            update_profile_photo::handle
        ),
        entry!(
            Spec::SIGNED_IN,
            functions::photos::UploadProfilePhoto,
            upload_profile_photo::handle
        ),
    ]
}

/// `photos.photo` of the caller's own profile.
async fn own_photo(call: &Call, found: Option<&Photo>) -> Result<enums::photos::Photo, RpcError> {
    let viewer = call.viewer()?;
    let own = Peer::User(viewer.user);
    let context = FileContext { core: &call.core, viewer: viewer.user, dc: viewer.dc };
    let photo = found.map_or_else(
        || types::PhotoEmpty { id: 0 }.into(),
        |found| photo(&context, found, FileOrigin::PeerPhoto(own)),
    );
    let (users, _) =
        fetch_related(&call.core, viewer.user, &std::iter::once(own).collect(), viewer.dc).await?;
    Ok(types::photos::Photo { photo, users }.into())
}
