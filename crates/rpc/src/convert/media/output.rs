//! Photos, documents and what else messages carry, as a client gets them.

use model::media::{Document, DocumentAttribute, Media, Photo, PhotoSize};
use model::{Peer, UnixTime, UserId};
use services::Core;
use services::access::{FileOrigin, HashKind};
use services::media::Files;
use tl_api::{enums, types};

/// How long a file reference is good for, seconds. Clients that keep one longer ask for the message again.
const REFERENCE_S: i64 = 24 * 3600;

/// For whom files are described: access hashes and references are made for one viewer, and `dc_id` is the DC that their
/// client dialled, so that it asks us for the bytes without an export of its authorization.
#[derive(Clone, Copy)]
pub struct FileContext<'a> {
    /// The services.
    pub core: &'a Core,
    /// Who will read it; [`NOBODY`] for all who may read a channel's posts.
    pub viewer: UserId,
    /// The DC of the viewer's connection.
    pub dc: i32,
}

/// The viewer of what is encoded once for all who may read a channel.
pub const NOBODY: UserId = UserId(0);

impl FileContext<'_> {
    /// Access hash of and reference to a file met at `origin`, the same for an hour so that equal answers have equal bytes.
    fn proofs(&self, kind: HashKind, file: i64, origin: FileOrigin) -> (i64, Vec<u8>) {
        let now = self.core.now().0;
        let expires = UnixTime(now - now.rem_euclid(3600) + REFERENCE_S);
        let access = &self.core.access;
        match (self.viewer, origin) {
            (NOBODY, FileOrigin::Message(Peer::Channel(channel), message)) => (
                access.channel_file_hash(channel, kind, file),
                access.channel_file_reference(file, (channel, message), expires),
            ),
            (viewer, origin) => (
                access.hash(viewer, kind, file),
                access.file_reference(viewer, file, origin, expires),
            ),
        }
    }
}

/// `photo`, with a reference for `origin`.
#[must_use]
pub fn photo(context: &FileContext<'_>, photo: &Photo, origin: FileOrigin) -> enums::Photo {
    let (access_hash, file_reference) = context.proofs(HashKind::Photo, photo.id.0, origin);
    types::Photo {
        has_stickers: photo.has_stickers,
        id: photo.id.0,
        access_hash,
        file_reference,
        date: date(photo.date),
        sizes: sizes(&photo.stripped, &photo.sizes),
        video_sizes: None,
        dc_id: context.dc,
    }
    .into()
}

/// `document`, with a reference for `origin`.
#[must_use]
pub fn document(
    context: &FileContext<'_>,
    document: &Document,
    origin: FileOrigin,
) -> enums::Document {
    let thumbs = sizes(&document.stripped, &document.thumbs);
    let (access_hash, file_reference) = context.proofs(HashKind::Document, document.id.0, origin);
    types::Document {
        id: document.id.0,
        access_hash,
        file_reference,
        date: date(document.date),
        mime_type: document.mime_type.clone(),
        size: document.size_bytes,
        thumbs: (!thumbs.is_empty()).then_some(thumbs),
        video_thumbs: None,
        dc_id: context.dc,
        attributes: document.attributes.iter().map(attribute).collect(),
    }
    .into()
}

/// What a message carries. `files` holds the descriptions (see [`services::media::files`]); what is missing there shows as an
/// expired file. `None` for a poll, which is built by `convert::polls`.
#[must_use]
pub fn message_media(
    context: &FileContext<'_>,
    files: &Files,
    media: &Media,
    origin: FileOrigin,
) -> Option<enums::MessageMedia> {
    Some(match media {
        Media::Photo { photo: id, spoiler, ttl_s } => types::MessageMediaPhoto {
            spoiler: *spoiler,
            photo: files.photos.get(id).map(|found| photo(context, found, origin)),
            ttl_seconds: *ttl_s,
            ..Default::default()
        }
        .into(),
        Media::Document { document: id, class, spoiler, ttl_s, cover, timestamp_s, names: _ } => {
            use model::message::MediaClass;
            let cover = cover.and_then(|id| files.photos.get(&id));
            types::MessageMediaDocument {
                spoiler: *spoiler,
                video: matches!(class, MediaClass::Video),
                round: matches!(class, MediaClass::RoundVideo),
                voice: matches!(class, MediaClass::Voice),
                document: files.documents.get(id).map(|found| document(context, found, origin)),
                video_cover: cover.map(|found| photo(context, found, origin)),
                video_timestamp: *timestamp_s,
                ttl_seconds: *ttl_s,
                ..Default::default()
            }
            .into()
        }
        Media::Poll { .. } => return None,
        Media::Contact { phone, first_name, last_name, vcard, user } => {
            types::MessageMediaContact {
                phone_number: phone.clone(),
                first_name: first_name.clone(),
                last_name: last_name.clone(),
                vcard: vcard.clone(),
                user_id: user.map_or(0, |user| user.0),
            }
            .into()
        }
        Media::Geo { lat, long, accuracy_m } => {
            types::MessageMediaGeo { geo: geo_point(*lat, *long, *accuracy_m) }.into()
        }
        Media::Venue { lat, long, title, address, provider, venue_id, venue_type } => {
            types::MessageMediaVenue {
                geo: geo_point(*lat, *long, None),
                title: title.clone(),
                address: address.clone(),
                provider: provider.clone(),
                venue_id: venue_id.clone(),
                venue_type: venue_type.clone(),
            }
            .into()
        }
        Media::Dice { emoticon, value } => types::MessageMediaDice {
            value: *value,
            emoticon: emoticon.clone(),
            ..Default::default()
        }
        .into(),
    })
}

/// The photo of a group or channel, in the short form that stands in `chat` and `channel`.
#[must_use]
pub fn chat_photo(dc: i32, photo: Option<&Photo>) -> enums::ChatPhoto {
    photo.map_or(enums::ChatPhoto::ChatPhotoEmpty, |photo| {
        types::ChatPhoto {
            has_video: false,
            photo_id: photo.id.0,
            stripped_thumb: stripped(photo),
            dc_id: dc,
        }
        .into()
    })
}

/// The photo of a person, in the short form that stands in `user`.
#[must_use]
pub fn user_profile_photo(dc: i32, photo: Option<&Photo>) -> enums::UserProfilePhoto {
    photo.map_or(enums::UserProfilePhoto::UserProfilePhotoEmpty, |photo| {
        types::UserProfilePhoto {
            has_video: false,
            personal: false,
            photo_id: photo.id.0,
            stripped_thumb: stripped(photo),
            dc_id: dc,
        }
        .into()
    })
}

fn stripped(photo: &Photo) -> Option<Vec<u8>> {
    (!photo.stripped.is_empty()).then(|| photo.stripped.clone())
}

fn sizes(stripped: &[u8], stored: &[PhotoSize]) -> Vec<enums::PhotoSize> {
    let preview = (!stripped.is_empty()).then(|| {
        types::PhotoStrippedSize { r#type: "i".to_owned(), bytes: stripped.to_vec() }.into()
    });
    let stored = stored.iter().map(|size| {
        types::PhotoSize {
            r#type: size.kind.clone(),
            w: size.width,
            h: size.height,
            size: i32::try_from(size.size_bytes).unwrap_or(i32::MAX),
        }
        .into()
    });
    preview.into_iter().chain(stored).collect()
}

fn attribute(attribute: &DocumentAttribute) -> enums::DocumentAttribute {
    match attribute {
        DocumentAttribute::ImageSize { width, height } => {
            types::DocumentAttributeImageSize { w: *width, h: *height }.into()
        }
        DocumentAttribute::Animated => enums::DocumentAttribute::DocumentAttributeAnimated,
        DocumentAttribute::HasStickers => enums::DocumentAttribute::DocumentAttributeHasStickers,
        DocumentAttribute::Video {
            round,
            streaming,
            nosound,
            duration_s,
            width,
            height,
            preload_prefix_bytes,
            video_start_s,
            codec,
        } => types::DocumentAttributeVideo {
            round_message: *round,
            supports_streaming: *streaming,
            nosound: *nosound,
            duration: *duration_s,
            w: *width,
            h: *height,
            preload_prefix_size: *preload_prefix_bytes,
            video_start_ts: *video_start_s,
            video_codec: codec.clone(),
        }
        .into(),
        DocumentAttribute::Audio { voice, duration_s, title, performer, waveform } => {
            types::DocumentAttributeAudio {
                voice: *voice,
                duration: *duration_s,
                title: title.clone(),
                performer: performer.clone(),
                waveform: waveform.clone(),
            }
            .into()
        }
        DocumentAttribute::FileName { name } => {
            types::DocumentAttributeFilename { file_name: name.clone() }.into()
        }
        DocumentAttribute::Sticker { alt } => types::DocumentAttributeSticker {
            alt: alt.clone(),
            stickerset: enums::InputStickerSet::InputStickerSetEmpty,
            ..Default::default()
        }
        .into(),
    }
}

/// Points carry no access hash: nothing is fetched by it here.
fn geo_point(lat: f64, long: f64, accuracy_radius: Option<i32>) -> enums::GeoPoint {
    types::GeoPoint { long, lat, access_hash: 0, accuracy_radius }.into()
}

fn date(time: UnixTime) -> i32 {
    i32::try_from(time.0).unwrap_or(i32::MAX)
}
