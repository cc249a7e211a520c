//! Private chats: sending, replies, drafts, marks, deleting, pins, typing.

use tl_api::functions::messages as f;
use tl_api::{enums, functions, types};

use super::{actions, history, messages, say, text};
use crate::testing::{World, list};

#[tokio::test]
async fn a_text_arrives_in_both_boxes_with_its_own_number_and_place() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    say(&anna, enums::InputPeer::InputPeerSelf, "a note moves Anna's numbers on").await;
    let mut ears = ben.listen().await;

    let updates = list(anna.ok(text(anna.peer(&ben), "  see example.org  ", 77)).await);

    let [enums::Update::UpdateMessageID(number), enums::Update::UpdateNewMessage(new)] =
        updates.as_slice()
    else {
        panic!("{updates:?}")
    };
    assert_eq!((number.id, number.random_id, new.pts, new.pts_count), (2, 77, 3, 1));
    let sent = &messages(&updates)[0];
    assert_eq!((sent.out, sent.id, sent.message.as_str()), (true, 2, "see example.org"));
    let heard = ears.hear().await;
    let got = &messages(&heard)[0];
    assert_eq!((got.out, got.id, got.message.as_str()), (false, 1, "see example.org"));
    assert_eq!(got.peer_id, types::PeerUser { user_id: anna.user().0 }.into());
    let url = types::MessageEntityUrl { offset: 4, length: 11 }.into();
    assert_eq!(got.entities, Some(vec![url]));
}

#[tokio::test]
async fn a_plain_text_is_answered_in_the_short_form_and_what_it_cannot_say_in_full() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let answer = anna.ok(text(anna.peer(&ben), "see example.org", 77)).await;
    let enums::Updates::UpdateShortSentMessage(sent) = answer else { panic!("{answer:?}") };
    assert_eq!((sent.out, sent.id, sent.pts, sent.pts_count), (true, 1, 2, 1));
    let url = types::MessageEntityUrl { offset: 4, length: 11 }.into();
    assert_eq!((sent.entities, sent.media), (Some(vec![url]), None));

    let edit = f::EditMessage {
        peer: anna.peer(&ben),
        id: 1,
        message: Some("see".to_owned()),
        ..Default::default()
    };
    anna.ok(edit).await;
    // The first request once more: the message is no longer what the client wrote.
    let again = list(anna.ok(text(anna.peer(&ben), "see example.org", 77)).await);
    assert_eq!(messages(&again)[0].message, "see");
    let silent = f::SendMessage { silent: true, ..text(anna.peer(&ben), "hush", 78) };
    assert!(messages(&list(anna.ok(silent).await))[0].silent);
}

#[tokio::test]
async fn the_same_random_id_is_the_same_message() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let first = anna.ok(text(anna.peer(&ben), "once", 5)).await;
    let mut ears = ben.listen().await;
    let again = anna.ok(text(anna.peer(&ben), "once", 5)).await;
    assert_eq!(first, again);
    assert_eq!(ears.hear().await, []);
    assert_eq!(history(&ben, ben.peer(&anna)).await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_by_its_name() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let peer = anna.peer(&ben);
    let stranger = types::InputPeerUser { user_id: ben.user().0, access_hash: 1 }.into();
    let reply =
        |id| Some(types::InputReplyToMessage { reply_to_msg_id: id, ..Default::default() }.into());
    let cases = [
        ("MESSAGE_EMPTY", text(peer.clone(), " \n ", 1)),
        ("MESSAGE_TOO_LONG", text(peer.clone(), &"a".repeat(4097), 1)),
        ("RANDOM_ID_INVALID", text(peer.clone(), "a", 0)),
        ("PEER_ID_INVALID", text(stranger, "a", 1)),
        ("PEER_ID_INVALID", text(enums::InputPeer::InputPeerEmpty, "a", 1)),
        (
            "MESSAGE_ID_INVALID",
            f::SendMessage { reply_to: reply(99), ..text(peer.clone(), "a", 1) },
        ),
        (
            "SCHEDULE_DATE_TOO_LATE",
            f::SendMessage { schedule_date: Some(2_000_000_000), ..text(peer.clone(), "a", 1) },
        ),
        (
            "SCHEDULE_STATUS_PRIVATE",
            f::SendMessage { schedule_date: Some(0x7fff_fffe), ..text(peer.clone(), "a", 1) },
        ),
        (
            "SEND_AS_PEER_INVALID",
            f::SendMessage { send_as: Some(peer.clone()), ..text(peer.clone(), "a", 1) },
        ),
    ];
    for (error, request) in cases {
        let text = anna.fails(request).await;
        assert!(
            text == error || (error == "MESSAGE_ID_INVALID" && text.contains("REPLY")),
            "{error}: {text}"
        );
    }
    assert_eq!(history(&anna, peer).await, []);
    let unsigned =
        world.call_as_stranger(&text(enums::InputPeer::InputPeerSelf, "a", 1)).await.unwrap_err();
    assert_eq!((unsigned.code, unsigned.text.as_ref()), (401, "AUTH_KEY_UNREGISTERED"));
}

#[tokio::test]
async fn a_blocked_sender_writes_to_nobody() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let contacts = &world.core.stores.contacts;
    contacts.set_blocked(ben.user(), anna.user(), true, world.core.now()).await.unwrap();
    say(&anna, anna.peer(&ben), "hello?").await;
    assert_eq!(history(&anna, anna.peer(&ben)).await.len(), 1);
    assert_eq!(history(&ben, ben.peer(&anna)).await, []);
    assert_eq!(ben.fails(text(ben.peer(&anna), "no", 1)).await, "YOU_BLOCKED_USER");
}

#[tokio::test]
async fn replies_and_quotes_point_into_each_box() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    say(&anna, enums::InputPeer::InputPeerSelf, "moves Anna's numbers").await;
    let original = say(&anna, anna.peer(&ben), "one two three").await;
    assert_eq!(original, 2);
    let mut ears = anna.listen().await;
    let reply = types::InputReplyToMessage {
        reply_to_msg_id: 1,
        quote_text: Some("two".to_owned()),
        ..Default::default()
    };
    let request =
        f::SendMessage { reply_to: Some(reply.clone().into()), ..text(ben.peer(&anna), "yes", 3) };
    let sent = messages(&list(ben.ok(request).await));
    let heard = messages(&ears.hear().await);
    for (message, id) in [(&sent[0], 1), (&heard[0], 2)] {
        let Some(enums::MessageReplyHeader::MessageReplyHeader(header)) = &message.reply_to else {
            panic!()
        };
        assert_eq!(
            (header.reply_to_msg_id, header.quote_offset, header.quote),
            (Some(id), Some(4), true)
        );
    }
    let wrong = types::InputReplyToMessage { quote_text: Some("four".to_owned()), ..reply };
    let request =
        f::SendMessage { reply_to: Some(wrong.into()), ..text(ben.peer(&anna), "yes", 4) };
    assert!(ben.fails(request).await.contains("QUOTE"));
}

#[tokio::test]
async fn reading_moves_both_marks_once() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    for n in 0..3 {
        say(&anna, anna.peer(&ben), &format!("{n}")).await;
    }
    let mut ears = anna.listen().await;
    let read = f::ReadHistory { peer: ben.peer(&anna), max_id: 2 };
    let expected = |pts, pts_count| Ok(types::messages::AffectedMessages { pts, pts_count }.into());
    ben.check(read.clone(), expected(5, 1)).await;
    ben.check(read, expected(5, 0)).await;
    let heard = ears.hear().await;
    let [enums::Update::UpdateReadHistoryOutbox(outbox)] = heard.as_slice() else {
        panic!("{heard:?}")
    };
    assert_eq!((outbox.max_id, outbox.pts, outbox.pts_count), (2, 5, 1));
    assert_eq!(
        anna.ok(f::GetOutboxReadDate { peer: anna.peer(&ben), msg_id: 1 }).await,
        types::OutboxReadDate { date: 1_700_000_000 }.into()
    );
    assert_eq!(
        anna.fails(f::GetOutboxReadDate { peer: anna.peer(&ben), msg_id: 3 }).await,
        "MESSAGE_NOT_READ_YET"
    );
}

#[tokio::test]
async fn deleting_reaches_the_other_side_only_when_asked() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let first = say(&anna, anna.peer(&ben), "first").await;
    let second = say(&anna, anna.peer(&ben), "second").await;
    let mut ears = ben.listen().await;
    anna.check(
        f::DeleteMessages { revoke: false, id: vec![first, 999] },
        Ok(types::messages::AffectedMessages { pts: 4, pts_count: 1 }.into()),
    )
    .await;
    assert_eq!(ears.hear().await, []);
    anna.ok(f::DeleteMessages { revoke: true, id: vec![second] }).await;
    let heard = ears.hear().await;
    assert!(
        matches!(heard.as_slice(), [enums::Update::UpdateDeleteMessages(d)] if d.messages == [2]),
        "{heard:?}"
    );
    assert_eq!(history(&ben, ben.peer(&anna)).await, [(1, "first".to_owned())]);
    assert_eq!(history(&anna, anna.peer(&ben)).await, []);
}

#[tokio::test]
async fn a_history_is_deleted_for_both_and_leaves_the_list() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    for n in 0..5 {
        say(&anna, anna.peer(&ben), &format!("{n}")).await;
    }
    let request = f::DeleteHistory { revoke: true, peer: ben.peer(&anna), ..Default::default() };
    let enums::messages::AffectedHistory::AffectedHistory(gone) = ben.ok(request).await;
    assert_eq!((gone.pts, gone.pts_count, gone.offset), (11, 5, 0));
    assert_eq!(history(&anna, anna.peer(&ben)).await, []);
    let dialogs = f::GetDialogs { limit: 10, ..Default::default() };
    let enums::messages::Dialogs::Dialogs(list) = ben.ok(dialogs).await else { panic!() };
    assert_eq!(list.dialogs, []);
}

#[tokio::test]
async fn a_pin_is_announced_unless_it_is_for_oneself() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = say(&anna, anna.peer(&ben), "remember").await;
    let mut ears = ben.listen().await;
    let pin = f::UpdatePinnedMessage { peer: anna.peer(&ben), id, ..Default::default() };
    let updates = list(anna.ok(pin.clone()).await);
    assert!(
        matches!(&updates[0], enums::Update::UpdatePinnedMessages(p) if p.pinned && p.messages == [id])
    );
    assert_eq!(actions(&updates), [enums::MessageAction::MessageActionPinMessage]);
    assert_eq!(actions(&ears.hear().await), [enums::MessageAction::MessageActionPinMessage]);
    anna.ok(f::UpdatePinnedMessage { unpin: true, ..pin.clone() }).await;
    assert_eq!(ears.hear().await.len(), 1);
    let updates = list(anna.ok(f::UpdatePinnedMessage { pm_oneside: true, ..pin }).await);
    assert_eq!(actions(&updates), []);
    assert_eq!(ears.hear().await, []);
}

#[tokio::test]
async fn typing_is_heard_by_the_other_side() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut ears = ben.listen().await;
    let typing = |action| f::SetTyping { peer: anna.peer(&ben), top_msg_id: None, action };
    assert!(anna.ok(typing(enums::SendMessageAction::SendMessageTypingAction)).await);
    assert!(anna.ok(typing(types::SendMessageUploadPhotoAction { progress: 40 }.into())).await);
    let heard = ears.hear().await;
    let actions: Vec<_> = heard
        .iter()
        .map(|update| match update {
            enums::Update::UpdateUserTyping(typing) => (typing.user_id, typing.action.clone()),
            other => panic!("{other:?}"),
        })
        .collect();
    let anna_id = anna.user().0;
    let upload = types::SendMessageUploadPhotoAction { progress: 40 }.into();
    assert_eq!(
        actions,
        [(anna_id, enums::SendMessageAction::SendMessageTypingAction), (anna_id, upload)]
    );
}

#[tokio::test]
async fn the_moment_is_told_to_those_who_may_know_it_only() {
    use model::account::{PrivacyKey, PrivacyRule};
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    say(&ben, ben.peer(&anna), "hello").await;
    let mut ears = ben.listen().await;
    let mut told = async |offline| {
        assert!(anna.ok(functions::account::UpdateStatus { offline }).await);
        let heard = ears.hear().await;
        heard.into_iter().any(|update| matches!(update, enums::Update::UpdateUserStatus(_)))
    };
    assert!(told(false).await && told(true).await);
    let allow = async |rule| {
        let (key, rules) = (PrivacyKey::StatusTimestamp, vec![rule]);
        world.core.stores.accounts.set_privacy(anna.user(), key, rules).await.unwrap();
    };
    allow(PrivacyRule::DisallowAll).await;
    assert!(!told(false).await && !told(true).await, "seen recently, but not when");
    allow(PrivacyRule::AllowAll).await;
    assert!(told(false).await);
    let contacts = &world.core.stores.contacts;
    contacts.set_blocked(anna.user(), ben.user(), true, world.core.now()).await.unwrap();
    assert!(!told(true).await && !told(false).await, "blocked");
}

#[tokio::test]
async fn drafts_are_shared_and_leave_with_the_message() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let phone = world.device(anna.user());
    let mut ears = phone.listen().await;
    let save =
        f::SaveDraft { peer: anna.peer(&ben), message: "dear".to_owned(), ..Default::default() };
    assert!(anna.ok(save).await);
    let all = list(phone.ok(f::GetAllDrafts {}).await);
    let heard = ears.hear().await;
    assert_eq!(heard, all);
    assert!(
        matches!(&all[..], [enums::Update::UpdateDraftMessage(d)] if matches!(&d.draft, enums::DraftMessage::DraftMessage(d) if d.message == "dear"))
    );
    anna.ok(f::SendMessage { clear_draft: true, ..text(anna.peer(&ben), "dear Ben", 9) }).await;
    let heard = ears.hear().await;
    assert!(heard.iter().any(|update| matches!(update, enums::Update::UpdateDraftMessage(d) if matches!(d.draft, enums::DraftMessage::DraftMessageEmpty(_)))), "{heard:?}");
    assert_eq!(list(phone.ok(f::GetAllDrafts {}).await), []);
}

#[tokio::test]
async fn sending_has_a_limit_for_each_chat_where_limits_hold() {
    let world = World::with_policy(|policy| policy.limit_sign_in = true);
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    for n in 1..=30 {
        anna.ok(text(anna.peer(&ben), "x", n)).await;
    }
    assert_eq!(anna.fails(text(anna.peer(&ben), "x", 31)).await, "FLOOD_WAIT_1");
    anna.ok(text(enums::InputPeer::InputPeerSelf, "a note", 32)).await;
    world.pass(1);
    anna.ok(text(anna.peer(&ben), "x", 31)).await;
}

#[tokio::test]
async fn unknown_messages_are_shown_as_empty_ones() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let id = say(&anna, enums::InputPeer::InputPeerSelf, "a").await;
    let named = |id| types::InputMessageID { id }.into();
    let answer = anna.ok(f::GetMessages { id: vec![named(id), named(9)] }).await;
    assert_eq!(super::shown(&answer), [(1, "a".to_owned()), (9, "empty".to_owned())]);
    let state = anna.ok(functions::updates::GetState {}).await;
    let enums::updates::State::State(state) = state;
    assert_eq!((state.pts, state.qts, state.seq, state.unread_count), (2, 1, 0, 0));
}
