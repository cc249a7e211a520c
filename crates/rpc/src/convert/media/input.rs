//! What a client attaches, as the model has it: uploads become photos and documents, what was met before is checked.

use model::media::{DocumentAttribute, Media};
use model::{DocumentId, PhotoId};
use services::contacts;
use services::media::documents::{self, NewDocument, Shown};
use services::media::photos::{self, ChatPhotoInput};
use services::media::rights::{FileId, Met};
use services::media::upload::InputFile;
use services::messages::text;
use tl_api::{enums, types};

use crate::{Call, RpcError};

/// Characters of a name, address or title that goes with media.
const FIELD_CHARS: usize = 255;
/// Bytes of a contact's card.
const VCARD_BYTES: usize = 2048;
/// Metres of a place's accuracy.
const ACCURACY_M: std::ops::RangeInclusive<i32> = 0..=1500;
/// Emoji that the server rolls, with the number of their outcomes.
const DICE: [(&str, u64); 6] = [("🎲", 6), ("🎯", 6), ("🎳", 6), ("🏀", 5), ("⚽", 5), ("🎰", 64)];

const INVALID: RpcError = RpcError::bad_request("MEDIA_INVALID");

/// Media of a message, poll excepted (see `convert::polls::input_poll`). A page to be previewed is a text: `MEDIA_EMPTY`.
///
/// # Errors
/// 400 `MEDIA_EMPTY`, `MEDIA_INVALID`, `WEBPAGE_CURL_FAILED` for files that we would have to fetch, those of uploads,
/// `FILE_REFERENCE_EXPIRED`; 401 before sign-in.
pub async fn input_media(call: &Call, input: &enums::InputMedia) -> Result<Media, RpcError> {
    use enums::InputMedia as I;
    match input {
        I::InputMediaEmpty | I::InputMediaWebPage(_) => Err(RpcError::bad_request("MEDIA_EMPTY")),
        I::InputMediaUploadedPhoto(input) => uploaded_photo(call, input).await,
        I::InputMediaPhoto(input) => known_photo(call, input).await,
        I::InputMediaUploadedDocument(input) => uploaded_document(call, input).await,
        I::InputMediaDocument(input) => known_document(call, input).await,
        I::InputMediaContact(input) => contact(call, input).await,
        I::InputMediaGeoPoint(input) => {
            let (lat, long, accuracy_m) = point(&input.geo_point)?;
            Ok(Media::Geo { lat, long, accuracy_m })
        }
        I::InputMediaVenue(input) => venue(input),
        I::InputMediaDice(input) => dice(call, &input.emoticon),
        I::InputMediaPhotoExternal(_) | I::InputMediaDocumentExternal(_) => {
            Err(RpcError::bad_request("WEBPAGE_CURL_FAILED"))
        }
        I::InputMediaPoll(input) => crate::convert::polls::input_poll(call, input).await,
        I::InputMediaGame(_)
        | I::InputMediaGeoLive(_)
        | I::InputMediaStory(_)
        | I::InputMediaTodo(_) => Err(INVALID),
    }
}

/// An upload as a client names it.
///
/// # Errors
/// 400 `FILE_ID_INVALID` for files of stories.
pub fn input_file(input: &enums::InputFile) -> Result<InputFile, RpcError> {
    match input {
        enums::InputFile::InputFile(file) => Ok(InputFile {
            id: file.id,
            parts: file.parts,
            name: file.name.clone(),
            md5: Some(file.md5_checksum.clone()).filter(|md5| !md5.is_empty()),
        }),
        enums::InputFile::InputFileBig(file) => {
            Ok(InputFile { id: file.id, parts: file.parts, name: file.name.clone(), md5: None })
        }
        enums::InputFile::InputFileStoryDocument(_) => {
            Err(RpcError::bad_request("FILE_ID_INVALID"))
        }
    }
}

/// A new photo of a group or channel: stored already if it was uploaded. `None` takes the photo away.
///
/// # Errors
/// 400 `PHOTO_INVALID`, `VIDEO_FILE_INVALID` for moving ones, which are not offered, those of uploads,
/// `FILE_REFERENCE_EXPIRED`; 401 before sign-in.
pub async fn input_chat_photo(
    call: &Call,
    input: &enums::InputChatPhoto,
) -> Result<Option<PhotoId>, RpcError> {
    let input = match input {
        enums::InputChatPhoto::InputChatPhotoEmpty => ChatPhotoInput::Empty,
        enums::InputChatPhoto::InputChatUploadedPhoto(uploaded) => {
            if uploaded.video.is_some() || uploaded.video_emoji_markup.is_some() {
                return Err(RpcError::bad_request("VIDEO_FILE_INVALID"));
            }
            let file = uploaded.file.as_ref().ok_or(RpcError::bad_request("PHOTO_FILE_MISSING"))?;
            ChatPhotoInput::Upload(input_file(file)?)
        }
        enums::InputChatPhoto::InputChatPhoto(known) => match &known.id {
            enums::InputPhoto::InputPhotoEmpty => ChatPhotoInput::Empty,
            enums::InputPhoto::InputPhoto(photo) => ChatPhotoInput::Met {
                id: PhotoId(photo.id),
                access_hash: photo.access_hash,
                reference: photo.file_reference.clone(),
            },
        },
    };
    Ok(photos::chat_photo_from_input(&call.core, call.signed_in()?, &input).await?)
}

/// A photo as a client names it; `None` for an empty one.
#[must_use]
pub fn met_photo(input: &enums::InputPhoto) -> Option<Met> {
    match input {
        enums::InputPhoto::InputPhotoEmpty => None,
        enums::InputPhoto::InputPhoto(photo) => Some(Met {
            file: FileId::Photo(PhotoId(photo.id)),
            access_hash: photo.access_hash,
            reference: photo.file_reference.clone(),
        }),
    }
}

async fn uploaded_photo(
    call: &Call,
    input: &types::InputMediaUploadedPhoto,
) -> Result<Media, RpcError> {
    if input.live_photo || input.video.is_some() {
        return Err(INVALID);
    }
    let ttl_s = documents::checked_ttl(input.ttl_seconds)?;
    let photo =
        photos::from_upload(&call.core, call.signed_in()?, &input_file(&input.file)?).await?;
    Ok(Media::Photo { photo: photo.id, spoiler: input.spoiler, ttl_s })
}

async fn known_photo(call: &Call, input: &types::InputMediaPhoto) -> Result<Media, RpcError> {
    if input.live_photo || input.video.is_some() {
        return Err(INVALID);
    }
    let ttl_s = documents::checked_ttl(input.ttl_seconds)?;
    let photo = resent_photo(call, &input.id).await?.ok_or(RpcError::bad_request("MEDIA_EMPTY"))?;
    Ok(Media::Photo { photo, spoiler: input.spoiler, ttl_s })
}

async fn resent_photo(call: &Call, input: &enums::InputPhoto) -> Result<Option<PhotoId>, RpcError> {
    let enums::InputPhoto::InputPhoto(photo) = input else { return Ok(None) };
    let viewer = call.signed_in()?.user;
    let found = photos::met(
        &call.core,
        viewer,
        PhotoId(photo.id),
        photo.access_hash,
        &photo.file_reference,
    )
    .await;
    match found {
        Err(services::Error::FileIdInvalid) => Err(RpcError::bad_request("MEDIA_EMPTY")),
        found => Ok(Some(found?.id)),
    }
}

async fn uploaded_document(
    call: &Call,
    input: &types::InputMediaUploadedDocument,
) -> Result<Media, RpcError> {
    documents::checked_ttl(input.ttl_seconds)?;
    let new = NewDocument {
        file: input_file(&input.file)?,
        thumb: input.thumb.as_ref().map(input_file).transpose()?,
        mime_type: input.mime_type.clone(),
        attributes: input.attributes.iter().filter_map(attribute).collect(),
        force_file: input.force_file,
        nosound_video: input.nosound_video,
    };
    let cover = cover(call, input.video_cover.as_ref()).await?;
    let document = documents::from_upload(&call.core, call.signed_in()?, new).await?;
    let shown = Shown {
        spoiler: input.spoiler,
        ttl_s: input.ttl_seconds,
        cover,
        timestamp_s: input.video_timestamp,
    };
    Ok(documents::media(&document, shown)?)
}

async fn known_document(call: &Call, input: &types::InputMediaDocument) -> Result<Media, RpcError> {
    let empty = RpcError::bad_request("MEDIA_EMPTY");
    let enums::InputDocument::InputDocument(known) = &input.id else { return Err(empty) };
    let cover = cover(call, input.video_cover.as_ref()).await?;
    let viewer = call.signed_in()?.user;
    let found = documents::met(
        &call.core,
        viewer,
        DocumentId(known.id),
        known.access_hash,
        &known.file_reference,
    )
    .await;
    let document = match found {
        Err(services::Error::FileIdInvalid) => return Err(empty),
        found => found?,
    };
    let shown = Shown {
        spoiler: input.spoiler,
        ttl_s: input.ttl_seconds,
        cover,
        timestamp_s: input.video_timestamp,
    };
    Ok(documents::media(&document, shown)?)
}

async fn cover(
    call: &Call,
    input: Option<&enums::InputPhoto>,
) -> Result<Option<PhotoId>, RpcError> {
    match input {
        Some(photo) => resent_photo(call, photo).await,
        None => Ok(None),
    }
}

/// What is not offered (masks, custom emoji) is left out.
fn attribute(input: &enums::DocumentAttribute) -> Option<DocumentAttribute> {
    use enums::DocumentAttribute as A;
    Some(match input {
        A::DocumentAttributeImageSize(size) => {
            DocumentAttribute::ImageSize { width: size.w, height: size.h }
        }
        A::DocumentAttributeAnimated => DocumentAttribute::Animated,
        A::DocumentAttributeVideo(video) => DocumentAttribute::Video {
            round: video.round_message,
            streaming: video.supports_streaming,
            nosound: video.nosound,
            duration_s: video.duration,
            width: video.w,
            height: video.h,
            preload_prefix_bytes: video.preload_prefix_size,
            video_start_s: video.video_start_ts,
            codec: video.video_codec.clone(),
        },
        A::DocumentAttributeAudio(audio) => DocumentAttribute::Audio {
            voice: audio.voice,
            duration_s: audio.duration,
            title: audio.title.clone(),
            performer: audio.performer.clone(),
            waveform: audio.waveform.clone(),
        },
        A::DocumentAttributeFilename(name) => {
            DocumentAttribute::FileName { name: name.file_name.clone() }
        }
        A::DocumentAttributeHasStickers
        | A::DocumentAttributeSticker(_)
        | A::DocumentAttributeCustomEmoji(_) => {
            return None;
        }
    })
}

async fn contact(call: &Call, input: &types::InputMediaContact) -> Result<Media, RpcError> {
    if input.phone_number.trim().is_empty()
        || input.first_name.trim().is_empty() && input.last_name.trim().is_empty()
    {
        return Err(RpcError::bad_request("MEDIA_INVALID"));
    }
    // A number that leads to nobody, or to somebody who hides it, is a card without an account.
    let user =
        contacts::resolve_phone(&call.core, call.signed_in()?, &input.phone_number).await.ok();
    Ok(Media::Contact {
        phone: field(&input.phone_number)?,
        first_name: field(&input.first_name)?,
        last_name: field(&input.last_name)?,
        vcard: if input.vcard.len() <= VCARD_BYTES {
            input.vcard.clone()
        } else {
            return Err(INVALID);
        },
        user,
    })
}

fn venue(input: &types::InputMediaVenue) -> Result<Media, RpcError> {
    let (lat, long, _) = point(&input.geo_point)?;
    Ok(Media::Venue {
        lat,
        long,
        title: field(&input.title)?,
        address: field(&input.address)?,
        provider: field(&input.provider)?,
        venue_id: field(&input.venue_id)?,
        venue_type: field(&input.venue_type)?,
    })
}

fn point(input: &enums::InputGeoPoint) -> Result<(f64, f64, Option<i32>), RpcError> {
    let enums::InputGeoPoint::InputGeoPoint(point) = input else { return Err(INVALID) };
    let on_earth = (-90.0..=90.0).contains(&point.lat) && (-180.0..=180.0).contains(&point.long);
    if !on_earth {
        return Err(INVALID);
    }
    Ok((point.lat, point.long, point.accuracy_radius.filter(|metres| ACCURACY_M.contains(metres))))
}

fn field(text: &str) -> Result<String, RpcError> {
    if text.chars().count() > FIELD_CHARS {
        return Err(INVALID);
    }
    Ok(text::clean(text, &[]).text)
}

/// The server rolls, so that nobody picks.
fn dice(call: &Call, emoji: &str) -> Result<Media, RpcError> {
    let plain = emoji.trim_end_matches('\u{fe0f}');
    let (emoticon, outcomes) = DICE
        .iter()
        .find(|(known, _)| *known == plain)
        .ok_or(RpcError::bad_request("EMOTICON_INVALID"))?;
    // 64 random bits over at most 64 outcomes: the bias is far below anything that shows.
    let roll = call.core.random.number().cast_unsigned() % outcomes + 1;
    Ok(Media::Dice { emoticon: (*emoticon).to_owned(), value: i32::try_from(roll).unwrap_or(1) })
}
