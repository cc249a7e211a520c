//! What people may not see, do or learn who are not in a chat, are in it no more, or hold no more of it than a number.

use model::account::{PrivacyKey, PrivacyRule};
use model::{ChannelId, ChatId, Peer};
use tl_api::functions::messages as f;
use tl_api::{enums, types};

use super::albums::photo;
use super::channels::channel;
use super::groups::group;
use super::reactions::{poll, react, send_poll};
use super::{history, messages, say, text};
use crate::testing::{Device, World, list};

fn chat(id: ChatId) -> enums::InputPeer {
    types::InputPeerChat { chat_id: id.0 }.into()
}

fn dialog(peer: enums::InputPeer) -> enums::InputDialogPeer {
    types::InputDialogPeer { peer }.into()
}

async fn leave(device: &Device<'_>, id: ChatId) {
    let user_id = enums::InputUser::InputUserSelf;
    device.ok(f::DeleteChatUser { revoke_history: false, chat_id: id.0, user_id }).await;
}

/// Everything that an account's list of chats shows: texts of the newest messages.
async fn listed(device: &Device<'_>) -> Vec<String> {
    let offset_peer = enums::InputPeer::InputPeerEmpty;
    let request = f::GetDialogs { offset_peer, limit: 100, ..Default::default() };
    let messages = match device.ok(request).await {
        enums::messages::Dialogs::Dialogs(answer) => answer.messages,
        enums::messages::Dialogs::DialogsSlice(answer) => answer.messages,
        other @ enums::messages::Dialogs::DialogsNotModified(_) => panic!("{other:?}"),
    };
    let enums::messages::PeerDialogs::PeerDialogs(pinned) =
        device.ok(f::GetPinnedDialogs { folder_id: 0 }).await;
    messages.iter().chain(&pinned.messages).map(|message| super::numbered(message).1).collect()
}

#[tokio::test]
async fn pinning_a_private_channel_does_not_open_it() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    // Ben has the channel's access hash, as everyone has who saw a post of it forwarded.
    let id: ChannelId = channel(&anna, true, &[]).await;
    say(&anna, anna.input_peer(Peer::Channel(id)), "for members").await;
    let peer = || ben.input_peer(Peer::Channel(id));
    let pin = f::ToggleDialogPin { pinned: true, peer: dialog(peer()) };
    assert_eq!(ben.fails(pin.clone()).await, "CHANNEL_PRIVATE");
    let folder = types::InputFolderPeer { peer: peer(), folder_id: 1 }.into();
    let archive = tl_api::functions::folders::EditPeerFolders { folder_peers: vec![folder] };
    assert_eq!(ben.fails(archive).await, "CHANNEL_PRIVATE");
    let draft = f::SaveDraft { peer: peer(), message: "x".to_owned(), ..Default::default() };
    assert_eq!(ben.fails(draft).await, "CHANNEL_PRIVATE");
    let mark = f::MarkDialogUnread { unread: true, parent_peer: None, peer: dialog(peer()) };
    assert_eq!(ben.fails(mark).await, "CHANNEL_PRIVATE");
    let order = f::ReorderPinnedDialogs { force: true, folder_id: 0, order: vec![dialog(peer())] };
    ben.ok(order).await;
    assert_eq!(listed(&ben).await, Vec::<String>::new());
    // A public channel that one is not in could become private later.
    let name = Some("anna_news".to_owned());
    world.core.stores.accounts.set_username(Peer::Channel(id), name).await.unwrap();
    assert_eq!(ben.fails(pin).await, "PEER_ID_INVALID");
    assert_eq!(listed(&ben).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_groups_number_tells_strangers_nothing() {
    let world = World::new();
    let (anna, ben, eve) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Eve").await);
    let id = group(&anna, &[&ben]).await;
    let pin = f::ToggleDialogPin { pinned: true, peer: dialog(chat(id)) };
    assert_eq!(eve.fails(pin).await, "CHAT_ID_INVALID");
    let mark = f::MarkDialogUnread { unread: true, parent_peer: None, peer: dialog(chat(id)) };
    assert_eq!(eve.fails(mark).await, "CHAT_ID_INVALID");
    let draft = f::SaveDraft { peer: chat(id), message: "x".to_owned(), ..Default::default() };
    assert_eq!(eve.fails(draft).await, "CHAT_ID_INVALID");
    let bar = f::HidePeerSettingsBar { peer: chat(id) };
    assert_eq!(eve.fails(bar).await, "CHAT_ID_INVALID");
    let all = f::HideAllChatJoinRequests { approved: true, peer: chat(id), link: None };
    assert_eq!(eve.fails(all).await, "CHAT_ADMIN_REQUIRED");
    let notify = tl_api::functions::account::UpdateNotifySettings {
        peer: types::InputNotifyPeer { peer: chat(id) }.into(),
        settings: types::InputPeerNotifySettings::default().into(),
    };
    assert_eq!(eve.fails(notify).await, "CHAT_ID_INVALID");
    // And where a group is named in an answer all the same, it has neither title nor photo.
    let set = std::iter::once(Peer::Chat(id)).collect();
    let (_, shown) = crate::convert::fetch_related(&world.core, eve.user(), &set, 2).await.unwrap();
    assert_eq!(shown, [types::ChatForbidden { id: id.0, title: String::new() }.into()]);
}

#[tokio::test]
async fn who_left_a_group_hears_no_more_of_it() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = group(&anna, &[&ben, &carl]).await;
    let said = say(&anna, chat(id), "before").await;
    let theirs = history(&carl, chat(id)).await[0].0;
    leave(&carl, id).await;
    let mut ears = carl.listen().await;
    anna.ok(f::EditMessage {
        peer: chat(id),
        id: said,
        message: Some("a secret".to_owned()),
        ..Default::default()
    })
    .await;
    anna.ok(react(chat(id), said, &["👍"])).await;
    anna.ok(f::UpdatePinnedMessage { peer: chat(id), id: said, ..Default::default() }).await;
    assert_eq!(ears.hear().await, []);
    assert!(history(&carl, chat(id)).await.contains(&(theirs, "before".to_owned())));
    let edited = history(&ben, chat(id)).await;
    assert!(edited.iter().any(|(_, text)| text == "a secret"), "{edited:?}");
    // Nor do they ask, or have a say.
    let reactions = f::GetMessagesReactions { peer: chat(id), id: vec![theirs] };
    assert_eq!(carl.fails(reactions).await, "USER_NOT_PARTICIPANT");
    let who =
        f::GetMessageReactionsList { peer: chat(id), id: theirs, limit: 10, ..Default::default() };
    assert_eq!(carl.fails(who).await, "USER_NOT_PARTICIPANT");
    assert_eq!(carl.fails(react(chat(id), theirs, &["👍"])).await, "USER_NOT_PARTICIPANT");
    let unpin = f::UnpinAllMessages { peer: chat(id), ..Default::default() };
    assert_eq!(carl.fails(unpin).await, "USER_NOT_PARTICIPANT");
    assert_eq!(carl.fails(text(chat(id), "hi", 9)).await, "USER_NOT_PARTICIPANT");
}

#[tokio::test]
async fn who_left_a_group_neither_votes_nor_looks_at_votes() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = group(&anna, &[&ben]).await;
    send_poll(&anna, chat(id), poll(false, &["tea", "coffee"])).await;
    let theirs = history(&ben, chat(id)).await[0].0;
    let vote = || f::SendVote { peer: chat(id), msg_id: theirs, options: vec![b"0".to_vec()] };
    ben.ok(vote()).await;
    leave(&ben, id).await;
    assert_eq!(ben.fails(vote()).await, "USER_NOT_PARTICIPANT");
    let results = f::GetPollResults { peer: chat(id), msg_id: theirs, poll_hash: 0 };
    assert_eq!(ben.fails(results).await, "USER_NOT_PARTICIPANT");
    let votes = f::GetPollVotes { peer: chat(id), id: theirs, limit: 10, ..Default::default() };
    assert_eq!(ben.fails(votes).await, "USER_NOT_PARTICIPANT");
}

#[tokio::test]
async fn who_is_blocked_does_not_take_pins_away() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = say(&anna, anna.peer(&ben), "keep this").await;
    anna.ok(f::UpdatePinnedMessage { peer: anna.peer(&ben), id, ..Default::default() }).await;
    let contacts = &world.core.stores.contacts;
    contacts.set_blocked(anna.user(), ben.user(), true, world.core.now()).await.unwrap();
    let unpin = f::UnpinAllMessages { peer: ben.peer(&anna), ..Default::default() };
    assert_eq!(ben.fails(unpin).await, "USER_IS_BLOCKED");
}

#[tokio::test]
async fn when_somebody_read_is_theirs_to_hide() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = say(&anna, anna.peer(&ben), "hello").await;
    ben.ok(f::ReadHistory { peer: ben.peer(&anna), max_id: 0 }).await;
    let ask = || f::GetOutboxReadDate { peer: anna.peer(&ben), msg_id: id };
    anna.ok(ask()).await;
    let hide = async |device: &Device<'_>| {
        let settings =
            types::GlobalPrivacySettings { hide_read_marks: true, ..Default::default() }.into();
        device.ok(tl_api::functions::account::SetGlobalPrivacySettings { settings }).await;
        let (key, rules) = (PrivacyKey::StatusTimestamp, vec![PrivacyRule::DisallowAll]);
        world.core.stores.accounts.set_privacy(device.user(), key, rules).await.unwrap();
    };
    hide(&anna).await;
    assert_eq!(anna.fails(ask()).await, "YOUR_PRIVACY_RESTRICTED");
    hide(&ben).await;
    assert_eq!(anna.fails(ask()).await, "USER_PRIVACY_RESTRICTED");
}

#[tokio::test]
async fn a_protected_channel_is_not_quoted_elsewhere() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true, &[&ben]).await;
    let post = say(&anna, anna.input_peer(Peer::Channel(id)), "not to be passed on").await;
    let quote = |random_id| {
        let reply = types::InputReplyToMessage {
            reply_to_msg_id: post,
            reply_to_peer_id: Some(ben.input_peer(Peer::Channel(id))),
            quote_text: Some("not to be passed on".to_owned()),
            ..Default::default()
        };
        let reply_to = Some(reply.into());
        f::SendMessage { reply_to, ..text(ben.peer(&anna), "look", random_id) }
    };
    assert_eq!(messages(&list(ben.ok(quote(1)).await)).len(), 1);
    let protect = f::ToggleNoForwards {
        peer: anna.input_peer(Peer::Channel(id)),
        enabled: true,
        ..Default::default()
    };
    anna.ok(protect).await;
    assert_eq!(ben.fails(quote(2)).await, "REPLY_MESSAGE_ID_INVALID");
}

/// The photo that the newest message of a chat shows to somebody, as they would send it anew.
async fn shown_photo(to: &Device<'_>, peer: enums::InputPeer) -> enums::InputMedia {
    let answer = to.ok(f::GetHistory { peer, limit: 1, ..Default::default() }).await;
    let messages = match answer {
        enums::messages::Messages::Messages(answer) => answer.messages,
        enums::messages::Messages::MessagesSlice(answer) => answer.messages,
        enums::messages::Messages::ChannelMessages(answer) => answer.messages,
        other @ enums::messages::Messages::MessagesNotModified(_) => panic!("{other:?}"),
    };
    let Some(enums::Message::Message(message)) = messages.first() else { panic!("{messages:?}") };
    let Some(enums::MessageMedia::MessageMediaPhoto(media)) = &message.media else { panic!() };
    let Some(enums::Photo::Photo(photo)) = &media.photo else { panic!() };
    let (id, access_hash) = (photo.id, photo.access_hash);
    let id = types::InputPhoto { id, access_hash, file_reference: photo.file_reference.clone() };
    types::InputMediaPhoto { id: id.into(), ..Default::default() }.into()
}

fn send(peer: enums::InputPeer, media: enums::InputMedia, random_id: i64) -> f::SendMedia {
    f::SendMedia { peer, media, random_id, ..Default::default() }
}

#[tokio::test]
async fn media_of_a_protected_chat_is_not_sent_anew() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = group(&anna, &[&ben]).await;
    anna.ok(send(chat(id), photo(&anna, 5).await, 1)).await;
    let met = shown_photo(&ben, chat(id)).await;
    let own = || enums::InputPeer::InputPeerSelf;
    ben.ok(send(own(), met.clone(), 2)).await;
    anna.ok(f::ToggleNoForwards { peer: chat(id), enabled: true, ..Default::default() }).await;
    assert_eq!(ben.fails(send(own(), met, 3)).await, "CHAT_FORWARDS_RESTRICTED");
    // Who sent it may.
    let mine = shown_photo(&anna, chat(id)).await;
    anna.ok(send(own(), mine, 4)).await;
}

#[tokio::test]
async fn media_that_may_not_be_sent_is_not_edited_in() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = group(&anna, &[&ben]).await;
    ben.ok(send(chat(id), photo(&ben, 5).await, 1)).await;
    let mine = history(&ben, chat(id)).await[0].0;
    let banned_rights = types::ChatBannedRights { send_photos: true, ..Default::default() }.into();
    anna.ok(f::EditChatDefaultBannedRights { peer: chat(id), banned_rights }).await;
    let media = Some(photo(&ben, 6).await);
    let edit = f::EditMessage { peer: chat(id), id: mine, media, ..Default::default() };
    assert_eq!(ben.fails(edit).await, "CHAT_SEND_MEDIA_FORBIDDEN");
}
