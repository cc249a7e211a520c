//! What is told of photos, documents and other media.

use model::media::Media;
use tl_api::{enums, types};

use super::{content, document, newest, part, photo, send, size_of, upload};
use crate::convert::media::input_media;
use crate::testing::World;

#[tokio::test]
async fn a_photo_has_its_sizes() {
    let world = World::new();
    let (alice, bob) = (world.sign_up("Alice").await, world.sign_up("Bob").await);
    let file = upload(&alice, 1, b"pretended picture").await;
    let media = types::InputMediaUploadedPhoto { file, spoiler: true, ..Default::default() };
    send(&alice, alice.peer(&bob), 1, media.into()).await;
    let (_, media) = newest(&bob, &alice).await;
    let photo = photo(&media);
    assert!(
        matches!(photo.sizes.first(), Some(enums::PhotoSize::PhotoStrippedSize(size)) if size.r#type == "i")
    );
    for size in ["s", "m", "x", "y", "w"] {
        let enums::upload::File::File(read) = bob.ok(part(size_of(photo, size), 0, 4096)).await
        else {
            panic!("a file")
        };
        assert_eq!(read.r#type, enums::storage::FileType::FileJpeg);
        assert_eq!(read.bytes, [0xff, 0xd8, size.as_bytes()[0]]);
    }
    assert_eq!(bob.fails(part(size_of(photo, "i"), 0, 4096)).await, "LOCATION_INVALID");
}

#[tokio::test]
async fn attributes_are_cleaned() {
    let world = World::new();
    let alice = world.sign_up("Alice").await;
    let file = upload(&alice, 1, &content(100)).await;
    let attributes = vec![
        types::DocumentAttributeAudio {
            voice: true,
            duration: -4,
            waveform: Some(vec![1; 63]),
            ..Default::default()
        }
        .into(),
        types::DocumentAttributeFilename { file_name: "../../a\u{202e}b.ogg".to_owned() }.into(),
        types::DocumentAttributeSticker { alt: "x".to_owned(), ..Default::default() }.into(),
    ];
    let media = types::InputMediaUploadedDocument {
        file,
        mime_type: "AUDIO/ogg".to_owned(),
        attributes,
        ..Default::default()
    };
    let sent = send(&alice, enums::InputPeer::InputPeerSelf, 1, media.into()).await;
    let shown = document(&sent);
    assert_eq!(shown.mime_type, "audio/ogg");
    let expected: [enums::DocumentAttribute; 2] = [
        types::DocumentAttributeAudio {
            voice: true,
            duration: 0,
            waveform: Some(vec![1; 63]),
            ..Default::default()
        }
        .into(),
        types::DocumentAttributeFilename { file_name: "ab.ogg".to_owned() }.into(),
    ];
    assert_eq!(shown.attributes, expected);
    assert!(
        matches!(&sent, enums::MessageMedia::MessageMediaDocument(media) if media.voice && !media.video)
    );
}

#[tokio::test]
async fn other_media_is_checked() {
    let world = World::new();
    let alice = world.sign_up("Alice").await;
    let bob = world.sign_up("Bob").await;
    let call = alice.a_call();
    let made = async |media: enums::InputMedia| {
        input_media(&call, &media).await.map_err(|error| error.text.into_owned())
    };
    let geo = |lat, long| -> enums::InputMedia {
        let geo_point = types::InputGeoPoint { lat, long, accuracy_radius: Some(9) }.into();
        types::InputMediaGeoPoint { geo_point }.into()
    };
    assert_eq!(
        made(geo(52.5, 13.4)).await,
        Ok(Media::Geo { lat: 52.5, long: 13.4, accuracy_m: Some(9) })
    );
    for (lat, long) in [(91.0, 0.0), (0.0, 181.0), (f64::NAN, 0.0)] {
        assert_eq!(made(geo(lat, long)).await, Err("MEDIA_INVALID".to_owned()));
    }
    let phone =
        world.core.stores.accounts.users(&[bob.user()]).await.unwrap()[0].phone.clone().unwrap();
    let contact = |phone_number: &str, first_name: &str| -> enums::InputMedia {
        let (phone_number, first_name) = (phone_number.to_owned(), first_name.to_owned());
        types::InputMediaContact { phone_number, first_name, ..Default::default() }.into()
    };
    let Ok(Media::Contact { user, .. }) = made(contact(phone.as_str(), "B")).await else {
        panic!("a contact")
    };
    assert_eq!(user, Some(bob.user()));
    let Ok(Media::Contact { user, .. }) = made(contact("+4912345678", "B")).await else {
        panic!("a contact")
    };
    assert_eq!(user, None);
    assert_eq!(made(contact("", "B")).await, Err("MEDIA_INVALID".to_owned()));
    for _ in 0..50 {
        let dice = types::InputMediaDice { emoticon: "\u{1f3b2}".to_owned() };
        let Ok(Media::Dice { value, .. }) = made(dice.into()).await else { panic!("a dice") };
        assert!((1..=6).contains(&value));
    }
    let dice = types::InputMediaDice { emoticon: "x".to_owned() };
    assert_eq!(made(dice.into()).await, Err("EMOTICON_INVALID".to_owned()));
    let external = types::InputMediaPhotoExternal {
        url: "http://127.0.0.1/".to_owned(),
        ..Default::default()
    };
    assert_eq!(made(external.into()).await, Err("WEBPAGE_CURL_FAILED".to_owned()));
    assert_eq!(made(enums::InputMedia::InputMediaEmpty).await, Err("MEDIA_EMPTY".to_owned()));
}

#[tokio::test]
async fn a_photo_that_destroys_itself_has_a_bounded_timer() {
    let world = World::new();
    let alice = world.sign_up("Alice").await;
    let call = alice.a_call();
    let file = upload(&alice, 1, b"pretended picture").await;
    let timed = |ttl_seconds| -> enums::InputMedia {
        types::InputMediaUploadedPhoto { file: file.clone(), ttl_seconds, ..Default::default() }
            .into()
    };
    let refused = Err("TTL_MEDIA_INVALID".to_owned());
    for (seconds, expected) in [
        (1, Ok(Some(1))),
        (60, Ok(Some(60))),
        (i32::MAX, Ok(Some(i32::MAX))),
        (0, Ok(None)),
        (-1, refused.clone()),
        (61, refused.clone()),
    ] {
        let made = input_media(&call, &timed(Some(seconds))).await;
        let ttl = made.map_err(|error| error.text.into_owned()).map(|media| match media {
            Media::Photo { ttl_s, .. } => ttl_s,
            other => panic!("{other:?}"),
        });
        assert_eq!(ttl, expected, "{seconds}");
    }
    let file = upload(&alice, 2, b"any bytes").await;
    let plain = types::InputMediaUploadedDocument {
        file,
        mime_type: "text/plain".to_owned(),
        ttl_seconds: Some(5),
        ..Default::default()
    };
    let made = input_media(&call, &plain.into()).await.map_err(|error| error.text.into_owned());
    assert_eq!(made.map(drop), Err("TTL_MEDIA_INVALID".to_owned()));
}
