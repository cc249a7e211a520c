//! Cases of the port of photos and documents.

use model::media::{BlobHash, Document, DocumentAttribute, Photo, PhotoSize};
use model::{DocumentId, PhotoId, UserId};

use super::support::NOW;
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! media_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            media,
            $make,
            [photos_are_kept_whole, documents_are_kept_whole, blobs_in_use_are_those_named]
        );
    };
}

fn blob(n: u8) -> BlobHash {
    BlobHash([n; 32])
}

fn size(kind: &str, n: u8) -> PhotoSize {
    PhotoSize { kind: kind.to_owned(), width: 320, height: 240, size_bytes: 1 << 33, blob: blob(n) }
}

fn photo(id: i64) -> Photo {
    Photo {
        id: PhotoId(id),
        owner: UserId(1),
        date: NOW,
        stripped: vec![1, 0, 255],
        sizes: vec![size("m", 1), size("x", 2)],
        has_stickers: true,
    }
}

fn document(id: i64) -> Document {
    Document {
        id: DocumentId(id),
        owner: UserId(1),
        date: NOW,
        mime_type: "video/mp4".to_owned(),
        size_bytes: i64::MAX,
        blob: blob(3),
        attributes: vec![
            DocumentAttribute::FileName { name: "tern \u{1F426}.mp4".to_owned() },
            DocumentAttribute::Video {
                round: false,
                streaming: true,
                nosound: false,
                duration_s: 12.25,
                width: 1920,
                height: 1080,
                preload_prefix_bytes: None,
                video_start_s: Some(0.5),
                codec: Some("h264".to_owned()),
            },
            DocumentAttribute::Audio {
                voice: true,
                duration_s: 3,
                title: None,
                performer: None,
                waveform: Some(vec![0, 31, 255]),
            },
        ],
        stripped: Vec::new(),
        thumbs: vec![size("m", 4), size("s", 3)],
    }
}

/// In the order asked, unknown ones left out; an id is used once.
pub async fn photos_are_kept_whole(stores: &Stores) {
    let media = &stores.media;
    media.insert_photo(photo(-5)).await.unwrap();
    media.insert_photo(photo(6)).await.unwrap();
    let found = media.photos(&[PhotoId(6), PhotoId(7), PhotoId(-5)]).await;
    assert_eq!(found, Ok(vec![photo(6), photo(-5)]));
    assert_eq!(media.insert_photo(photo(6)).await, Err(Error::Conflict));
}

/// In the order asked, unknown ones left out; an id is used once.
pub async fn documents_are_kept_whole(stores: &Stores) {
    let media = &stores.media;
    media.insert_document(document(8)).await.unwrap();
    media.insert_document(document(-9)).await.unwrap();
    let found = media.documents(&[DocumentId(-9), DocumentId(1), DocumentId(8)]).await;
    assert_eq!(found, Ok(vec![document(-9), document(8)]));
    assert_eq!(media.insert_document(document(8)).await, Err(Error::Conflict));
    assert_eq!(media.photos(&[PhotoId(8)]).await, Ok(Vec::new()));
}

/// Sizes, thumbnails and the files themselves.
pub async fn blobs_in_use_are_those_named(stores: &Stores) {
    let media = &stores.media;
    assert_eq!(media.blobs_in_use(&[blob(1)]).await, Ok(Vec::new()));
    media.insert_photo(photo(1)).await.unwrap();
    media.insert_document(document(1)).await.unwrap();
    let asked = [5, 4, 3, 2, 1].map(blob);
    let mut used = media.blobs_in_use(&asked).await.unwrap();
    used.sort_unstable();
    assert_eq!(used, [1, 2, 3, 4].map(blob));
}
