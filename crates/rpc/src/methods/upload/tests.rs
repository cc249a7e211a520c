use model::media::{BlobHash, Media};
use model::{MessageId, Peer};
use tl_api::{enums, functions, types};

use crate::convert::media::input_media;
use crate::testing::{Device, World, list};

const PART: usize = 4096;

/// Bytes that repeat nowhere on the grid of parts.
fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from((at / 7 + at / 4096 * 31) % 251).unwrap()).collect()
}

async fn upload(device: &Device<'_>, id: i64, bytes: &[u8]) -> enums::InputFile {
    let mut parts = 0;
    for part in bytes.chunks(PART) {
        let saved =
            functions::upload::SaveFilePart { file_id: id, file_part: parts, bytes: part.to_vec() };
        assert!(device.ok(saved).await);
        parts += 1;
    }
    types::InputFile { id, parts, name: "notes/../a.txt".to_owned(), md5_checksum: String::new() }
        .into()
}

fn as_document(file: enums::InputFile) -> enums::InputMedia {
    let mime_type = "text/plain".to_owned();
    types::InputMediaUploadedDocument { file, mime_type, ..Default::default() }.into()
}

async fn send(
    device: &Device<'_>,
    to: enums::InputPeer,
    random_id: i64,
    media: enums::InputMedia,
) -> enums::MessageMedia {
    let sent = functions::messages::SendMedia { peer: to, media, random_id, ..Default::default() };
    let updates = list(device.ok(sent).await);
    let media = updates.into_iter().find_map(|update| match update {
        enums::Update::UpdateNewMessage(update) => match update.message {
            enums::Message::Message(message) => message.media,
            _ => None,
        },
        _ => None,
    });
    media.expect("a message with media")
}

fn document(media: &enums::MessageMedia) -> &types::Document {
    match media {
        enums::MessageMedia::MessageMediaDocument(media) => match &media.document {
            Some(enums::Document::Document(document)) => document,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn photo(media: &enums::MessageMedia) -> &types::Photo {
    match media {
        enums::MessageMedia::MessageMediaPhoto(media) => match &media.photo {
            Some(enums::Photo::Photo(photo)) => photo,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// The newest message's media as somebody sees it in their chat with `other`.
async fn newest(device: &Device<'_>, other: &Device<'_>) -> (MessageId, enums::MessageMedia) {
    let request = functions::messages::GetHistory {
        peer: device.peer(other),
        limit: 1,
        ..Default::default()
    };
    let messages = match device.ok(request).await {
        enums::messages::Messages::Messages(page) => page.messages,
        enums::messages::Messages::MessagesSlice(page) => page.messages,
        other => panic!("{other:?}"),
    };
    match messages.into_iter().next() {
        Some(enums::Message::Message(message)) => {
            (MessageId(message.id), message.media.expect("media"))
        }
        other => panic!("{other:?}"),
    }
}

fn location(document: &types::Document) -> enums::InputFileLocation {
    types::InputDocumentFileLocation {
        id: document.id,
        access_hash: document.access_hash,
        file_reference: document.file_reference.clone(),
        thumb_size: String::new(),
    }
    .into()
}

fn size_of(photo: &types::Photo, size: &str) -> enums::InputFileLocation {
    types::InputPhotoFileLocation {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
        thumb_size: size.to_owned(),
    }
    .into()
}

fn part(location: enums::InputFileLocation, offset: i64, limit: i32) -> functions::upload::GetFile {
    functions::upload::GetFile { location, offset, limit, ..Default::default() }
}

fn bytes(file: enums::upload::File) -> Vec<u8> {
    let enums::upload::File::File(file) = file else { panic!("{file:?}") };
    file.bytes
}

#[tokio::test]
async fn a_file_arrives_as_it_was_sent() {
    let world = World::new();
    let (alice, bob) = (world.sign_up("Alice").await, world.sign_up("Bob").await);
    let sent = content(3 * PART + 17);
    let file = upload(&alice, 1, &sent).await;
    send(&alice, alice.peer(&bob), 1, as_document(file)).await;
    let (_, media) = newest(&bob, &alice).await;
    let document = document(&media);
    assert_eq!(
        (document.size, document.mime_type.as_str(), document.dc_id),
        (12305, "text/plain", 2)
    );
    let name = types::DocumentAttributeFilename { file_name: "a.txt".to_owned() };
    assert_eq!(document.attributes, [name.into()]);
    let mut read = Vec::new();
    for offset in [0, 4096, 8192, 12288, 16384] {
        read.extend(bytes(bob.ok(part(location(document), offset, 4096)).await));
    }
    assert_eq!(read, sent);
}

#[tokio::test]
async fn a_repeated_call_is_answered_though_its_upload_is_gone() {
    let world = World::new();
    let (alice, bob) = (world.sign_up("Alice").await, world.sign_up("Bob").await);
    let file = upload(&alice, 1, &content(100)).await;
    let sent = send(&alice, alice.peer(&bob), 7, as_document(file.clone())).await;
    // Longer than uploads are remembered.
    world.pass(3600);
    let again = send(&alice, alice.peer(&bob), 7, as_document(file.clone())).await;
    assert_eq!(document(&again).id, document(&sent).id);
    let other = functions::messages::SendMedia {
        peer: alice.peer(&bob),
        media: as_document(file),
        random_id: 8,
        ..Default::default()
    };
    assert_eq!(alice.fails(other.clone()).await, "FILE_PART_0_MISSING");
    // Another chat is not answered with what went to Bob.
    let peer = enums::InputPeer::InputPeerSelf;
    let elsewhere = functions::messages::SendMedia { peer, random_id: 7, ..other };
    assert_eq!(alice.fails(elsewhere).await, "FILE_PART_0_MISSING");
}

#[tokio::test]
async fn the_photo_of_an_invitation_is_shown_to_whoever_holds_the_link() {
    let world = World::new();
    let (alice, bob) = (world.sign_up("Alice").await, world.sign_up("Bob").await);
    let title = "Birds".to_owned();
    let told =
        world.core.stores.chats.found_chat(alice.user(), title, &[], None, world.core.now()).await;
    let chat_id = told.unwrap().chat.id.0;
    let file = Some(upload(&alice, 1, &content(100)).await);
    let photo = types::InputChatUploadedPhoto { file, ..Default::default() }.into();
    alice.ok(functions::messages::EditChatPhoto { chat_id, photo }).await;
    let peer = types::InputPeerChat { chat_id }.into();
    let export = functions::messages::ExportChatInvite { peer, ..Default::default() };
    let enums::ExportedChatInvite::ChatInviteExported(invite) = alice.ok(export).await else {
        panic!("a link")
    };
    let hash = invite.link.rsplit('+').next().unwrap().to_owned();
    let shown = bob.ok(functions::messages::CheckChatInvite { hash }).await;
    let enums::ChatInvite::ChatInvite(types::ChatInvite {
        photo: enums::Photo::Photo(photo), ..
    }) = shown
    else {
        panic!("{shown:?}")
    };
    assert!(!bytes(bob.ok(part(size_of(&photo, "c"), 0, 4096)).await).is_empty());
    // The reference is Bob's alone, and ends with the photo.
    let passed_on = alice.fails(part(size_of(&photo, "c"), 0, 4096)).await;
    assert_eq!(passed_on, "FILE_ID_INVALID");
    let photo_gone = enums::InputChatPhoto::InputChatPhotoEmpty;
    alice.ok(functions::messages::EditChatPhoto { chat_id, photo: photo_gone }).await;
    let gone = bob.fails(part(size_of(&photo, "c"), 0, 4096)).await;
    assert_eq!(gone, "FILE_REFERENCE_EXPIRED");
}

#[tokio::test]
async fn ranges_follow_the_official_grid() {
    let world = World::new();
    let alice = world.sign_up("Alice").await;
    let file = upload(&alice, 1, &content(100)).await;
    let media = send(&alice, enums::InputPeer::InputPeerSelf, 1, as_document(file)).await;
    let at = || location(document(&media));
    for (offset, limit, error) in [
        (-4096, 4096, "OFFSET_INVALID"),
        (1024, 4096, "OFFSET_INVALID"),
        (0, 0, "LIMIT_INVALID"),
        (0, -4096, "LIMIT_INVALID"),
        (0, 1024, "LIMIT_INVALID"),
        (0, 12288, "LIMIT_INVALID"),
        (0, 2 * 1024 * 1024, "LIMIT_INVALID"),
        (1024 * 1024 - 4096, 8192, "LIMIT_INVALID"),
    ] {
        assert_eq!(alice.fails(part(at(), offset, limit)).await, error, "{offset} {limit}");
    }
    for behind in [4096, 1 << 40, i64::MAX - 4095] {
        assert!(bytes(alice.ok(part(at(), behind, 4096)).await).is_empty());
    }
    let precise = functions::upload::GetFile {
        precise: true,
        location: at(),
        offset: 0,
        limit: 3072,
        ..Default::default()
    };
    assert_eq!(bytes(alice.ok(precise).await), content(100));
}

#[tokio::test]
async fn parts_are_checked_by_number_and_size() {
    let world = World::with_policy(|policy| policy.max_file_bytes = 64 * 1024 * 1024);
    let alice = world.sign_up("Alice").await;
    let save = |file_part, length| functions::upload::SaveFilePart {
        file_id: 1,
        file_part,
        bytes: vec![0; length],
    };
    assert_eq!(alice.fails(save(-1, 1024)).await, "FILE_PART_INVALID");
    assert_eq!(alice.fails(save(8192, 1024)).await, "FILE_PART_INVALID");
    assert_eq!(alice.fails(save(0, 0)).await, "FILE_PART_EMPTY");
    assert_eq!(alice.fails(save(0, 512 * 1024 + 1)).await, "FILE_PART_TOO_BIG");
    assert_eq!(alice.fails(save(128, 512 * 1024)).await, "FILE_PARTS_INVALID");
    let big = |file_part, file_total_parts, length| functions::upload::SaveBigFilePart {
        file_id: 2,
        file_part,
        file_total_parts,
        bytes: vec![0; length],
    };
    assert_eq!(alice.fails(big(0, 0, 1024)).await, "FILE_PARTS_INVALID");
    assert_eq!(alice.fails(big(0, 8193, 1024)).await, "FILE_PARTS_INVALID");
    assert_eq!(alice.fails(big(3, 3, 1024)).await, "FILE_PART_INVALID");
    assert_eq!(alice.fails(big(0, 3, 1000)).await, "FILE_PART_SIZE_INVALID");
    assert_eq!(alice.fails(big(0, 3, 3 * 1024)).await, "FILE_PART_SIZE_INVALID");
    alice.check(big(2, 3, 1000), Ok(true)).await;
    alice.check(big(0, -1, 1024), Ok(true)).await;
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let world = World::new();
    let alice = world.sign_up("Alice").await;
    let save = |file_part, length| functions::upload::SaveFilePart {
        file_id: 1,
        file_part,
        bytes: vec![0; length],
    };
    let attach = |parts| functions::messages::UploadMedia {
        peer: enums::InputPeer::InputPeerSelf,
        media: as_document(types::InputFile { id: 1, parts, ..Default::default() }.into()),
        ..Default::default()
    };
    assert_eq!(alice.fails(attach(0)).await, "FILE_PARTS_INVALID");
    assert_eq!(alice.fails(attach(1)).await, "FILE_PART_0_MISSING");
    alice.ok(save(0, 1024)).await;
    alice.ok(save(2, 1024)).await;
    assert_eq!(alice.fails(attach(3)).await, "FILE_PART_1_MISSING");
    alice.ok(save(1, 2048)).await;
    assert_eq!(alice.fails(attach(3)).await, "FILE_PART_SIZE_INVALID");
    alice.ok(save(1, 1024)).await;
    assert_eq!(alice.fails(attach(2)).await, "FILE_PARTS_INVALID");
    assert_eq!(alice.fails(attach(4)).await, "FILE_PART_3_MISSING");
    alice.ok(save(2, 5)).await;
    let uploaded = alice.ok(attach(3)).await;
    assert_eq!(document(&uploaded).size, 2053);
}

#[tokio::test]
async fn a_checksum_that_differs_is_refused() {
    let world = World::new();
    let alice = world.sign_up("Alice").await;
    for (id, md5, fits) in [
        (1, "5d41402abc4b2a76b9719d911017c592", true),
        (2, "00000000000000000000000000000000", false),
    ] {
        alice
            .ok(functions::upload::SaveFilePart {
                file_id: id,
                file_part: 0,
                bytes: b"hello".to_vec(),
            })
            .await;
        let file =
            types::InputFile { id, parts: 1, name: String::new(), md5_checksum: md5.to_owned() };
        let media = as_document(file.into());
        let request = functions::messages::UploadMedia {
            peer: enums::InputPeer::InputPeerSelf,
            media,
            ..Default::default()
        };
        if fits {
            alice.ok(request).await;
        } else {
            assert_eq!(alice.fails(request).await, "MD5_CHECKSUM_INVALID");
        }
    }
}

#[tokio::test]
async fn an_upload_may_be_named_again_for_a_while() {
    let world = World::new();
    let alice = world.sign_up("Alice").await;
    let file = upload(&alice, 1, &content(5000)).await;
    let to = || enums::InputPeer::InputPeerSelf;
    let first = send(&alice, to(), 1, as_document(file.clone())).await;
    let second = send(&alice, to(), 2, as_document(file.clone())).await;
    assert_eq!(document(&first).id, document(&second).id, "the same request again");
    let mime_type = "text/x-log".to_owned();
    let named =
        types::InputMediaUploadedDocument { file: file.clone(), mime_type, ..Default::default() };
    let third = send(&alice, to(), 9, named.into()).await;
    assert_ne!(document(&first).id, document(&third).id);
    assert_eq!(
        world.core.stores.blobs.list(None, 10).await.unwrap().len(),
        1,
        "equal content is stored once"
    );
    world.pass(16 * 60);
    let late = functions::messages::SendMedia {
        peer: to(),
        media: as_document(file),
        random_id: 3,
        ..Default::default()
    };
    assert_eq!(alice.fails(late).await, "FILE_PART_0_MISSING");
    // The same number for other bytes means those.
    let other = upload(&alice, 1, &content(10)).await;
    assert_eq!(document(&send(&alice, to(), 4, as_document(other)).await).size, 10);
}

#[tokio::test]
async fn a_file_is_read_only_where_it_was_met() {
    let world = World::new();
    let (alice, bob, eve) =
        (world.sign_up("Alice").await, world.sign_up("Bob").await, world.sign_up("Eve").await);
    let file = upload(&alice, 1, &content(100)).await;
    send(&alice, alice.peer(&bob), 1, as_document(file)).await;
    let (id, media) = newest(&bob, &alice).await;
    let met = document(&media).clone();
    bob.ok(part(location(&met), 0, 4096)).await;
    // Another account has use neither for Bob's proofs nor for a hash alone.
    assert_eq!(eve.fails(part(location(&met), 0, 4096)).await, "FILE_ID_INVALID");
    let own_hash = world.core.access.hash(eve.user(), services::access::HashKind::Document, met.id);
    let stolen = types::Document { access_hash: own_hash, ..met.clone() };
    assert_eq!(eve.fails(part(location(&stolen), 0, 4096)).await, "FILE_REFERENCE_EXPIRED");
    let empty = types::Document { file_reference: Vec::new(), ..met.clone() };
    assert_eq!(bob.fails(part(location(&empty), 0, 4096)).await, "FILE_REFERENCE_EXPIRED");
    let no_such_size = enums::InputFileLocation::from(types::InputDocumentFileLocation {
        id: met.id,
        access_hash: met.access_hash,
        file_reference: met.file_reference.clone(),
        thumb_size: "m".to_owned(),
    });
    assert_eq!(bob.fails(part(no_such_size, 0, 4096)).await, "LOCATION_INVALID");
    // References end, and the message gives a new one.
    world.pass(25 * 3600);
    assert_eq!(bob.fails(part(location(&met), 0, 4096)).await, "FILE_REFERENCE_EXPIRED");
    let (_, again) = newest(&bob, &alice).await;
    let fresh = document(&again).clone();
    bob.ok(part(location(&fresh), 0, 4096)).await;
    // With the message goes the right.
    bob.ok(functions::messages::DeleteMessages { revoke: false, id: vec![id.0] }).await;
    assert_eq!(bob.fails(part(location(&fresh), 0, 4096)).await, "FILE_REFERENCE_EXPIRED");
}

#[tokio::test]
async fn what_was_met_can_be_sent_on_by_its_number() {
    let world = World::new();
    let (alice, bob) = (world.sign_up("Alice").await, world.sign_up("Bob").await);
    let file = upload(&alice, 1, &content(100)).await;
    send(&alice, alice.peer(&bob), 1, as_document(file)).await;
    let (_, media) = newest(&bob, &alice).await;
    let met = document(&media).clone();
    let input = |id, access_hash, file_reference| -> enums::InputMedia {
        let id = types::InputDocument { id, access_hash, file_reference }.into();
        types::InputMediaDocument { id, ..Default::default() }.into()
    };
    let again = send(
        &bob,
        enums::InputPeer::InputPeerSelf,
        2,
        input(met.id, met.access_hash, met.file_reference.clone()),
    )
    .await;
    assert_eq!(document(&again).id, met.id);
    let forged = input(met.id, met.access_hash ^ 2, met.file_reference.clone());
    let request = functions::messages::SendMedia {
        peer: enums::InputPeer::InputPeerSelf,
        media: forged,
        random_id: 3,
        ..Default::default()
    };
    assert_eq!(bob.fails(request).await, "MEDIA_EMPTY");
}

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
async fn hashes_are_of_blocks() {
    let world = World::new();
    let alice = world.sign_up("Alice").await;
    let sent = content(130 * 1024);
    let file = upload(&alice, 1, &sent).await;
    let media = send(&alice, enums::InputPeer::InputPeerSelf, 1, as_document(file)).await;
    let request =
        |offset| functions::upload::GetFileHashes { location: location(document(&media)), offset };
    let hash = |offset: usize, bytes: &[u8]| -> enums::FileHash {
        let hash = crypto::sha256(bytes).to_vec();
        types::FileHash {
            offset: i64::try_from(offset).unwrap(),
            limit: i32::try_from(bytes.len()).unwrap(),
            hash,
        }
        .into()
    };
    let block = 128 * 1024;
    alice.check(request(0), Ok(vec![hash(0, &sent[..block]), hash(block, &sent[block..])])).await;
    alice.check(request(131_072), Ok(vec![hash(block, &sent[block..])])).await;
    alice.check(request(1 << 30), Ok(Vec::new())).await;
    alice.check(request(-1), Err("OFFSET_INVALID")).await;
}

#[tokio::test]
async fn places_that_lead_nowhere_are_refused() {
    let world = World::new();
    let alice = world.sign_up("Alice").await;
    let takeout = part(enums::InputFileLocation::InputTakeoutFileLocation, 0, 4096);
    assert_eq!(alice.fails(takeout).await, "LOCATION_INVALID");
    let own = types::InputPeerPhotoFileLocation {
        big: true,
        peer: enums::InputPeer::InputPeerSelf,
        photo_id: 5,
    };
    assert_eq!(alice.fails(part(own.into(), 0, 4096)).await, "LOCATION_INVALID");
}

#[tokio::test]
async fn the_sweep_takes_what_nothing_names() {
    let world = World::new();
    let alice = world.sign_up("Alice").await;
    let file = upload(&alice, 1, &content(100)).await;
    send(&alice, enums::InputPeer::InputPeerSelf, 1, as_document(file)).await;
    // The upload of a photo is not kept, only its sizes are.
    let picture = upload(&alice, 2, b"pretended picture").await;
    let media = types::InputMediaUploadedPhoto { file: picture, ..Default::default() };
    send(&alice, enums::InputPeer::InputPeerSelf, 2, media.into()).await;
    let blobs = async || -> Vec<BlobHash> {
        world
            .core
            .stores
            .blobs
            .list(None, 100)
            .await
            .unwrap()
            .into_iter()
            .map(|(hash, _)| hash)
            .collect()
    };
    assert_eq!(blobs().await.len(), 7);
    assert_eq!(services::media::destroy(&world.core).await, Ok(1));
    assert_eq!(services::media::destroy(&world.core).await, Ok(0));
    let stray = world.core.stores.blobs.put(b"of a crash".to_vec()).await.unwrap();
    assert_eq!(services::media::sweep(&world.core).await, Ok(0), "somebody makes it");
    drop(stray);
    assert_eq!(services::media::sweep(&world.core).await, Ok(1));
    assert_eq!(blobs().await.len(), 6);
    assert!(!blobs().await.contains(&BlobHash(crypto::sha256(b"pretended picture"))));
    assert_eq!(services::media::verify_blobs(&world.core.stores).await, Ok((6, Vec::new())));
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

#[tokio::test]
async fn a_channel_s_files_are_for_those_who_may_read_it() {
    use services::access::{FileOrigin, HashKind};
    let world = World::new();
    let (alice, eve) = (world.sign_up("Alice").await, world.sign_up("Eve").await);
    let stores = &world.core.stores;
    let new = store::ports::channels::NewChannel {
        creator: alice.user(),
        title: "News".to_owned(),
        about: String::new(),
        broadcast: true,
        now: world.core.now(),
        ttl_period: None,
    };
    let channel = stores.channels.create_channel(new).await.unwrap().id;
    let file = upload(&alice, 1, &content(100)).await;
    let peer = Peer::Channel(channel);
    let request = functions::messages::SendMedia {
        peer: alice.input_peer(peer),
        media: as_document(file),
        random_id: 1,
        ..Default::default()
    };
    alice.ok(request).await;
    let post =
        stores.channels.posts(channel, alice.user(), &[MessageId(1)]).await.unwrap().remove(0);
    let Some(Media::Document { document, .. }) = post.body.media else { panic!("a document") };
    // Even a genuine reference does not outlive the right to read.
    let at = |viewer: &Device<'_>| -> enums::InputFileLocation {
        let access = &world.core.access;
        let expires = model::UnixTime(world.core.now().0 + 100);
        types::InputDocumentFileLocation {
            id: document.0,
            access_hash: access.hash(viewer.user(), HashKind::Document, document.0),
            file_reference: access.file_reference(
                viewer.user(),
                document.0,
                FileOrigin::Message(peer, post.id),
                expires,
            ),
            thumb_size: String::new(),
        }
        .into()
    };
    alice.ok(part(at(&alice), 0, 4096)).await;
    assert_eq!(eve.fails(part(at(&eve), 0, 4096)).await, "FILE_REFERENCE_EXPIRED");
    stores.accounts.set_username(peer, Some("the_news".to_owned())).await.unwrap();
    assert_eq!(bytes(eve.ok(part(at(&eve), 0, 4096)).await), content(100));
}

#[tokio::test]
async fn the_file_of_a_live_post_is_for_whoever_may_read_that_post() {
    use services::channels::{create, members};
    let world = World::new();
    let (alice, ben) = (world.sign_up("Alice").await, world.sign_up("Ben").await);
    let eve = world.sign_up("Eve").await;
    let core = &world.core;
    let wanted = create::Wanted {
        title: "News".to_owned(),
        about: String::new(),
        broadcast: true,
        ttl_period: None,
    };
    let channel = create::create(core, alice.caller, wanted).await.unwrap().channel;
    members::invite(core, alice.caller, channel, &[ben.user()]).await.unwrap();
    let file = upload(&alice, 1, &content(100)).await;
    let peer = alice.input_peer(Peer::Channel(channel));
    let media = as_document(file);
    let post = functions::messages::SendMedia { peer, media, random_id: 1, ..Default::default() };
    alice.ok(post).await;
    // As delivery reads and encodes it, once for all.
    let nobody = crate::convert::media::NOBODY;
    let stores = &core.stores;
    let entries = stores.channels.channel_events(channel, nobody, model::Pts(2), 10).await.unwrap();
    let described = stores.channels.channels(&[channel]).await.unwrap().remove(0);
    let shared = crate::updates::channel_updates_shared(core, &described, &entries, 2).await;
    let shown = list(shared.unwrap().expect("one form for all"));
    let [enums::Update::UpdateNewChannelMessage(new)] = shown.as_slice() else {
        panic!("{shown:?}")
    };
    let enums::Message::Message(message) = &new.message else { panic!("{new:?}") };
    let Some(enums::MessageMedia::MessageMediaDocument(media)) = &message.media else {
        panic!("{message:?}")
    };
    let Some(enums::Document::Document(met)) = &media.document else { panic!("{media:?}") };
    let at = |access_hash| {
        let location: enums::InputFileLocation = types::InputDocumentFileLocation {
            id: met.id,
            access_hash,
            file_reference: met.file_reference.clone(),
            thumb_size: String::new(),
        }
        .into();
        part(location, 0, 4096)
    };
    // Whoever may read the post has its file, and nobody else.
    assert_eq!(bytes(ben.ok(at(met.access_hash)).await), content(100));
    assert_eq!(eve.fails(at(met.access_hash)).await, "FILE_REFERENCE_EXPIRED");
    assert_eq!(ben.fails(at(met.access_hash ^ 2)).await, "FILE_ID_INVALID");
    // The channel's hash proves nothing beside a reference that is not the channel's.
    let other = types::InputDocumentFileLocation {
        id: met.id,
        access_hash: met.access_hash,
        file_reference: core.access.file_reference(
            ben.user(),
            met.id,
            services::access::FileOrigin::Upload,
            model::UnixTime(core.now().0 + 100),
        ),
        thumb_size: String::new(),
    };
    assert_eq!(ben.fails(part(other.into(), 0, 4096)).await, "FILE_ID_INVALID");
    // It ends with the right, and after a day.
    members::leave(core, ben.caller, channel).await.unwrap();
    assert_eq!(ben.fails(at(met.access_hash)).await, "FILE_REFERENCE_EXPIRED");
    assert_eq!(bytes(alice.ok(at(met.access_hash)).await), content(100));
    world.pass(25 * 3600);
    assert_eq!(alice.fails(at(met.access_hash)).await, "FILE_REFERENCE_EXPIRED");
}
