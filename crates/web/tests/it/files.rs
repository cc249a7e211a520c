//! Files of posts: ranges, validators, types, and no file that is not shown.

use axum::http::StatusCode;
use model::media::{Document, Media};
use model::message::MediaClass;
use model::{DocumentId, UnixTime};

use crate::support::{START, World, carrying};

async fn film(world: &World) -> (String, Vec<u8>) {
    let whose = world.public("some_film").await;
    let mut bytes = b"\0\0\0\x20ftypisom".to_vec();
    bytes.extend((0..300_000_u32).map(|byte| byte.to_le_bytes()[0]));
    let document = Document {
        id: DocumentId(9),
        owner: whose.0,
        date: UnixTime(START),
        mime_type: "text/html".to_owned(),
        size_bytes: i64::try_from(bytes.len()).unwrap(),
        blob: world.stores().blobs.put(bytes.clone()).await.unwrap().hash,
        attributes: Vec::new(),
        stripped: Vec::new(),
        thumbs: Vec::new(),
    };
    world.stores().media.insert_document(document).await.unwrap();
    let media = Media::Document {
        document: DocumentId(9),
        class: MediaClass::Video,
        names: String::new(),
        spoiler: false,
        ttl_s: None,
        cover: None,
        timestamp_s: None,
    };
    let id = world.post(whose, carrying(media)).await;
    (format!("/m/some_film/{}/file", id.0), bytes)
}

#[tokio::test]
async fn a_film_comes_in_ranges_by_its_own_type() {
    let world = World::new();
    let (path, bytes) = film(&world).await;
    let whole = world.get(&path).await;
    assert_eq!((whole.status, whole.header("content-type")), (StatusCode::OK, "video/mp4"));
    assert!(whole.bytes == bytes);
    let part = world.get_with(&path, &[("range", "bytes=100-299999")]).await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.header("content-range"), format!("bytes 100-299999/{}", bytes.len()));
    assert!(part.bytes == bytes[100..=299_999]);
    let outside = world.get_with(&path, &[("range", "bytes=9999999-")]).await;
    assert_eq!(outside.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let tag = whole.header("etag").to_owned();
    let known = world.get_with(&path, &[("if-none-match", &tag)]).await;
    assert_eq!((known.status, known.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn only_what_a_post_shows_is_served() {
    let world = World::new();
    let (path, _) = film(&world).await;
    for odd in [
        path.replace("file", "photo-x.jpg"),
        path.replace("file", "thumb-m.jpg"),
        path.replace("/2/", "/1/"),
        path.replace("some_film", "never_was"),
    ] {
        if odd != path {
            assert_eq!(world.get(&odd).await.status, StatusCode::NOT_FOUND, "{odd}");
        }
    }
}
