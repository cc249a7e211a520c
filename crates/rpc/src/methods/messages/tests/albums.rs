//! Albums and other media, by photos and files that the sender has met already.

use model::media::{BlobHash, Document, DocumentAttribute, Photo, PhotoSize};
use model::{DocumentId, PhotoId};
use services::access::{FileOrigin, HashKind};
use tl_api::functions::messages as f;
use tl_api::{enums, types};

use super::{messages, say};
use crate::testing::{Device, START, World, list};

fn reference(of: &Device<'_>, file: i64) -> Vec<u8> {
    let expires = model::UnixTime(START + 3600);
    of.world.core.access.file_reference(of.user(), file, FileOrigin::Upload, expires)
}

/// A photo of the owner's, as input media.
pub(super) async fn photo(of: &Device<'_>, id: i64) -> enums::InputMedia {
    let size = PhotoSize {
        kind: "x".to_owned(),
        width: 8,
        height: 8,
        size_bytes: 10,
        blob: BlobHash([1; 32]),
    };
    let photo = Photo {
        id: PhotoId(id),
        owner: of.user(),
        date: of.world.core.now(),
        stripped: Vec::new(),
        sizes: vec![size],
        has_stickers: false,
    };
    of.world.core.stores.media.insert_photo(photo).await.unwrap();
    let access_hash = of.world.core.access.hash(of.user(), HashKind::Photo, id);
    let photo = types::InputPhoto { id, access_hash, file_reference: reference(of, id) };
    types::InputMediaPhoto { id: photo.into(), ..Default::default() }.into()
}

/// A file of the owner's, as input media.
pub(super) async fn file(
    of: &Device<'_>,
    id: i64,
    attributes: Vec<DocumentAttribute>,
) -> enums::InputMedia {
    let document = Document {
        id: DocumentId(id),
        owner: of.user(),
        date: of.world.core.now(),
        mime_type: "application/octet-stream".to_owned(),
        size_bytes: 10,
        blob: BlobHash([2; 32]),
        attributes,
        stripped: Vec::new(),
        thumbs: Vec::new(),
    };
    of.world.core.stores.media.insert_document(document).await.unwrap();
    let access_hash = of.world.core.access.hash(of.user(), HashKind::Document, id);
    let document = types::InputDocument { id, access_hash, file_reference: reference(of, id) };
    types::InputMediaDocument { id: document.into(), ..Default::default() }.into()
}

fn album(peer: enums::InputPeer, media: Vec<(enums::InputMedia, i64, &str)>) -> f::SendMultiMedia {
    let multi_media = media
        .into_iter()
        .map(|(media, random_id, caption)| {
            types::InputSingleMedia {
                media,
                random_id,
                message: caption.to_owned(),
                entities: None,
            }
            .into()
        })
        .collect();
    f::SendMultiMedia { peer, multi_media, ..Default::default() }
}

#[tokio::test]
async fn an_album_arrives_whole_under_one_number() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut ears = ben.listen().await;
    let media = vec![
        (photo(&anna, 11).await, 1, "two"),
        (photo(&anna, 12).await, 2, ""),
        (photo(&anna, 13).await, 3, ""),
    ];
    let updates = list(anna.ok(album(anna.peer(&ben), media)).await);
    let numbers: Vec<i64> = updates
        .iter()
        .filter_map(|update| match update {
            enums::Update::UpdateMessageID(update) => Some(update.random_id),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, [1, 2, 3]);
    let heard = messages(&ears.hear().await);
    let group = heard[0].grouped_id;
    assert!(
        group.is_some()
            && heard.len() == 3
            && heard.iter().all(|message| message.grouped_id == group)
    );
    assert_eq!(heard[0].message, "two");
    let Some(enums::MessageMedia::MessageMediaPhoto(shown)) = &heard[1].media else { panic!() };
    let Some(enums::Photo::Photo(shown)) = &shown.photo else { panic!() };
    assert_eq!((shown.id, shown.dc_id, shown.file_reference.is_empty()), (12, 2, false));

    // Forwarded together, they stay together under a new number; alone, they are alone.
    let forward = |ids: Vec<i32>, first: i64| f::ForwardMessages {
        from_peer: ben.peer(&anna),
        random_id: (first..).take(ids.len()).collect(),
        id: ids,
        to_peer: enums::InputPeer::InputPeerSelf,
        drop_media_captions: true,
        ..Default::default()
    };
    let copies = messages(&list(ben.ok(forward(vec![1, 2], 10)).await));
    assert!(copies[0].grouped_id.is_some() && copies[0].grouped_id == copies[1].grouped_id);
    assert_ne!(copies[0].grouped_id, group);
    assert_eq!((copies[0].message.as_str(), copies[0].fwd_from.clone()), ("", None));
    assert_eq!(messages(&list(ben.ok(forward(vec![3], 20)).await))[0].grouped_id, None);
}

#[tokio::test]
async fn an_album_is_refused_whole() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let long = "a".repeat(1025);
    let voice = DocumentAttribute::Audio {
        voice: true,
        duration_s: 1,
        title: None,
        performer: None,
        waveform: None,
    };
    let cases = [
        (
            "one random id twice",
            vec![(photo(&anna, 1).await, 1, ""), (photo(&anna, 2).await, 1, "")],
        ),
        (
            "a caption that is too long",
            vec![(photo(&anna, 3).await, 1, ""), (photo(&anna, 4).await, 2, long.as_str())],
        ),
        (
            "a photo and a file",
            vec![(photo(&anna, 5).await, 1, ""), (file(&anna, 6, vec![]).await, 2, "")],
        ),
        (
            "voice",
            vec![
                (file(&anna, 7, vec![voice.clone()]).await, 1, ""),
                (file(&anna, 8, vec![voice]).await, 2, ""),
            ],
        ),
        (
            "no media",
            vec![(photo(&anna, 9).await, 1, ""), (enums::InputMedia::InputMediaEmpty, 2, "")],
        ),
    ];
    for (name, media) in cases {
        assert!(anna.call(album(anna.peer(&ben), media)).await.is_err(), "{name}");
    }
    assert_eq!(super::history(&anna, anna.peer(&ben)).await, []);
}

#[tokio::test]
async fn a_medium_is_replaced_by_an_edit() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let media = photo(&anna, 21).await;
    let send = f::SendMedia {
        peer: anna.peer(&ben),
        media,
        message: "old".to_owned(),
        random_id: 1,
        ..Default::default()
    };
    anna.ok(send).await;
    let data = f::GetMessageEditData { peer: anna.peer(&ben), id: 1 };
    anna.check(data, Ok(types::messages::MessageEditData { caption: true }.into())).await;
    let edit = f::EditMessage {
        peer: anna.peer(&ben),
        id: 1,
        media: Some(photo(&anna, 22).await),
        ..Default::default()
    };
    let edited = messages(&list(anna.ok(edit).await));
    let Some(enums::MessageMedia::MessageMediaPhoto(shown)) = &edited[0].media else { panic!() };
    assert!(matches!(&shown.photo, Some(enums::Photo::Photo(photo)) if photo.id == 22));
    assert_eq!(edited[0].message, "old");
    // A caption may be empty where there is a medium.
    let edit = f::EditMessage {
        peer: anna.peer(&ben),
        id: 1,
        message: Some(String::new()),
        ..Default::default()
    };
    assert_eq!(messages(&list(anna.ok(edit).await))[0].message, "");
}

#[tokio::test]
async fn voice_stays_unplayed_until_it_is_heard() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    say(&anna, enums::InputPeer::InputPeerSelf, "moves Anna's numbers").await;
    let voice = DocumentAttribute::Audio {
        voice: true,
        duration_s: 1,
        title: None,
        performer: None,
        waveform: None,
    };
    let media = file(&anna, 31, vec![voice]).await;
    let mut ears = anna.listen().await;
    anna.ok(f::SendMedia { peer: anna.peer(&ben), media, random_id: 1, ..Default::default() })
        .await;
    assert!(messages(&ears.hear().await)[0].media_unread);
    let played = f::ReadMessageContents { id: vec![1] };
    ben.check(
        played.clone(),
        Ok(types::messages::AffectedMessages { pts: 3, pts_count: 1 }.into()),
    )
    .await;
    ben.check(played, Ok(types::messages::AffectedMessages { pts: 3, pts_count: 0 }.into())).await;
    let heard = ears.hear().await;
    assert!(
        matches!(&heard[..], [enums::Update::UpdateReadMessagesContents(read)] if read.messages == [2]),
        "{heard:?}"
    );
    let search = f::Search {
        peer: ben.peer(&anna),
        filter: enums::MessagesFilter::InputMessagesFilterVoice,
        limit: 10,
        ..Default::default()
    };
    assert_eq!(super::shown(&ben.ok(search).await).len(), 1);
}
