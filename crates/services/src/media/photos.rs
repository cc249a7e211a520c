//! Photos: of messages, of people, of groups and channels.

use model::account::PrivacyKey;
use model::event::AccountEvent;
use model::media::Photo;
use model::{PhotoId, UserId};

use super::memory::Became;
use super::pictures::{self, PHOTO, PROFILE};
use super::rights::{self, FileId, Met};
use super::upload::{self, InputFile};
use crate::{Caller, Core, Error, Result, privacy, profile};

/// A picture larger than this is sent as a file, bytes (the official limit).
const PHOTO_BYTES: i64 = 10 * 1024 * 1024;
/// Most times that one side may be longer than the other (the official limit).
const RATIO: i32 = 20;
/// Profile photos in one answer.
const PAGE: i32 = 100;

/// Makes a photo for a message from an upload.
///
/// # Errors
/// Those of [`upload::finish`]; `PhotoTooBig`, `PhotoInvalid`.
pub async fn from_upload(core: &Core, caller: Caller, file: &InputFile) -> Result<Photo> {
    make(core, caller, file, false).await
}

async fn make(core: &Core, caller: Caller, input: &InputFile, profile: bool) -> Result<Photo> {
    let memory = &core.memory.media;
    if let Some(Became::Photo { photo, profile: was }) =
        memory.became(input.upload(caller), input.parts, core.now())
        && was == profile
        && let Some(photo) = core.stores.media.photos(&[photo]).await?.pop()
    {
        return Ok(photo);
    }
    let file = upload::finish(core, caller, input).await?;
    if file.size_bytes > PHOTO_BYTES {
        return Err(Error::PhotoTooBig);
    }
    let scaled = pictures::scale(core, file.blob, if profile { &PROFILE } else { &PHOTO }).await?;
    let (short, long) = (scaled.width.min(scaled.height), scaled.width.max(scaled.height));
    if long > short.saturating_mul(RATIO) {
        return Err(Error::PhotoInvalid);
    }
    let photo = Photo {
        id: PhotoId(super::new_id(core)),
        owner: caller.user,
        date: core.now(),
        stripped: scaled.stripped,
        sizes: scaled.sizes,
        has_stickers: false,
    };
    core.stores.media.insert_photo(photo.clone()).await?;
    // What was uploaded is served to nobody.
    core.stores.media.doom_blobs(&[file.blob]).await?;
    memory.make(input.upload(caller), Became::Photo { photo: photo.id, profile });
    Ok(photo)
}

/// A photo that the caller met, to be sent again.
///
/// # Errors
/// `FileIdInvalid`, `FileReferenceExpired`.
pub async fn met(
    core: &Core,
    viewer: UserId,
    id: PhotoId,
    access_hash: i64,
    reference: &[u8],
) -> Result<Photo> {
    let met = Met { file: FileId::Photo(id), access_hash, reference: reference.to_vec() };
    rights::check_use(core, viewer, &met).await?;
    one(core, id).await
}

async fn one(core: &Core, id: PhotoId) -> Result<Photo> {
    core.stores.media.photos(&[id]).await?.pop().ok_or(Error::FileIdInvalid)
}

/// A new photo of a group or channel, as a client gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatPhotoInput {
    /// None any more.
    Empty,
    /// From an upload.
    Upload(InputFile),
    /// One that the caller met.
    Met {
        /// Which.
        id: PhotoId,
        /// Proof of having met it.
        access_hash: i64,
        /// Where.
        reference: Vec<u8>,
    },
}

/// The photo meant; rights in the group are the caller's business.
///
/// # Errors
/// See [`from_upload`] and [`met`].
pub async fn chat_photo_from_input(
    core: &Core,
    caller: Caller,
    input: &ChatPhotoInput,
) -> Result<Option<PhotoId>> {
    Ok(match input {
        ChatPhotoInput::Empty => None,
        ChatPhotoInput::Upload(file) => Some(make(core, caller, file, true).await?.id),
        ChatPhotoInput::Met { id, access_hash, reference } => {
            Some(met(core, caller.user, *id, *access_hash, reference).await?.id)
        }
    })
}

/// Sets a new profile photo from an upload, and tells those around.
///
/// # Errors
/// See [`from_upload`].
pub async fn upload_profile(core: &Core, caller: Caller, file: &InputFile) -> Result<Photo> {
    let photo = make(core, caller, file, true).await?;
    set_profile(core, caller, photo).await
}

/// Makes a photo that the caller met the current profile photo.
///
/// # Errors
/// See [`met`].
pub async fn choose_profile(
    core: &Core,
    caller: Caller,
    id: PhotoId,
    access_hash: i64,
    reference: &[u8],
) -> Result<Photo> {
    let photo = met(core, caller.user, id, access_hash, reference).await?;
    set_profile(core, caller, photo).await
}

async fn set_profile(core: &Core, caller: Caller, photo: Photo) -> Result<Photo> {
    core.stores.accounts.add_profile_photo(caller.user, photo.id, core.now()).await?;
    profile::tell(core, caller, AccountEvent::User { user: caller.user }).await?;
    Ok(photo)
}

/// Takes the current profile photo away.
///
/// # Errors
/// Those of the store.
pub async fn clear_profile(core: &Core, caller: Caller) -> Result<()> {
    let (current, _) = core.stores.accounts.profile_photos(caller.user, 0, 1).await?;
    remove(core, caller, &current).await?;
    Ok(())
}

/// Takes profile photos away; those that the caller has no such photo of are passed over. Answers those removed.
///
/// # Errors
/// `LimitInvalid`; those of the store.
pub async fn delete_profile(core: &Core, caller: Caller, photos: &[Met]) -> Result<Vec<PhotoId>> {
    if photos.len() > model::limits::IDS_PER_CALL {
        return Err(Error::LimitInvalid);
    }
    let proven = photos.iter().filter_map(|met| match met.file {
        FileId::Photo(photo) => {
            let kind = crate::access::HashKind::Photo;
            core.access.verify(caller.user, kind, photo.0, met.access_hash).then_some(photo)
        }
        FileId::Document(_) => None,
    });
    remove(core, caller, &proven.collect::<Vec<_>>()).await
}

async fn remove(core: &Core, caller: Caller, photos: &[PhotoId]) -> Result<Vec<PhotoId>> {
    let removed = core.stores.accounts.remove_profile_photos(caller.user, photos).await?;
    if !removed.is_empty() {
        profile::tell(core, caller, AccountEvent::User { user: caller.user }).await?;
    }
    Ok(removed)
}

/// Profile photos of a person, current first, as far as the viewer may see them: the page, and how many there are.
///
/// With `max_id` only that photo is meant, as clients use it to refresh one.
///
/// # Errors
/// `UserInvalid`; `LimitInvalid`.
pub async fn of_user(
    core: &Core,
    viewer: UserId,
    user: UserId,
    offset: i32,
    max_id: i64,
    limit: i32,
) -> Result<(Vec<Photo>, i32)> {
    if offset < 0 || limit < 0 {
        return Err(Error::LimitInvalid);
    }
    let owner = core.stores.accounts.users(&[user]).await?.pop().ok_or(Error::UserInvalid)?;
    if owner.deleted || !privacy::allows(core, user, PrivacyKey::ProfilePhoto, viewer).await? {
        return Ok((Vec::new(), 0));
    }
    let limit = if limit == 0 { PAGE } else { limit.min(PAGE) };
    let (ids, total) = if max_id > 0 {
        let visible =
            rights::is_peer_photo(core, viewer, model::Peer::User(user), PhotoId(max_id)).await?;
        (if visible { vec![PhotoId(max_id)] } else { Vec::new() }, i32::from(visible))
    } else {
        core.stores.accounts.profile_photos(user, offset, limit).await?
    };
    let mut photos = core.stores.media.photos(&ids).await?;
    photos.sort_by_key(|photo| ids.iter().position(|id| *id == photo.id));
    Ok((photos, total))
}
