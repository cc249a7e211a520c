//! Basic groups: made, talked in, managed, left.

use model::account::{PrivacyKey, PrivacyRule};
use model::{ChatId, Peer};
use tl_api::functions::messages as f;
use tl_api::{enums, types};

use super::{actions, history, messages, say, text};
use crate::testing::{Device, World, list};

fn inside(answer: enums::messages::InvitedUsers) -> (Vec<enums::Update>, Vec<i64>) {
    let enums::messages::InvitedUsers::InvitedUsers(answer) = answer;
    let missing = answer
        .missing_invitees
        .iter()
        .map(|who| {
            let enums::MissingInvitee::MissingInvitee(who) = who;
            who.user_id
        })
        .collect();
    (list(answer.updates), missing)
}

pub(super) async fn group(owner: &Device<'_>, others: &[&Device<'_>]) -> ChatId {
    let users = others.iter().map(|other| owner.input_user(other)).collect();
    let (updates, _) =
        inside(owner.ok(f::CreateChat { users, title: "Club".to_owned(), ttl_period: None }).await);
    let chat = updates.iter().find_map(|update| match update {
        enums::Update::UpdateNewMessage(update) => match &update.message {
            enums::Message::MessageService(message) => Some(message.peer_id.clone()),
            _ => None,
        },
        _ => None,
    });
    match chat {
        Some(enums::Peer::PeerChat(peer)) => ChatId(peer.chat_id),
        other => panic!("{other:?}"),
    }
}

fn chat(id: ChatId) -> enums::InputPeer {
    types::InputPeerChat { chat_id: id.0 }.into()
}

#[tokio::test]
async fn a_new_group_is_one_message_and_one_number() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let rules = vec![PrivacyRule::DisallowAll];
    world
        .core
        .stores
        .accounts
        .set_privacy(carl.user(), PrivacyKey::ChatInvite, rules)
        .await
        .unwrap();
    let mut ears = ben.listen().await;
    let users = vec![anna.input_user(&ben), anna.input_user(&carl)];
    let (updates, missing) = inside(
        anna.ok(f::CreateChat { users, title: " Club ".to_owned(), ttl_period: None }).await,
    );
    assert_eq!(missing, [carl.user().0]);
    let count =
        |wanted: fn(&enums::Update) -> bool| updates.iter().filter(|update| wanted(update)).count();
    assert_eq!(count(|update| matches!(update, enums::Update::UpdateMessageID(_))), 1);
    assert_eq!(count(|update| matches!(update, enums::Update::UpdateNewMessage(_))), 1);
    let members = vec![anna.user().0, ben.user().0];
    let action = types::MessageActionChatCreate { title: "Club".to_owned(), users: members }.into();
    assert_eq!(actions(&updates), [action]);
    let heard = ears.hear().await;
    assert_eq!(actions(&heard).len(), 1);
    assert!(heard.iter().any(|update| matches!(update, enums::Update::UpdateChatParticipants(_))));
    let empty = f::CreateChat { users: vec![], title: " ".to_owned(), ttl_period: None };
    assert_eq!(anna.call(empty).await.unwrap_err().text, "CHAT_TITLE_EMPTY");
}

#[tokio::test]
async fn what_is_said_in_a_group_reaches_every_member() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = group(&anna, &[&ben]).await;
    let (mut first, mut second) = (anna.listen().await, ben.listen().await);
    say(&ben, chat(id), "hello all").await;
    for ears in [&mut first, &mut second] {
        let heard = messages(&ears.hear().await);
        assert_eq!(
            (heard[0].message.as_str(), heard[0].from_id.clone()),
            ("hello all", Some(types::PeerUser { user_id: ben.user().0 }.into()))
        );
    }
    let typing = enums::SendMessageAction::SendMessageTypingAction;
    ben.ok(f::SetTyping { peer: chat(id), top_msg_id: None, action: typing.clone() }).await;
    assert!(
        matches!(&first.hear().await[..], [enums::Update::UpdateChatUserTyping(t)] if t.action == typing)
    );
    // Strangers neither write nor look.
    assert!(carl.call(text(chat(id), "hi", 1)).await.is_err());
    assert_eq!(
        carl.call(f::GetFullChat { chat_id: id.0 }).await.unwrap_err().text,
        "CHAT_ID_INVALID"
    );
    assert_eq!(history(&carl, chat(id)).await, []);
}

#[tokio::test]
async fn members_come_and_go() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = group(&anna, &[&ben]).await;
    let add = |by: &Device<'_>, who: &Device<'_>| f::AddChatUser {
        chat_id: id.0,
        user_id: by.input_user(who),
        fwd_limit: 0,
    };
    let mut ears = carl.listen().await;
    let (updates, missing) = inside(ben.ok(add(&ben, &carl)).await);
    assert_eq!((actions(&updates).len(), missing.len()), (1, 0));
    assert_eq!(actions(&ears.hear().await).len(), 1);
    assert_eq!(ben.call(add(&ben, &carl)).await.unwrap_err().text, "USER_ALREADY_PARTICIPANT");
    let remove = |by: &Device<'_>, who: enums::InputUser| {
        (by.caller, f::DeleteChatUser { chat_id: id.0, user_id: who, revoke_history: false })
    };
    // Who is removed still learns of it; a plain member removes nobody but whom they brought.
    let (_, request) = remove(&carl, carl.input_user(&ben));
    assert_eq!(carl.fails(request).await, "CHAT_ADMIN_REQUIRED");
    let (_, request) = remove(&ben, ben.input_user(&carl));
    ben.ok(request).await;
    let heard = ears.hear().await;
    assert_eq!(
        actions(&heard),
        [types::MessageActionChatDeleteUser { user_id: carl.user().0 }.into()]
    );
    assert!(heard.iter().any(|u| matches!(u, enums::Update::UpdateChatParticipants(p) if matches!(p.participants, enums::ChatParticipants::ChatParticipantsForbidden(_)))));
    assert!(carl.call(text(chat(id), "back?", 1)).await.is_err());
    let (_, request) = remove(&ben, enums::InputUser::InputUserSelf);
    ben.ok(request).await;
    assert!(ben.call(text(chat(id), "gone", 2)).await.is_err());
    // The history of those who left stays theirs.
    assert!(!history(&ben, chat(id)).await.is_empty());
    let common = f::GetCommonChats { user_id: anna.input_user(&ben), max_id: 0, limit: 10 };
    anna.check(common, Ok(types::messages::Chats::default().into())).await;
}

#[tokio::test]
async fn rights_decide_who_may_do_what() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let (dora, erik) = (world.sign_up("Dora").await, world.sign_up("Erik").await);
    let id = group(&anna, &[&ben, &carl]).await;
    anna.ok(f::EditChatAdmin { chat_id: id.0, user_id: anna.input_user(&ben), is_admin: true })
        .await;
    let closed = types::ChatBannedRights {
        invite_users: true,
        pin_messages: true,
        change_info: true,
        ..Default::default()
    };
    let lock = f::EditChatDefaultBannedRights { peer: chat(id), banned_rights: closed.into() };
    assert_eq!(carl.fails(lock.clone()).await, "CHAT_ADMIN_REQUIRED");
    let updates = list(anna.ok(lock).await);
    assert!(matches!(&updates[..], [enums::Update::UpdateChatDefaultBannedRights(_)]));
    let said = say(&carl, chat(id), "still here").await;

    // What each may do in a closed group: creator, admin, member, stranger.
    let who = [&anna, &ben, &carl, &erik];
    let mut done: Vec<(&str, Vec<bool>)> = Vec::new();
    let mut title = Vec::new();
    let mut about = Vec::new();
    let mut invite = Vec::new();
    let mut admin = Vec::new();
    let mut write = Vec::new();
    for (n, device) in who.iter().enumerate() {
        let name = format!("Club {n}");
        title.push(
            device.call(f::EditChatTitle { chat_id: id.0, title: name.clone() }).await.is_ok(),
        );
        about.push(device.call(f::EditChatAbout { peer: chat(id), about: name }).await.is_ok());
        invite.push(
            device.call(f::ExportChatInvite { peer: chat(id), ..Default::default() }).await.is_ok(),
        );
        let user_id = device.input_user(&carl);
        admin.push(
            device.call(f::EditChatAdmin { chat_id: id.0, user_id, is_admin: false }).await.is_ok(),
        );
        write
            .push(device.call(text(chat(id), "x", 1000 + i64::try_from(n).unwrap())).await.is_ok());
    }
    done.extend([
        ("title", title),
        ("about", about),
        ("invite", invite),
        ("admin", admin),
        ("write", write),
    ]);
    let expected: [(&str, Vec<bool>); 5] = [
        ("title", vec![true, true, false, false]),
        ("about", vec![true, true, false, false]),
        ("invite", vec![true, true, false, false]),
        ("admin", vec![true, false, false, false]),
        ("write", vec![true, true, true, false]),
    ];
    assert_eq!(done, expected);
    let pin = f::UpdatePinnedMessage { peer: chat(id), id: said, ..Default::default() };
    assert!(carl.call(pin).await.is_err());
    let add = f::AddChatUser { chat_id: id.0, user_id: carl.input_user(&dora), fwd_limit: 0 };
    assert!(carl.call(add).await.is_err());
    assert_eq!(
        ben.call(f::DeleteChat { chat_id: id.0 }).await.unwrap_err().text,
        "CHAT_ADMIN_REQUIRED"
    );
    anna.check(f::DeleteChat { chat_id: id.0 }, Ok(true)).await;
    assert!(ben.call(text(chat(id), "anyone?", 5)).await.is_err());
}

#[tokio::test]
async fn the_full_description_shows_members_and_pins() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = group(&anna, &[&ben]).await;
    let said = say(&anna, chat(id), "rules").await;
    anna.ok(f::UpdatePinnedMessage { peer: chat(id), id: said, ..Default::default() }).await;
    anna.ok(f::EditChatAbout { peer: chat(id), about: "for members".to_owned() }).await;
    let again = f::EditChatAbout { peer: chat(id), about: "for members".to_owned() };
    assert_eq!(anna.call(again).await.unwrap_err().text, "CHAT_ABOUT_NOT_MODIFIED");
    let enums::messages::ChatFull::ChatFull(answer) =
        ben.ok(f::GetFullChat { chat_id: id.0 }).await;
    let enums::ChatFull::ChatFull(full) = answer.full_chat else { panic!() };
    assert_eq!((full.about.as_str(), full.pinned_msg_id), ("for members", Some(2)));
    let enums::ChatParticipants::ChatParticipants(members) = full.participants else { panic!() };
    assert_eq!(members.participants.len(), 2);
    assert!(matches!(members.participants[0], enums::ChatParticipant::ChatParticipantCreator(_)));
    assert_eq!((answer.users.len(), answer.chats.len()), (2, 1));
    ben.check(f::GetOnlines { peer: chat(id) }, Ok(types::ChatOnlines { onlines: 1 }.into())).await;
    let dialog = ben.input_peer(Peer::Chat(id));
    assert_eq!(dialog, chat(id));
}

#[tokio::test]
async fn a_mention_stays_unseen_until_it_is_read() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = group(&anna, &[&ben]).await;
    let mention = types::InputMessageEntityMentionName {
        offset: 0,
        length: 3,
        user_id: anna.input_user(&ben),
    };
    let request =
        f::SendMessage { entities: Some(vec![mention.into()]), ..text(chat(id), "Ben!", 3) };
    anna.ok(request).await;
    let unseen = || f::GetUnreadMentions { peer: chat(id), limit: 10, ..Default::default() };
    assert_eq!(super::shown(&ben.ok(unseen()).await), [(2, "Ben!".to_owned())]);
    let read = f::ReadMentions { peer: chat(id), ..Default::default() };
    let enums::messages::AffectedHistory::AffectedHistory(read) = ben.ok(read).await;
    assert_eq!((read.pts_count, read.offset), (1, 0));
    assert_eq!(super::shown(&ben.ok(unseen()).await), []);
}

#[tokio::test]
async fn a_group_is_hidden_from_those_who_were_never_in_it() {
    let world = World::new();
    let (anna, carl) = (world.sign_up("Anna").await, world.sign_up("Carl").await);
    let id = group(&anna, &[]).await;
    let peers = vec![types::InputDialogPeer { peer: chat(id) }.into()];
    assert_eq!(carl.call(f::GetPeerDialogs { peers }).await.unwrap_err().text, "CHAT_ID_INVALID");
    assert_eq!(
        carl.call(f::GetChats { id: vec![id.0] }).await.unwrap_err().text,
        "CHAT_ID_INVALID"
    );
    let enums::messages::PeerSettings::PeerSettings(settings) =
        carl.ok(f::GetPeerSettings { peer: chat(id) }).await;
    assert_eq!(settings.chats, []);
    let enums::messages::MessageViews::MessageViews(views) =
        carl.ok(f::GetMessagesViews { peer: chat(id), id: vec![1], increment: true }).await;
    assert_eq!(views.chats, []);
    let reactions = f::GetMessagesReactions { peer: chat(id), id: vec![1] };
    assert_eq!(carl.fails(reactions).await, "USER_NOT_PARTICIPANT");
}

#[tokio::test]
async fn authors_learn_who_read_a_message() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = group(&anna, &[&ben, &carl]).await;
    let said = say(&anna, chat(id), "who reads?").await;
    let ask = || f::GetMessageReadParticipants { peer: chat(id), msg_id: said };
    anna.check(ask(), Ok(Vec::new())).await;
    world.pass(10);
    ben.ok(f::ReadHistory { peer: chat(id), max_id: 0 }).await;
    let date = i32::try_from(crate::testing::START + 10).unwrap();
    let reader = types::ReadParticipantDate { user_id: ben.user().0, date };
    anna.check(ask(), Ok(vec![reader.into()])).await;
    // Of one's own messages only, in groups only, and for a week.
    let bens = f::GetMessageReadParticipants { peer: chat(id), msg_id: 1 };
    assert_eq!(ben.fails(bens).await, "MSG_ID_INVALID");
    let private = f::GetMessageReadParticipants { peer: anna.peer(&ben), msg_id: said };
    assert_eq!(anna.fails(private).await, "PEER_ID_INVALID");
    world.pass(7 * 24 * 3600);
    assert_eq!(anna.fails(ask()).await, "MSG_TOO_OLD");
}

#[tokio::test]
async fn those_who_left_come_back_and_those_removed_do_not() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = group(&anna, &[&ben]).await;
    let user_id = enums::InputUser::InputUserSelf;
    let leave = f::DeleteChatUser { chat_id: id.0, user_id, revoke_history: false };
    let user_id = enums::InputUser::InputUserSelf;
    let come = f::AddChatUser { chat_id: id.0, user_id, fwd_limit: 0 };
    ben.ok(leave).await;
    let mut ears = anna.listen().await;
    let (updates, _) = inside(ben.ok(come.clone()).await);
    let came = [types::MessageActionChatAddUser { users: vec![ben.user().0] }.into()];
    assert_eq!(actions(&updates), came);
    assert_eq!(actions(&ears.hear().await), came);
    say(&ben, chat(id), "here again").await;
    let user_id = anna.input_user(&ben);
    anna.ok(f::DeleteChatUser { chat_id: id.0, user_id, revoke_history: false }).await;
    assert_eq!(ben.call(come.clone()).await.unwrap_err().text, "USER_NOT_PARTICIPANT");
    let carl = world.sign_up("Carl").await;
    assert!(carl.call(come).await.is_err());
}

#[tokio::test]
async fn those_who_left_change_nothing_any_more() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = group(&anna, &[&ben]).await;
    let said = say(&ben, chat(id), "mine").await;
    ben.ok(f::DeleteChatUser {
        chat_id: id.0,
        user_id: enums::InputUser::InputUserSelf,
        revoke_history: false,
    })
    .await;
    let edit = f::EditMessage {
        peer: chat(id),
        id: said,
        message: Some("not mine".to_owned()),
        ..Default::default()
    };
    assert_eq!(ben.call(edit).await.unwrap_err().text, "USER_NOT_PARTICIPANT");
    let thumb = types::ReactionEmoji { emoticon: "👍".to_owned() }.into();
    let react = f::SendReaction {
        peer: chat(id),
        msg_id: said,
        reaction: Some(vec![thumb]),
        ..Default::default()
    };
    assert!(ben.call(react).await.is_err());
    let pin = f::UpdatePinnedMessage { peer: chat(id), id: said, ..Default::default() };
    assert!(ben.call(pin).await.is_err());
}

#[tokio::test]
async fn newcomers_hear_nothing_of_polls_before_them() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = group(&anna, &[&ben]).await;
    let answer = |text: &str| {
        let words = types::TextWithEntities { text: text.to_owned(), entities: Vec::new() };
        let option = text.as_bytes().to_vec();
        types::PollAnswer { text: words.into(), option, ..Default::default() }.into()
    };
    let question = types::TextWithEntities { text: "Tea?".to_owned(), entities: Vec::new() };
    let poll = types::Poll {
        question: question.into(),
        answers: vec![answer("yes"), answer("no")],
        ..Default::default()
    };
    let ask = f::SendMedia {
        peer: chat(id),
        media: types::InputMediaPoll { poll: poll.into(), ..Default::default() }.into(),
        random_id: 5,
        ..Default::default()
    };
    let asked = list(anna.ok(ask).await);
    let Some(enums::Update::UpdateMessageID(asked)) = asked.first() else { panic!("{asked:?}") };
    world.pass(1);
    let add = f::AddChatUser { chat_id: id.0, user_id: anna.input_user(&carl), fwd_limit: 0 };
    anna.ok(add).await;
    let (mut his_ears, mut other_ears) = (ben.listen().await, carl.listen().await);
    let vote = f::SendVote { peer: chat(id), msg_id: asked.id, options: vec![b"yes".to_vec()] };
    anna.ok(vote).await;
    assert!(matches!(&his_ears.hear().await[..], [enums::Update::UpdateMessagePoll(_)]));
    assert_eq!(other_ears.hear().await, []);
}
