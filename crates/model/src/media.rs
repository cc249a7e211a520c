//! Photos, documents and what else a message may carry.

use serde::{Deserialize, Serialize};

use crate::message::MediaClass;
use crate::{DocumentId, PhotoId, PollId, UnixTime, UserId};

/// What a message carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are the protocol's MessageMedia constructors")]
pub enum Media {
    Photo {
        photo: PhotoId,
        spoiler: bool,
        ttl_s: Option<i32>,
    },
    /// `class` and `names` are copied from the document's attributes when the message is made, so that searching needs no look-up.
    Document {
        document: DocumentId,
        class: MediaClass,
        names: String,
        spoiler: bool,
        ttl_s: Option<i32>,
        cover: Option<PhotoId>,
        timestamp_s: Option<i32>,
    },
    Poll {
        poll: PollId,
    },
    Contact {
        phone: String,
        first_name: String,
        last_name: String,
        vcard: String,
        user: Option<UserId>,
    },
    Geo {
        lat: f64,
        long: f64,
        accuracy_m: Option<i32>,
    },
    Venue {
        lat: f64,
        long: f64,
        title: String,
        address: String,
        provider: String,
        venue_id: String,
        venue_type: String,
    },
    Dice {
        emoticon: String,
        value: i32,
    },
}

impl Media {
    /// The class for filtered search.
    #[must_use]
    pub const fn class(&self) -> MediaClass {
        match self {
            Self::Photo { .. } => MediaClass::Photo,
            Self::Document { class, .. } => *class,
            Self::Poll { .. } => MediaClass::Poll,
            Self::Contact { .. } => MediaClass::Contact,
            Self::Geo { .. } | Self::Venue { .. } => MediaClass::Geo,
            Self::Dice { .. } => MediaClass::None,
        }
    }
}

/// SHA-256 of a blob's bytes: its address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlobHash(pub [u8; 32]);

impl std::fmt::Debug for BlobHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for byte in &self.0[..4] {
            write!(f, "{byte:02x}")?;
        }
        f.write_str("..")
    }
}

impl BlobHash {
    /// Lower-case hexadecimal, 64 characters.
    #[must_use]
    pub fn to_hex(&self) -> String {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(64);
        for byte in self.0 {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// One stored size of a photo, or a thumbnail of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoSize {
    /// The protocol's letter: `s` 100, `m` 320, `x` 800, `y` 1280, `w` 2560; `a` 160, `b` 320, `c` 640 for square profile photos.
    pub kind: String,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// Bytes.
    pub size_bytes: i64,
    /// Where the JPEG is.
    pub blob: BlobHash,
}

/// A photo with all its sizes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// Id.
    pub id: PhotoId,
    /// Who uploaded it.
    pub owner: UserId,
    /// When.
    pub date: UnixTime,
    /// Inline preview in the protocol's stripped form, under 200 bytes.
    #[serde(with = "serde_bytes")]
    pub stripped: Vec<u8>,
    /// From small to large.
    pub sizes: Vec<PhotoSize>,
    /// A moving profile photo, if any.
    pub has_stickers: bool,
}

/// What a document is, from what the client said, verified where a library can.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are the protocol's DocumentAttribute constructors")]
pub enum DocumentAttribute {
    ImageSize {
        width: i32,
        height: i32,
    },
    Animated,
    Video {
        round: bool,
        streaming: bool,
        nosound: bool,
        duration_s: f64,
        width: i32,
        height: i32,
        preload_prefix_bytes: Option<i32>,
        video_start_s: Option<f64>,
        codec: Option<String>,
    },
    Audio {
        voice: bool,
        duration_s: i32,
        title: Option<String>,
        performer: Option<String>,
        #[serde(with = "serde_bytes")]
        waveform: Option<Vec<u8>>,
    },
    FileName {
        name: String,
    },
    HasStickers,
    Sticker {
        alt: String,
    },
}

/// A stored file with its description.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Id.
    pub id: DocumentId,
    /// Who uploaded it.
    pub owner: UserId,
    /// When.
    pub date: UnixTime,
    /// As the client said, checked for shape.
    pub mime_type: String,
    /// Bytes.
    pub size_bytes: i64,
    /// Where the bytes are.
    pub blob: BlobHash,
    /// Description.
    pub attributes: Vec<DocumentAttribute>,
    /// Inline preview, or empty.
    #[serde(with = "serde_bytes")]
    pub stripped: Vec<u8>,
    /// Stored thumbnails.
    pub thumbs: Vec<PhotoSize>,
}

impl Document {
    /// The class for filtered search, by the same order of precedence that official apps show it.
    #[must_use]
    pub fn class(&self) -> MediaClass {
        let mut class = MediaClass::Document;
        for attribute in &self.attributes {
            match attribute {
                DocumentAttribute::Animated => return MediaClass::Gif,
                DocumentAttribute::Video { round: true, .. } => return MediaClass::RoundVideo,
                DocumentAttribute::Video { .. } => class = MediaClass::Video,
                DocumentAttribute::Audio { voice: true, .. } => return MediaClass::Voice,
                DocumentAttribute::Audio { .. } => class = MediaClass::Music,
                _ => {}
            }
        }
        class
    }
}

impl Document {
    /// What it is called: the name of the file, and title and performer of music.
    #[must_use]
    pub fn names(&self) -> String {
        let of = |attribute: &DocumentAttribute| match attribute {
            DocumentAttribute::FileName { name } => vec![name.clone()],
            DocumentAttribute::Audio { title, performer, .. } => {
                title.iter().chain(performer).cloned().collect()
            }
            _ => Vec::new(),
        };
        self.attributes.iter().flat_map(of).collect::<Vec<_>>().join(" ")
    }
}

/// What the header of a film or sound says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Film {
    /// Length, seconds, 0 if unknown, at most two months.
    pub duration_s: f64,
    /// Pixels as shown, 0 without a picture.
    pub width: u32,
    /// Pixels as shown, 0 without a picture.
    pub height: u32,
    /// It has a picture track.
    pub has_video: bool,
    /// It has a sound track.
    pub has_audio: bool,
}
