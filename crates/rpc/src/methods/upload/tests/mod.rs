//! Files go up in parts and come down again.

mod access;
mod kinds;

use model::MessageId;
use tl_api::{enums, functions, types};

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

/// Four of the largest files side by side are welcome; more waits until one of them is used.
#[tokio::test]
async fn unfinished_uploads_of_an_account_are_bounded() {
    let world = World::with_policy(|policy| policy.max_file_bytes = 1024 * 1024);
    let (alice, bob) = (world.sign_up("Alice").await, world.sign_up("Bob").await);
    let save = |file_id, file_part| functions::upload::SaveBigFilePart {
        file_id,
        file_part,
        file_total_parts: 2,
        bytes: vec![3; 512 * 1024],
    };
    for part in 0..2 {
        for file in 1..=4 {
            alice.check(save(file, part), Ok(true)).await;
        }
    }
    assert_eq!(alice.fails(save(5, 0)).await, "FLOOD_WAIT_3600");
    let small = functions::upload::SaveFilePart { file_id: 6, file_part: 0, bytes: vec![1; 1024] };
    assert_eq!(alice.fails(small).await, "FLOOD_WAIT_3600");
    // Sent once more, as after a lost answer, and by another account.
    alice.check(save(4, 1), Ok(true)).await;
    bob.check(save(5, 0), Ok(true)).await;
    let file = types::InputFileBig { id: 1, parts: 2, name: "a".to_owned() };
    send(&alice, alice.peer(&bob), 1, as_document(file.into())).await;
    alice.check(save(5, 0), Ok(true)).await;
    alice.check(save(5, 1), Ok(true)).await;
    assert_eq!(alice.fails(save(6, 0)).await, "FLOOD_WAIT_3600");
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
