//! Files of public channels' posts, named by the post: a file's own id is never told.

use model::channel::Channel;
use model::media::{BlobHash, Document, DocumentAttribute, Media, Photo, PhotoSize};
use model::message::{Action, MediaClass, Message};
use model::{DocumentId, MessageId, PhotoId, UnixTime};

use super::posts::{is_lasting, is_protected, visible};
use super::{Found, find};
use crate::media::sniff::{self, FileKind};
use crate::{Core, Error, Result};

/// Which file of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A size of its photo, by the protocol's letter.
    Photo(String),
    /// The document itself.
    Document,
    /// A thumbnail of the document.
    Thumb(String),
    /// A size of a film's cover.
    Cover(String),
}

/// A file that everyone may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicFile {
    /// Where its bytes are.
    pub blob: BlobHash,
    /// Bytes.
    pub size_bytes: u64,
    /// By its first bytes; what its author said is not believed.
    pub kind: FileKind,
    /// When it was uploaded.
    pub modified: UnixTime,
    /// Its name, if it has one.
    pub name: Option<String>,
}

/// A file of a visible post in a public channel. What a protected post's page only shows (pictures, films, sounds) is read here by
/// its player; what could only be saved is not there.
///
/// # Errors
/// Those of the store.
pub async fn file(
    core: &Core,
    name: &str,
    id: MessageId,
    part: &Part,
) -> Result<Option<PublicFile>> {
    let Some(channel) = super::channel(core, name).await? else { return Ok(None) };
    if !channel.broadcast || id.0 <= 0 {
        return Ok(None);
    }
    let Some(message) = visible(core, &channel, &[id]).await?.pop() else { return Ok(None) };
    match (named(&message), part) {
        (Some((None, Some(photo))), Part::Photo(size))
        | (Some((Some(_), Some(photo))), Part::Cover(size)) => picture(core, photo, size).await,
        (Some((Some(id), _)), Part::Document) => match document(core, id).await? {
            Some(document) if is_offered(&channel, &message, &document) => {
                whole(core, document).await.map(Some)
            }
            Some(_) | None => Ok(None),
        },
        (Some((Some(id), _)), Part::Thumb(size)) => {
            let found = document(core, id).await?;
            Ok(found.and_then(|found| jpeg(&found.thumbs, size, found.date)))
        }
        _ => Ok(None),
    }
}

/// The photo of whoever has a public name, as far as everyone may see it.
///
/// # Errors
/// Those of the store.
pub async fn photo_file(core: &Core, name: &str, size: &str) -> Result<Option<PublicFile>> {
    match find(core, name).await? {
        Some(Found::Channel(channel)) => match channel.photo {
            Some(photo) => picture(core, photo, size).await,
            None => Ok(None),
        },
        Some(Found::Person(person)) => {
            Ok(person.photo.and_then(|photo| jpeg(&photo.sizes, size, photo.date)))
        }
        None => Ok(None),
    }
}

/// Bytes of a file, at most a mebibyte at a time.
///
/// # Errors
/// Those of the store.
pub async fn read(core: &Core, file: &PublicFile, offset: u64, limit: u32) -> Result<Vec<u8>> {
    Ok(core.stores.blobs.read(file.blob, offset, limit).await?)
}

/// The document and the photo that a message carries.
fn named(message: &Message) -> Option<(Option<DocumentId>, Option<PhotoId>)> {
    if let Some(Action::ChatEditPhoto { photo }) = message.body.action {
        return Some((None, Some(photo)));
    }
    match message.body.media.as_ref().filter(|media| is_lasting(media))? {
        Media::Photo { photo, .. } => Some((None, Some(*photo))),
        Media::Document { document, cover, .. } => Some((Some(*document), *cover)),
        _ => None,
    }
}

/// Whether a post's document is given out: of a protected post only what the page itself shows or plays.
fn is_offered(channel: &Channel, message: &Message, document: &Document) -> bool {
    use MediaClass::{Gif, Music, RoundVideo, Video, Voice};
    let is_played = matches!(
        message.body.media,
        Some(Media::Document { class: Video | Gif | RoundVideo | Voice | Music, .. })
    );
    let is_sticker =
        |attribute: &DocumentAttribute| matches!(attribute, DocumentAttribute::Sticker { .. });
    is_played || !is_protected(channel, message) || document.attributes.iter().any(is_sticker)
}

async fn picture(core: &Core, id: PhotoId, size: &str) -> Result<Option<PublicFile>> {
    let photo: Option<Photo> = core.stores.media.photos(&[id]).await?.pop();
    Ok(photo.and_then(|photo| jpeg(&photo.sizes, size, photo.date)))
}

async fn document(core: &Core, id: DocumentId) -> Result<Option<Document>> {
    Ok(core.stores.media.documents(&[id]).await?.pop())
}

/// Sizes are JPEGs that this server made.
fn jpeg(sizes: &[PhotoSize], kind: &str, modified: UnixTime) -> Option<PublicFile> {
    let size = sizes.iter().find(|size| size.kind == kind)?;
    Some(PublicFile {
        blob: size.blob,
        size_bytes: u64::try_from(size.size_bytes).ok()?,
        kind: FileKind::Jpeg,
        modified,
        name: None,
    })
}

async fn whole(core: &Core, document: Document) -> Result<PublicFile> {
    let head = core.stores.blobs.read(document.blob, 0, sniff::HEAD_BYTES).await?;
    let name = document.attributes.into_iter().find_map(|attribute| match attribute {
        DocumentAttribute::FileName { name } => Some(name),
        _ => None,
    });
    Ok(PublicFile {
        blob: document.blob,
        size_bytes: u64::try_from(document.size_bytes)
            .map_err(|_| Error::Internal("a document of negative size".to_owned()))?,
        kind: sniff::kind(&head),
        modified: document.date,
        name,
    })
}

/// The photo that an invite link shows.
///
/// # Errors
/// Those of the store.
pub async fn invitation_photo(core: &Core, word: &str) -> Result<Option<PublicFile>> {
    let Some(preview) = super::invitation(core, word).await? else { return Ok(None) };
    let Some(photo) = preview.photo else { return Ok(None) };
    let fits = photo.sizes.iter().rev().find(|size| size.width <= INVITATION_SIDE);
    let kind = fits.or(photo.sizes.first()).map(|size| size.kind.clone());
    Ok(kind.and_then(|kind| jpeg(&photo.sizes, &kind, photo.date)))
}

/// Pixels of the photo beside an invitation.
const INVITATION_SIDE: i32 = 320;
