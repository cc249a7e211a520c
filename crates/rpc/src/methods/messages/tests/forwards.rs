//! Forwarding, with and without authors.

use model::account::{PrivacyKey, PrivacyRule};
use tl_api::functions::messages as f;
use tl_api::{enums, types};

use super::{messages, say};
use crate::testing::{Device, World, list};

fn forward(
    from: enums::InputPeer,
    id: i32,
    to: enums::InputPeer,
    random_id: i64,
) -> f::ForwardMessages {
    f::ForwardMessages {
        from_peer: from,
        id: vec![id],
        random_id: vec![random_id],
        to_peer: to,
        ..Default::default()
    }
}

fn header(message: &types::Message) -> types::MessageFwdHeader {
    match &message.fwd_from {
        Some(enums::MessageFwdHeader::MessageFwdHeader(header)) => header.clone(),
        None => panic!("no header"),
    }
}

async fn hide(who: &Device<'_>) {
    let rules = vec![PrivacyRule::DisallowAll];
    who.world
        .core
        .stores
        .accounts
        .set_privacy(who.user(), PrivacyKey::Forwards, rules)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_forward_names_its_author_as_far_as_they_allow() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    say(&anna, anna.peer(&ben), "from Anna").await;
    let mut ears = carl.listen().await;
    ben.ok(forward(ben.peer(&anna), 1, ben.peer(&carl), 1)).await;
    let got = header(&messages(&ears.hear().await)[0]);
    assert_eq!(got.from_id, Some(types::PeerUser { user_id: anna.user().0 }.into()));
    assert_eq!((got.from_name, got.saved_from_peer), (None, None));

    hide(&anna).await;
    ben.ok(forward(ben.peer(&anna), 1, ben.peer(&carl), 2)).await;
    let got = header(&messages(&ears.hear().await)[0]);
    assert_eq!((got.from_id, got.from_name.as_deref()), (None, Some("Anna")));
    // One's own words are one's own to show.
    let saved = messages(&list(
        anna.ok(forward(anna.peer(&ben), 1, enums::InputPeer::InputPeerSelf, 3)).await,
    ));
    let got = header(&saved[0]);
    assert_eq!(got.from_id, Some(types::PeerUser { user_id: anna.user().0 }.into()));
    assert_eq!(got.saved_from_msg_id, Some(1));
}

#[tokio::test]
async fn a_forward_of_a_forward_names_the_first_author() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    say(&anna, anna.peer(&ben), "from Anna").await;
    ben.ok(forward(ben.peer(&anna), 1, ben.peer(&carl), 1)).await;
    let again = messages(&list(carl.ok(forward(carl.peer(&ben), 1, carl.peer(&anna), 1)).await));
    assert_eq!(header(&again[0]).from_id, Some(types::PeerUser { user_id: anna.user().0 }.into()));
    let quiet = f::ForwardMessages {
        drop_author: true,
        ..forward(carl.peer(&ben), 1, carl.peer(&anna), 2)
    };
    let copy = messages(&list(carl.ok(quiet).await));
    assert_eq!((copy[0].fwd_from.clone(), copy[0].message.as_str()), (None, "from Anna"));
}

#[tokio::test]
async fn what_is_gone_or_protected_is_not_forwarded() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let secret = f::SendMessage {
        noforwards: true,
        peer: anna.peer(&ben),
        message: "keep".to_owned(),
        random_id: 1,
        ..Default::default()
    };
    anna.ok(secret).await;
    let own = enums::InputPeer::InputPeerSelf;
    assert_eq!(
        ben.fails(forward(ben.peer(&anna), 1, own.clone(), 1)).await,
        "CHAT_FORWARDS_RESTRICTED"
    );
    assert_eq!(ben.fails(forward(ben.peer(&anna), 9, own.clone(), 1)).await, "MESSAGE_ID_INVALID");
    let none = f::ForwardMessages {
        id: vec![],
        random_id: vec![],
        ..forward(ben.peer(&anna), 1, own.clone(), 1)
    };
    assert_eq!(ben.fails(none).await, "MESSAGE_IDS_EMPTY");
    let uneven = f::ForwardMessages { id: vec![1, 2], ..forward(ben.peer(&anna), 1, own, 1) };
    assert_eq!(ben.fails(uneven).await, "RANDOM_ID_INVALID");
}

#[tokio::test]
async fn a_call_that_is_repeated_answers_as_before_though_the_original_is_gone() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let original = say(&anna, anna.peer(&ben), "soon gone").await;
    let own = enums::InputPeer::InputPeerSelf;
    let first = anna.ok(forward(anna.peer(&ben), original, own.clone(), 77)).await;
    let reply = f::SendMessage {
        peer: anna.peer(&ben),
        reply_to: Some(
            types::InputReplyToMessage { reply_to_msg_id: original, ..Default::default() }.into(),
        ),
        message: "an answer".to_owned(),
        random_id: 78,
        ..Default::default()
    };
    let answered = anna.ok(reply.clone()).await;
    anna.ok(f::DeleteMessages { revoke: true, id: vec![original] }).await;
    let ids = |updates| {
        list(updates).into_iter().find_map(|update| match update {
            enums::Update::UpdateMessageID(update) => Some((update.id, update.random_id)),
            _ => None,
        })
    };
    let again = anna.ok(forward(anna.peer(&ben), original, own.clone(), 77)).await;
    assert!(ids(first.clone()).is_some());
    assert_eq!(ids(again), ids(first));
    let id_of = |updates| match updates {
        enums::Updates::UpdateShortSentMessage(sent) => sent.id,
        other => ids(other).map_or(0, |(id, _)| id),
    };
    assert_eq!(id_of(anna.ok(reply).await), id_of(answered));
    assert_eq!(anna.fails(forward(anna.peer(&ben), original, own, 79)).await, "MESSAGE_ID_INVALID");
}
