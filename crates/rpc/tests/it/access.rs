//! Proofs of having met somebody: wrong, missing and unknown ones give the same error.

use model::ids::SERVICE_USER;
use services::access::HashKind;
use tl_api::{enums, functions, types};

use crate::support::{Client, Server, input, real};

const ALICE: &str = "49151000001";
const BOB: &str = "49151000002";
const CAROL: &str = "49151000003";

fn named(user_id: i64, access_hash: i64) -> enums::InputUser {
    types::InputUser { user_id, access_hash }.into()
}

async fn page(client: &Client<'_>, id: enums::InputUser) -> Result<i64, String> {
    match client.ask(functions::users::GetFullUser { id }).await {
        Ok(enums::users::UserFull::UserFull(page)) => {
            let enums::UserFull::UserFull(full) = page.full_user;
            Ok(full.id)
        }
        Err(error) => Err(error.to_string()),
    }
}

#[tokio::test]
async fn a_hash_is_good_for_one_viewer_one_kind_and_one_person() {
    let server = Server::new();
    let (alice, own) = server.register(ALICE, "Alice").await;
    let (bob, bob_user) = server.register(BOB, "Bob").await;
    let (_, carol) = server.register(CAROL, "Carol").await;
    let hash = |viewer: i64, kind, id| server.core.access.hash(model::UserId(viewer), kind, id);
    let right = hash(own.id, HashKind::User, bob_user.id);
    assert_eq!(page(&alice, named(bob_user.id, right)).await, Ok(bob_user.id));
    assert_eq!(page(&alice, enums::InputUser::InputUserSelf).await, Ok(own.id));
    assert_eq!(page(&alice, named(own.id, 0)).await, Ok(own.id));
    let wrong = [
        named(bob_user.id, 0),
        named(bob_user.id, right ^ 2),
        named(bob_user.id, hash(bob_user.id, HashKind::User, bob_user.id)),
        named(bob_user.id, hash(carol.id, HashKind::User, bob_user.id)),
        named(bob_user.id, hash(own.id, HashKind::Channel, bob_user.id)),
        named(carol.id, right),
        named(SERVICE_USER.0, 0),
        named(99, 1),
        named(0, 0),
        named(-5, right),
        enums::InputUser::InputUserEmpty,
    ];
    for id in wrong {
        assert_eq!(page(&alice, id.clone()).await, Err("400 USER_ID_INVALID".to_owned()), "{id:?}");
    }
    assert_eq!(page(&bob, named(own.id, right)).await, Err("400 USER_ID_INVALID".to_owned()));
    // Genuine, but of nobody: the hash alone is no account.
    let nobody = named(55, hash(own.id, HashKind::User, 55));
    assert_eq!(page(&alice, nobody).await, Err("400 USER_ID_INVALID".to_owned()));
}

#[tokio::test]
async fn peers_in_their_other_forms() {
    let server = Server::new();
    let (alice, own) = server.register(ALICE, "Alice").await;
    let (_, bob) = server.register(BOB, "Bob").await;
    let block = async |id: enums::InputPeer| match alice
        .ask(functions::contacts::Block { my_stories_from: false, id })
        .await
    {
        Ok(done) => done.to_string(),
        Err(error) => error.to_string(),
    };
    let hash = server.core.access.hash(model::UserId(own.id), HashKind::User, bob.id);
    assert_eq!(
        block(types::InputPeerUser { user_id: bob.id, access_hash: hash }.into()).await,
        "true"
    );
    let channel = types::InputPeerChannel { channel_id: 7, access_hash: 7 };
    assert_eq!(block(channel.into()).await, "400 CHANNEL_INVALID");
    let others: [enums::InputPeer; 4] = [
        enums::InputPeer::InputPeerEmpty,
        types::InputPeerUser { user_id: bob.id, access_hash: hash ^ 8 }.into(),
        types::InputPeerChat { chat_id: 5 }.into(),
        types::InputPeerChat { chat_id: -5 }.into(),
    ];
    for peer in others {
        assert_eq!(block(peer.clone()).await, "400 PEER_ID_INVALID", "{peer:?}");
    }
    assert_eq!(block(enums::InputPeer::InputPeerSelf).await, "400 USER_ID_INVALID");
}

#[tokio::test]
async fn a_message_proves_whom_it_shows_and_nobody_else() {
    let server = Server::new();
    let (alice, own) = server.register(ALICE, "Alice").await;
    let (_, bob) = server.register(BOB, "Bob").await;
    let (_, carol) = server.register(CAROL, "Carol").await;
    let body = model::message::Body { text: "hello".to_owned(), ..Default::default() };
    let message = store::ports::boxes::NewBoxMessage {
        sender: model::UserId(bob.id),
        peer: store::ports::boxes::BoxPeer::User(model::UserId(own.id)),
        random_id: Some(1),
        date: server.core.now(),
        body,
        reply_to: None,
        mentions: Vec::new(),
        clear_draft: false,
    };
    let sent = server.core.stores.boxes.send(vec![message]).await.unwrap();
    let copies = sent.into_iter().next().unwrap().copies;
    let msg_id = copies.iter().find(|copy| copy.owner.0 == own.id).unwrap().message.id.0;
    let hash = server.core.access.hash(model::UserId(own.id), HashKind::User, bob.id);
    let chat: enums::InputPeer = types::InputPeerUser { user_id: bob.id, access_hash: hash }.into();
    let met = |user_id, msg_id| {
        types::InputUserFromMessage { peer: chat.clone(), msg_id, user_id }.into()
    };
    assert_eq!(page(&alice, met(bob.id, msg_id)).await, Ok(bob.id));
    for (user, message) in [(carol.id, msg_id), (bob.id, msg_id + 1), (bob.id, 0)] {
        assert_eq!(page(&alice, met(user, message)).await, Err("400 USER_ID_INVALID".to_owned()));
    }
}

#[tokio::test]
async fn users_are_answered_in_order_and_strangers_as_empty() {
    let server = Server::new();
    let (alice, own) = server.register(ALICE, "Alice").await;
    let (bob, bob_user) = server.register(BOB, "Bob").await;
    let id = vec![
        named(bob_user.id, 1),
        enums::InputUser::InputUserSelf,
        enums::InputUser::InputUserEmpty,
    ];
    let users = alice.ask(functions::users::GetUsers { id }).await.unwrap();
    let ids: Vec<(i64, bool)> = users
        .into_iter()
        .map(|user| match user {
            enums::User::User(user) => (user.id, true),
            enums::User::UserEmpty(user) => (user.id, false),
        })
        .collect();
    assert_eq!(ids, [(bob_user.id, false), (own.id, true), (0, false)]);
    let many = vec![enums::InputUser::InputUserSelf; 201];
    assert_eq!(alice.refused(functions::users::GetUsers { id: many }).await, "400 LIMIT_INVALID");
    let found =
        bob.ask(functions::contacts::ResolvePhone { phone: ALICE.to_owned() }).await.unwrap();
    let enums::contacts::ResolvedPeer::ResolvedPeer(found) = found;
    let seen = real(found.users.into_iter().next().unwrap());
    assert_eq!(page(&bob, input(&seen)).await, Ok(own.id));
}
