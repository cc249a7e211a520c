//! Discussion groups and comments, as clients see them.

use model::{ChannelId, Peer};
use tl_api::functions::channels as f;
use tl_api::functions::messages;
use tl_api::{enums, types};

use super::{ban, channel, full, invite, kick, make_public, post, seen};
use crate::testing::{Device, World, list};

struct Pair {
    channel: ChannelId,
    group: ChannelId,
}

async fn pair(owner: &Device<'_>) -> Pair {
    let pair = Pair { channel: channel(owner, true).await, group: channel(owner, false).await };
    assert!(owner.ok(link(owner, pair.channel, pair.group)).await);
    pair
}

fn link(owner: &Device<'_>, channel: ChannelId, group: ChannelId) -> f::SetDiscussionGroup {
    f::SetDiscussionGroup {
        broadcast: owner.input_channel(channel),
        group: owner.input_channel(group),
    }
}

async fn discussion(
    viewer: &Device<'_>,
    channel: ChannelId,
    id: i32,
) -> types::messages::DiscussionMessage {
    let peer = viewer.input_peer(Peer::Channel(channel));
    let found = viewer.ok(messages::GetDiscussionMessage { peer, msg_id: id }).await;
    let enums::messages::DiscussionMessage::DiscussionMessage(found) = found;
    found
}

fn ordinary(message: &enums::Message) -> &types::Message {
    match message {
        enums::Message::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

async fn comment(from: &Device<'_>, pair: &Pair, top: i32, text: &str) -> i32 {
    let reply = types::InputReplyToMessage { reply_to_msg_id: top, ..Default::default() };
    let request = messages::SendMessage {
        peer: from.input_peer(Peer::Channel(pair.group)),
        reply_to: Some(reply.into()),
        message: text.to_owned(),
        random_id: from.world.core.random.number() | 1,
        ..Default::default()
    };
    match list(from.ok(request).await).first() {
        Some(enums::Update::UpdateMessageID(update)) => update.id,
        other => panic!("{other:?}"),
    }
}

/// The counter that a post shows.
async fn replies(viewer: &Device<'_>, channel: ChannelId, id: i32) -> types::MessageReplies {
    let peer = viewer.input_peer(Peer::Channel(channel));
    let request = messages::GetMessagesViews { peer, id: vec![id], increment: false };
    let enums::messages::MessageViews::MessageViews(found) = viewer.ok(request).await;
    let enums::MessageViews::MessageViews(views) = &found.views[0];
    let Some(enums::MessageReplies::MessageReplies(replies)) = views.replies.clone() else {
        panic!("no counter: {views:?}")
    };
    replies
}

#[tokio::test]
async fn a_reader_comments_as_a_guest_and_everyone_counts() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let pair = pair(&anna).await;
    invite(&anna, pair.channel, &[&ben]).await;
    assert_eq!(full(&ben, pair.channel).await.linked_chat_id, Some(pair.group.0));
    let id = post(&anna, pair.channel, "news").await;

    let found = discussion(&ben, pair.channel, id).await;
    let top = ordinary(&found.messages[0]);
    assert_eq!(top.message, "news");
    assert!(top.pinned && !top.out);
    let channel: enums::Peer = types::PeerChannel { channel_id: pair.channel.0 }.into();
    assert_eq!(top.from_id, Some(channel.clone()));
    let Some(enums::MessageFwdHeader::MessageFwdHeader(header)) = &top.fwd_from else {
        panic!("no header")
    };
    assert_eq!(
        (header.saved_from_peer.clone(), header.saved_from_msg_id),
        (Some(channel), Some(id))
    );
    assert_eq!((found.max_id, found.unread_count), (None, 0));
    let group = found.chats.iter().find_map(|chat| match chat {
        enums::Chat::Channel(chat) if chat.id == pair.group.0 => Some(chat),
        _ => None,
    });
    let group = group.expect("a guest is shown the group");
    assert!(group.has_link && group.left);

    let first = comment(&ben, &pair, top.id, "first").await;
    let second = comment(&anna, &pair, first, "second").await;
    let counter = replies(&ben, pair.channel, id).await;
    assert!(counter.comments);
    assert_eq!((counter.replies, counter.max_id), (2, Some(second)));
    assert_eq!(counter.channel_id, Some(pair.group.0));
    let person = |device: &Device<'_>| types::PeerUser { user_id: device.user().0 }.into();
    assert_eq!(counter.recent_repliers, Some(vec![person(&anna), person(&ben)]));

    let peer = ben.input_peer(Peer::Channel(pair.channel));
    let request = messages::GetReplies { peer, msg_id: id, limit: 10, ..Default::default() };
    let page = ben.ok(request).await;
    let enums::messages::Messages::ChannelMessages(page) = page else { panic!("{page:?}") };
    let texts: Vec<_> = page.messages.iter().map(|one| ordinary(one).message.as_str()).collect();
    assert_eq!((texts, page.count), (vec!["second", "first"], 2));
    let Some(enums::MessageReplyHeader::MessageReplyHeader(header)) =
        &ordinary(&page.messages[0]).reply_to
    else {
        panic!("no header")
    };
    assert_eq!((header.reply_to_msg_id, header.reply_to_top_id), (Some(first), Some(top.id)));
}

#[tokio::test]
async fn a_read_mark_is_told_to_both_sides() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let pair = pair(&anna).await;
    invite(&anna, pair.channel, &[&ben]).await;
    let id = post(&anna, pair.channel, "news").await;
    let top = ordinary(&discussion(&ben, pair.channel, id).await.messages[0]).id;
    let one = comment(&anna, &pair, top, "one").await;
    assert_eq!(discussion(&ben, pair.channel, id).await.unread_count, 1);

    let peer = ben.input_peer(Peer::Channel(pair.group));
    let read = messages::ReadDiscussion { peer, msg_id: top, read_max_id: one };
    assert!(ben.ok(read).await);
    let found = discussion(&ben, pair.channel, id).await;
    assert_eq!((found.unread_count, found.read_inbox_max_id), (0, Some(one)));
    assert_eq!(discussion(&anna, pair.channel, id).await.read_outbox_max_id, Some(one));
    let peer = ben.input_peer(Peer::Channel(pair.channel));
    let unknown = messages::ReadDiscussion { peer, msg_id: 99, read_max_id: 1 };
    assert_eq!(ben.fails(unknown).await, "MSG_ID_INVALID");
}

#[tokio::test]
async fn strangers_banned_people_and_guests_who_must_join_are_refused() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let carl = world.sign_up("Carl").await;
    let pair = pair(&anna).await;
    invite(&anna, pair.channel, &[&ben]).await;
    let id = post(&anna, pair.channel, "news").await;
    let top = ordinary(&discussion(&ben, pair.channel, id).await.messages[0]).id;
    let write = |from: &Device<'_>| {
        let reply = types::InputReplyToMessage { reply_to_msg_id: top, ..Default::default() };
        messages::SendMessage {
            peer: from.input_peer(Peer::Channel(pair.group)),
            reply_to: Some(reply.into()),
            message: "hello".to_owned(),
            random_id: from.world.core.random.number() | 1,
            ..Default::default()
        }
    };
    assert_eq!(carl.fails(write(&carl)).await, "CHANNEL_PRIVATE");
    let toggle = |device: &Device<'_>, enabled| f::ToggleJoinToSend {
        channel: device.input_channel(pair.group),
        enabled,
    };
    assert_eq!(ben.fails(toggle(&ben, true)).await, "CHAT_ADMIN_REQUIRED");
    anna.ok(toggle(&anna, true)).await;
    let enums::Chat::Channel(group) = seen(&ben, pair.group).await else { panic!("forbidden") };
    assert!(group.join_to_send);
    assert_eq!(ben.fails(write(&ben)).await, "CHAT_GUEST_SEND_FORBIDDEN");
    anna.ok(toggle(&anna, false)).await;
    anna.ok(ban(&anna, pair.group, &ben, kick())).await;
    assert_eq!(ben.fails(write(&ben)).await, "CHANNEL_PRIVATE");
}

#[tokio::test]
async fn a_guest_edits_and_deletes_their_own_comments() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let pair = pair(&anna).await;
    invite(&anna, pair.channel, &[&ben]).await;
    let id = post(&anna, pair.channel, "news").await;
    let top = ordinary(&discussion(&ben, pair.channel, id).await.messages[0]).id;
    let own = comment(&ben, &pair, top, "frist").await;
    let theirs = comment(&anna, &pair, top, "second").await;
    let edit = |id| messages::EditMessage {
        peer: ben.input_peer(Peer::Channel(pair.group)),
        id,
        message: Some("first".to_owned()),
        ..Default::default()
    };
    let told = list(ben.ok(edit(own)).await);
    let [enums::Update::UpdateEditChannelMessage(edited)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!(ordinary(&edited.message).message, "first");
    assert_eq!(ben.fails(edit(theirs)).await, "MESSAGE_AUTHOR_REQUIRED");
    let delete = |id| f::DeleteMessages { channel: ben.input_channel(pair.group), id };
    assert_eq!(ben.fails(delete(vec![own, theirs])).await, "MESSAGE_DELETE_FORBIDDEN");
    let enums::messages::AffectedMessages::AffectedMessages(gone) = ben.ok(delete(vec![own])).await;
    assert_eq!(gone.pts_count, 1);
    assert_eq!(replies(&ben, pair.channel, id).await.replies, 1);
}

#[tokio::test]
async fn links_are_refused_by_what_is_wrong() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let pair = pair(&anna).await;
    make_public(&anna, pair.channel, "thenews").await;
    let other = channel(&anna, false).await;
    assert_eq!(anna.fails(link(&anna, pair.channel, pair.group)).await, "LINK_NOT_MODIFIED");
    assert_eq!(anna.fails(link(&anna, other, pair.group)).await, "BROADCAST_ID_INVALID");
    assert_eq!(anna.fails(link(&anna, pair.channel, pair.channel)).await, "MEGAGROUP_ID_INVALID");
    let empty = enums::InputChannel::InputChannelEmpty;
    let part = |device: &Device<'_>| f::SetDiscussionGroup {
        broadcast: device.input_channel(pair.channel),
        group: empty.clone(),
    };
    assert_eq!(ben.fails(part(&ben)).await, "CHAT_ADMIN_REQUIRED");
    let nothing = f::SetDiscussionGroup { broadcast: empty.clone(), group: empty.clone() };
    assert_eq!(anna.fails(nothing).await, "BROADCAST_ID_INVALID");
    let hide = |id, enabled| f::TogglePreHistoryHidden { channel: anna.input_channel(id), enabled };
    assert_eq!(anna.fails(hide(pair.group, true)).await, "CHAT_LINK_EXISTS");
    anna.ok(hide(other, true)).await;
    assert_eq!(anna.fails(link(&anna, pair.channel, other)).await, "MEGAGROUP_PREHISTORY_HIDDEN");
    let groups = anna.ok(f::GetGroupsForDiscussion {}).await;
    let enums::messages::Chats::Chats(groups) = groups else { panic!("{groups:?}") };
    let ids: Vec<_> = groups
        .chats
        .iter()
        .map(|chat| match chat {
            enums::Chat::Channel(channel) => channel.id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, [other.0], "linked ones are not offered");
    assert!(anna.ok(part(&anna)).await);
    assert_eq!(full(&anna, pair.group).await.linked_chat_id, None);
}

#[tokio::test]
async fn what_a_channel_protects_stays_in_its_discussion_group() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let pair = pair(&anna).await;
    invite(&anna, pair.group, &[&ben]).await;
    let before = post(&anna, pair.channel, "before").await;
    let peer = anna.input_peer(Peer::Channel(pair.channel));
    anna.ok(messages::ToggleNoForwards { peer, enabled: true, ..Default::default() }).await;
    let after = post(&anna, pair.channel, "after").await;
    for (number, id) in [before, after].into_iter().enumerate() {
        let thread = discussion(&anna, pair.channel, id).await;
        let copy = ordinary(&thread.messages[0]);
        assert_eq!(copy.noforwards, id == after);
        let forward = messages::ForwardMessages {
            from_peer: ben.input_peer(Peer::Channel(pair.group)),
            id: vec![copy.id],
            random_id: vec![i64::try_from(number).unwrap() + 1],
            to_peer: enums::InputPeer::InputPeerSelf,
            ..Default::default()
        };
        assert_eq!(ben.fails(forward).await, "CHAT_FORWARDS_RESTRICTED");
    }
    // What is written in the group is its members' own.
    let own = post(&ben, pair.group, "mine").await;
    let forward = messages::ForwardMessages {
        from_peer: ben.input_peer(Peer::Channel(pair.group)),
        id: vec![own],
        random_id: vec![9],
        to_peer: enums::InputPeer::InputPeerSelf,
        ..Default::default()
    };
    ben.ok(forward).await;
}

#[tokio::test]
async fn each_end_is_described_with_the_other() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let pair = pair(&anna).await;
    for (id, other) in [(pair.channel, pair.group), (pair.group, pair.channel)] {
        let request = f::GetFullChannel { channel: anna.input_channel(id) };
        let enums::messages::ChatFull::ChatFull(full) = anna.ok(request).await;
        let named = full
            .chats
            .iter()
            .any(|chat| matches!(chat, enums::Chat::Channel(channel) if channel.id == other.0));
        assert!(named, "{:?}", full.chats);
    }
}
