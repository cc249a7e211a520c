//! Documents: files, videos, music, voices, moving pictures.

use model::media::{BlobHash, Document, DocumentAttribute, Film, Media};
use model::message::MediaClass;
use model::{DocumentId, PhotoId, UserId};

use super::attributes;
use super::memory::Became;
use super::pictures::{self, Scaled, THUMB};
use super::rights::{self, FileId, Met};
use super::sniff::{self, FileKind};
use super::upload::{self, InputFile};
use crate::{Caller, Core, Error, Result};

/// A thumbnail larger than this is not looked at, bytes.
const THUMB_BYTES: i64 = 2 * 1024 * 1024;
/// A picture sent as a file is looked at up to this size, bytes.
const PICTURE_BYTES: i64 = 50 * 1024 * 1024;
/// Seconds for which media that destroys itself may be seen (the official bounds; the largest number means "once").
const TTL_S: std::ops::RangeInclusive<i32> = 1..=60;
/// Seen once.
const TTL_ONCE: i32 = i32::MAX;

/// A document as a client sends it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewDocument {
    /// The upload.
    pub file: InputFile,
    /// A picture of it.
    pub thumb: Option<InputFile>,
    /// What the client says it is.
    pub mime_type: String,
    /// What the client says of it.
    pub attributes: Vec<DocumentAttribute>,
    /// Shown as a plain file, whatever it is.
    pub force_file: bool,
    /// A film without sound stays a film; else it becomes a moving picture.
    pub nosound_video: bool,
}

/// How a document stands in a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Covered until touched.
    pub spoiler: bool,
    /// Destroys itself so many seconds after it was seen.
    pub ttl_s: Option<i32>,
    /// Another cover of a video.
    pub cover: Option<PhotoId>,
    /// Where a video starts.
    pub timestamp_s: Option<i32>,
}

/// Makes a document from an upload.
///
/// # Errors
/// Those of [`upload::finish`].
pub async fn from_upload(core: &Core, caller: Caller, new: NewDocument) -> Result<Document> {
    let (upload, parts) = (new.file.upload(caller), new.file.parts);
    let memory = &core.memory.media;
    if let Some(Became::Document(made)) = memory.became(upload, parts, core.now())
        && made.0 == new
        && let Some(document) = core.stores.media.documents(&[made.1]).await?.pop()
    {
        return Ok(document);
    }
    let asked = new.clone();
    let document = make(core, caller, new).await?;
    memory.make(upload, Became::Document(Box::new((asked, document.id))));
    Ok(document)
}

async fn make(core: &Core, caller: Caller, new: NewDocument) -> Result<Document> {
    let file = upload::finish(core, caller, &new.file).await?;
    let head = core.stores.blobs.read(file.blob, 0, sniff::HEAD_BYTES).await?;
    let kind = sniff::kind(&head);
    let mut attributes = attributes::clean(new.attributes);
    if let (true, Some(name)) =
        (named(&attributes).is_none(), attributes::file_name(&new.file.name))
    {
        attributes.push(DocumentAttribute::FileName { name });
    }
    let mut mime_type = attributes::mime_type(&new.mime_type);
    let mut preview = given_thumb(core, caller, new.thumb.as_ref()).await?;
    if new.force_file {
        attributes.retain(|attribute| {
            matches!(
                attribute,
                DocumentAttribute::FileName { .. } | DocumentAttribute::ImageSize { .. }
            )
        });
    }
    if kind.is_picture() && file.size_bytes <= PICTURE_BYTES {
        let seen = look_at_picture(core, file.blob, &mut attributes).await;
        preview = preview.or(seen);
        if kind == FileKind::Gif && !new.force_file {
            add(&mut attributes, DocumentAttribute::Animated);
        }
    }
    if kind.plays() {
        if mime_type == attributes::PLAIN_MIME && !new.force_file {
            own_mime(kind).clone_into(&mut mime_type);
        }
        if let Some(film) = pictures::film(core, file.blob).await {
            if kind == FileKind::Mp3 && !new.force_file {
                add_music(&mut attributes);
            }
            verify_film(&mut attributes, &film, new.nosound_video || new.force_file);
        }
    }
    // The holds last until the thumbnails are named.
    let (stripped, thumbs, _holds) =
        preview.map(|scaled| (scaled.stripped, scaled.sizes, scaled.holds)).unwrap_or_default();
    let document = Document {
        id: DocumentId(super::new_id(core)),
        owner: caller.user,
        date: core.now(),
        mime_type,
        size_bytes: file.size_bytes,
        blob: file.blob,
        attributes,
        stripped,
        thumbs,
    };
    core.stores.media.insert_document(document.clone()).await?;
    Ok(document)
}

/// What a file that plays is, where the client said nothing.
const fn own_mime(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Mp3 => "audio/mpeg",
        FileKind::Ogg => "audio/ogg",
        FileKind::Mov => "video/quicktime",
        _ => "video/mp4",
    }
}

/// Music is music also where the client said nothing; its length follows from its header.
fn add_music(attributes: &mut Vec<DocumentAttribute>) {
    if !attributes.iter().any(|attribute| matches!(attribute, DocumentAttribute::Audio { .. })) {
        let (title, performer, waveform) = (None, None, None);
        attributes.push(DocumentAttribute::Audio {
            voice: false,
            duration_s: 0,
            title,
            performer,
            waveform,
        });
    }
}

fn named(attributes: &[DocumentAttribute]) -> Option<&str> {
    attributes.iter().find_map(|attribute| match attribute {
        DocumentAttribute::FileName { name } => Some(name.as_str()),
        _ => None,
    })
}

fn add(attributes: &mut Vec<DocumentAttribute>, new: DocumentAttribute) {
    attributes.retain(|old| std::mem::discriminant(old) != std::mem::discriminant(&new));
    attributes.push(new);
}

/// The client's own thumbnail. One that is no picture is left out; one whose parts are missing is an error.
async fn given_thumb(
    core: &Core,
    caller: Caller,
    thumb: Option<&InputFile>,
) -> Result<Option<Scaled>> {
    let Some(thumb) = thumb else { return Ok(None) };
    let file = upload::finish(core, caller, thumb).await?;
    if file.size_bytes > THUMB_BYTES {
        return Ok(None);
    }
    match pictures::scale(core, file.blob, &THUMB).await {
        Ok(scaled) => {
            // What was uploaded is served to nobody.
            core.stores.media.doom_blobs(&[file.blob]).await?;
            Ok(Some(scaled))
        }
        Err(Error::PhotoInvalid) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The true size of a picture sent as a file, and a thumbnail. What can't be read stays a plain file.
async fn look_at_picture(
    core: &Core,
    file: BlobHash,
    attributes: &mut Vec<DocumentAttribute>,
) -> Option<Scaled> {
    let Ok(scaled) = pictures::scale(core, file, &THUMB).await else {
        attributes.retain(|attribute| !matches!(attribute, DocumentAttribute::ImageSize { .. }));
        return None;
    };
    let is_video =
        attributes.iter().any(|attribute| matches!(attribute, DocumentAttribute::Video { .. }));
    if !is_video {
        add(
            attributes,
            DocumentAttribute::ImageSize { width: scaled.width, height: scaled.height },
        );
    }
    Some(scaled)
}

/// Puts what the file's own header says in place of what the client said.
fn verify_film(attributes: &mut Vec<DocumentAttribute>, film: &Film, keep_silent: bool) {
    let mut is_silent_video = false;
    for attribute in attributes.iter_mut() {
        match attribute {
            DocumentAttribute::Video { duration_s, width, height, nosound, round, .. } => {
                if film.duration_s > 0.0 {
                    *duration_s = film.duration_s;
                }
                if film.width > 0 && film.height > 0 {
                    *width = i32::try_from(film.width).unwrap_or(*width);
                    *height = i32::try_from(film.height).unwrap_or(*height);
                }
                *nosound = film.has_video && !film.has_audio;
                is_silent_video = *nosound && !*round;
            }
            DocumentAttribute::Audio { duration_s, .. } if film.duration_s > 0.0 => {
                #[expect(clippy::cast_possible_truncation, reason = "the reader bounds it")]
                let whole = film.duration_s.round() as i32;
                *duration_s = whole;
            }
            _ => {}
        }
    }
    if is_silent_video && !keep_silent {
        add(attributes, DocumentAttribute::Animated);
    }
}

/// A document that the caller met, to be sent again.
///
/// # Errors
/// `FileIdInvalid`, `FileReferenceExpired`.
pub async fn met(
    core: &Core,
    viewer: UserId,
    id: DocumentId,
    access_hash: i64,
    reference: &[u8],
) -> Result<Document> {
    let met = Met { file: FileId::Document(id), access_hash, reference: reference.to_vec() };
    rights::check_use(core, viewer, &met).await?;
    core.stores.media.documents(&[id]).await?.pop().ok_or(Error::FileIdInvalid)
}

/// The document as media of a message.
///
/// # Errors
/// `TtlMediaInvalid` for a timer out of bounds, or of something that is neither film nor voice.
pub fn media(document: &Document, shown: Shown) -> Result<Media> {
    let ttl_s = checked_ttl(shown.ttl_s)?;
    let class = document.class();
    let is_played = matches!(class, MediaClass::Video | MediaClass::RoundVideo | MediaClass::Voice);
    if ttl_s.is_some() && !is_played {
        return Err(Error::TtlMediaInvalid);
    }
    Ok(Media::Document {
        document: document.id,
        class,
        names: document.names(),
        spoiler: shown.spoiler,
        ttl_s,
        cover: shown.cover,
        timestamp_s: shown.timestamp_s.filter(|seconds| *seconds >= 0),
    })
}

/// After how long media destroys itself; 0 is never.
///
/// # Errors
/// `TtlMediaInvalid`.
pub fn checked_ttl(ttl_s: Option<i32>) -> Result<Option<i32>> {
    match ttl_s.filter(|seconds| *seconds != 0) {
        Some(seconds) if seconds != TTL_ONCE && !TTL_S.contains(&seconds) => {
            Err(Error::TtlMediaInvalid)
        }
        ttl_s => Ok(ttl_s),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn video(round: bool) -> Vec<DocumentAttribute> {
        vec![DocumentAttribute::Video {
            round,
            streaming: true,
            nosound: false,
            duration_s: 1.0,
            width: 1,
            height: 1,
            preload_prefix_bytes: None,
            video_start_s: None,
            codec: None,
        }]
    }

    fn film(has_audio: bool) -> Film {
        Film { duration_s: 12.5, width: 640, height: 360, has_video: true, has_audio }
    }

    #[test]
    fn a_film_s_own_header_wins_over_the_client() {
        let mut attributes = video(false);
        verify_film(&mut attributes, &film(true), false);
        assert!(matches!(
            attributes[..],
            [DocumentAttribute::Video {
                duration_s: 12.5,
                width: 640,
                height: 360,
                nosound: false,
                ..
            }]
        ));
    }

    #[test]
    fn a_silent_film_becomes_a_moving_picture_unless_its_sender_says_otherwise() {
        for (round, keep, moving) in
            [(false, false, true), (false, true, false), (true, false, false)]
        {
            let mut attributes = video(round);
            verify_film(&mut attributes, &film(false), keep);
            assert_eq!(
                attributes.contains(&DocumentAttribute::Animated),
                moving,
                "round {round}, keep {keep}"
            );
        }
        let mut attributes = video(false);
        verify_film(&mut attributes, &film(true), false);
        assert!(!attributes.contains(&DocumentAttribute::Animated));
    }

    #[test]
    fn music_in_a_film_s_box_has_the_length_of_the_box() {
        let music = DocumentAttribute::Audio {
            voice: false,
            duration_s: 1,
            title: None,
            performer: None,
            waveform: None,
        };
        let mut attributes = vec![music];
        verify_film(
            &mut attributes,
            &Film { duration_s: 200.6, has_audio: true, ..Film::default() },
            false,
        );
        assert!(matches!(attributes[..], [DocumentAttribute::Audio { duration_s: 201, .. }]));
    }
}
