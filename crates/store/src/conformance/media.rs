//! Cases of the port of photos and documents.

use model::media::{BlobHash, Document, DocumentAttribute, Media, Photo, PhotoSize};
use model::message::Body;
use model::rights::Denial;
use model::{DocumentId, MessageId, PhotoId, UnixTime, UserId};

use super::support::{NOW, later, people};
use crate::ports::boxes::{BoxPeer, NewBoxMessage};
use crate::ports::channels::{NewChannel, NewChannelMessage};
use crate::ports::media::UNUSED_S;
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! media_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            media,
            $make,
            [
                photos_are_kept_whole,
                documents_are_kept_whole,
                blobs_in_use_are_those_named,
                what_the_last_copy_carried_is_destroyed,
                what_is_shown_elsewhere_stays,
                what_is_in_no_message_is_abandoned,
                what_a_deleted_channel_carried_is_destroyed,
            ]
        );
    };
}

fn blob(n: u8) -> BlobHash {
    BlobHash([n; 32])
}

fn size(kind: &str, n: u8) -> PhotoSize {
    PhotoSize { kind: kind.to_owned(), width: 320, height: 240, size_bytes: 1 << 33, blob: blob(n) }
}

/// A photo of two sizes.
#[must_use]
pub fn photo(id: i64) -> Photo {
    Photo {
        id: PhotoId(id),
        owner: UserId(1),
        date: NOW,
        stripped: vec![1, 0, 255],
        sizes: vec![size("m", 1), size("x", 2)],
        has_stickers: true,
    }
}

/// A document with thumbnails.
#[must_use]
pub fn document(id: i64) -> Document {
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
    let page = |after, limit| media.named_blobs(after, limit);
    assert_eq!(page(None, 9).await.unwrap(), [1, 2, 3, 4].map(blob));
    assert_eq!(page(Some(blob(1)), 2).await.unwrap(), [2, 3].map(blob));
    assert_eq!(page(Some(blob(4)), 2).await.unwrap(), []);
}

fn with_photo(id: i64) -> Body {
    let media = Media::Photo { photo: PhotoId(id), spoiler: false, ttl_s: None };
    Body { media: Some(media), ..Body::default() }
}

/// Sends a photo from one person to another; answers the number in the sender's box.
async fn send(stores: &Stores, from: UserId, to: UserId, body: Body) -> crate::Result<MessageId> {
    let new = NewBoxMessage {
        sender: from,
        peer: BoxPeer::User(to),
        random_id: None,
        date: NOW,
        body,
        reply_to: None,
        mentions: Vec::new(),
        clear_draft: false,
    };
    let mut sent = stores.boxes.send(vec![new]).await?;
    Ok(sent.remove(0).copies.remove(0).message.id)
}

/// Looks at everything that is due.
async fn destroy(stores: &Stores, now: UnixTime) {
    stores.upkeep.tidy().await.unwrap();
    while stores.media.destroy_unneeded(now, 1).await.unwrap() > 0 {}
}

async fn doomed(stores: &Stores) -> Vec<BlobHash> {
    stores.media.doomed_blobs(None, 99).await.unwrap()
}

/// With its sizes, but not before the last copy is gone; and whoever saw it cannot send it again.
pub async fn what_the_last_copy_carried_is_destroyed(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    stores.media.insert_photo(photo(1)).await.unwrap();
    let id = send(stores, ann, ben, with_photo(1)).await.unwrap();
    let again = send(stores, ann, ben, with_photo(1)).await.unwrap();
    stores.boxes.delete(ann, &[id], true).await.unwrap();
    stores.boxes.delete(ann, &[again], false).await.unwrap();
    destroy(stores, NOW).await;
    assert_eq!(stores.media.photos(&[PhotoId(1)]).await.unwrap().len(), 1);
    assert_eq!(doomed(stores).await, Vec::new());
    stores.boxes.delete(ben, &[again], false).await.unwrap();
    destroy(stores, NOW).await;
    assert_eq!(stores.media.photos(&[PhotoId(1)]).await, Ok(Vec::new()));
    assert_eq!(doomed(stores).await, [blob(1), blob(2)]);
    assert_eq!(stores.media.blobs_in_use(&[blob(1), blob(2)]).await, Ok(Vec::new()));
    let late = send(stores, ann, ben, with_photo(1)).await;
    assert_eq!(late, Err(Error::Denied(Denial::MediaGone)));
    assert_eq!(stores.media.doomed_blobs(Some(blob(1)), 9).await.unwrap(), [blob(2)]);
    stores.media.forget_doomed(&[blob(1)]).await.unwrap();
    assert_eq!(doomed(stores).await, [blob(2)]);
    stores.media.doom_blobs(&[blob(9), blob(2)]).await.unwrap();
    assert_eq!(doomed(stores).await, [blob(2), blob(9)]);
}

/// An edit releases as well; a profile needs its photo as a message does.
pub async fn what_is_shown_elsewhere_stays(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    stores.media.insert_photo(photo(1)).await.unwrap();
    stores.accounts.add_profile_photo(ben, PhotoId(1), NOW).await.unwrap();
    let id = send(stores, ann, ben, with_photo(1)).await.unwrap();
    let text = Body { text: "none".to_owned(), ..Body::default() };
    stores.boxes.edit(ann, id, text, Some(NOW)).await.unwrap();
    destroy(stores, NOW).await;
    assert_eq!(stores.media.photos(&[PhotoId(1)]).await.unwrap().len(), 1);
    stores.accounts.remove_profile_photos(ben, &[PhotoId(1)]).await.unwrap();
    destroy(stores, NOW).await;
    assert_eq!(stores.media.photos(&[PhotoId(1)]).await, Ok(Vec::new()));
    let late = stores.accounts.add_profile_photo(ben, PhotoId(1), NOW).await;
    assert_eq!(late, Err(Error::Denied(Denial::MediaGone)));
}

/// After a day, if it is in none by then.
pub async fn what_is_in_no_message_is_abandoned(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    stores.media.insert_photo(photo(1)).await.unwrap();
    stores.media.insert_photo(photo(2)).await.unwrap();
    destroy(stores, later(UNUSED_S - 1)).await;
    send(stores, ann, ben, with_photo(2)).await.unwrap();
    destroy(stores, later(UNUSED_S)).await;
    let left = stores.media.photos(&[PhotoId(1), PhotoId(2)]).await.unwrap();
    assert_eq!(left.iter().map(|photo| photo.id).collect::<Vec<_>>(), [PhotoId(2)]);
    // Its sizes are those of the other one.
    assert_eq!(stores.media.blobs_in_use(&[blob(1)]).await, Ok(vec![blob(1)]));
}

/// Posts and all.
pub async fn what_a_deleted_channel_carried_is_destroyed(stores: &Stores) {
    let [ann] = people(stores).await;
    let new = NewChannel {
        creator: ann,
        title: "Terns".to_owned(),
        about: String::new(),
        broadcast: true,
        ttl_period: None,
        now: NOW,
    };
    let channel = stores.channels.create_channel(new).await.unwrap().id;
    for id in [1, 2] {
        stores.media.insert_photo(photo(id)).await.unwrap();
        let new = NewChannelMessage {
            sender: ann,
            ..NewChannelMessage::copy(channel, NOW, with_photo(id))
        };
        stores.channels.post(vec![new]).await.unwrap();
    }
    stores.channels.delete_posts(channel, ann, &[MessageId(1)], NOW).await.unwrap();
    destroy(stores, NOW).await;
    let left = async || stores.media.photos(&[PhotoId(1), PhotoId(2)]).await.unwrap().len();
    assert_eq!(left().await, 1);
    stores.channels.delete_channel(channel, ann).await.unwrap();
    destroy(stores, NOW).await;
    assert_eq!(left().await, 0);
}
