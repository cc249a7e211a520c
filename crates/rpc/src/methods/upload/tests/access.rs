//! Who may read a file, and for how long it stays.

use model::media::{BlobHash, Media};
use model::{MessageId, Peer};
use tl_api::{enums, functions, types};

use super::{as_document, bytes, content, document, location, newest, part, send, size_of, upload};
use crate::testing::{Device, World, list};

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
