//! Read marks, views, deletions and links of posts.

use model::Peer;
use tl_api::functions::channels as f;
use tl_api::functions::messages;
use tl_api::{enums, types};

use super::{channel, full, invite, make_public, post};
use crate::testing::{World, list};

#[tokio::test]
async fn a_read_mark_reaches_the_other_devices_and_the_authors() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    let first = post(&anna, id, "one").await;
    let second = post(&anna, id, "two").await;
    let pts = full(&ben, id).await.pts;
    let (mut bens, mut annas) = (ben.listen().await, anna.listen().await);
    let read = |max_id| f::ReadHistory { channel: ben.input_channel(id), max_id };
    assert!(ben.ok(read(first)).await);
    let inbox = |max_id, still_unread_count| types::UpdateReadChannelInbox {
        folder_id: None,
        channel_id: id.0,
        max_id,
        still_unread_count,
        pts,
    };
    let outbox = |max_id| types::UpdateReadChannelOutbox { channel_id: id.0, max_id };
    assert_eq!(bens.hear().await, [inbox(first, 1).into()]);
    assert_eq!(annas.hear().await, [outbox(first).into()]);
    // Marks only move on, and no further than there are messages.
    assert!(ben.ok(read(first)).await);
    assert!(ben.ok(read(1)).await);
    assert_eq!((bens.hear().await, annas.hear().await), (vec![], vec![]));
    assert!(ben.ok(read(i32::MAX)).await);
    assert_eq!(bens.hear().await, [inbox(second, 0).into()]);
    assert_eq!(annas.hear().await, [outbox(second).into()]);
    let full = full(&ben, id).await;
    assert_eq!((full.read_inbox_max_id, full.unread_count), (second, 0));
}

#[tokio::test]
async fn outsiders_read_without_a_mark() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true).await;
    make_public(&anna, id, "the_news").await;
    let newest = post(&anna, id, "one").await;
    ben.check(f::ReadHistory { channel: ben.input_channel(id), max_id: newest }, Ok(false)).await;
    assert_eq!(full(&ben, id).await.unread_count, 0);
}

#[tokio::test]
async fn each_viewer_counts_once() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true).await;
    invite(&anna, id, &[&ben]).await;
    let number = post(&anna, id, "look").await;
    for (increment, expected) in [(false, 1), (true, 2), (true, 2)] {
        let peer = ben.input_peer(Peer::Channel(id));
        let answer = ben.ok(messages::GetMessagesViews { peer, id: vec![number], increment }).await;
        let enums::messages::MessageViews::MessageViews(answer) = answer;
        let enums::MessageViews::MessageViews(views) = &answer.views[0];
        assert_eq!(views.views, Some(expected));
    }
}

#[tokio::test]
async fn posts_are_named_by_number_and_missing_ones_are_empty() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let id = channel(&anna, true).await;
    let number = post(&anna, id, "one").await;
    let names = [99, number].map(|id| types::InputMessageID { id }.into()).to_vec();
    let answer = anna.ok(f::GetMessages { channel: anna.input_channel(id), id: names }).await;
    let enums::messages::Messages::ChannelMessages(answer) = answer else { panic!("{answer:?}") };
    let [enums::Message::MessageEmpty(empty), enums::Message::Message(found)] =
        answer.messages.as_slice()
    else {
        panic!("{:?}", answer.messages)
    };
    assert_eq!((empty.id, found.id, found.message.as_str()), (99, number, "one"));
    assert_eq!((answer.pts, answer.chats.len()), (full(&anna, id).await.pts, 1));
}

#[tokio::test]
async fn deletions_move_the_log_by_as_many_messages() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let id = channel(&anna, true).await;
    let number = post(&anna, id, "one").await;
    post(&anna, id, "two").await;
    let pts = full(&anna, id).await.pts;
    let gone =
        |ids: &[i32]| f::DeleteMessages { channel: anna.input_channel(id), id: ids.to_vec() };
    let moved = |pts, pts_count| types::messages::AffectedMessages { pts, pts_count }.into();
    assert_eq!(anna.ok(gone(&[number, 99])).await, moved(pts + 1, 1));
    assert_eq!(anna.ok(gone(&[number])).await, moved(pts + 1, 0));
    let updates = list(
        anna.ok(f::DeleteHistory {
            for_everyone: true,
            channel: anna.input_channel(id),
            max_id: 0,
        })
        .await,
    );
    let [enums::Update::UpdateDeleteChannelMessages(update)] = updates.as_slice() else {
        panic!("{updates:?}")
    };
    assert_eq!((update.messages.len(), update.pts, update.pts_count), (2, pts + 3, 2));
}

#[tokio::test]
async fn links_lead_to_the_server_itself() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let id = channel(&anna, true).await;
    let number = post(&anna, id, "one").await;
    let request = |id_of: i32| f::ExportMessageLink {
        channel: anna.input_channel(id),
        id: id_of,
        ..Default::default()
    };
    let enums::ExportedMessageLink::ExportedMessageLink(private) = anna.ok(request(number)).await;
    assert_eq!(private.link, format!("https://hoopoe.test/c/{}/{number}", id.0));
    make_public(&anna, id, "the_news").await;
    let enums::ExportedMessageLink::ExportedMessageLink(public) = anna.ok(request(number)).await;
    assert_eq!(public.link, format!("https://hoopoe.test/the_news/{number}"));
    assert_eq!(anna.fails(request(99)).await, "MESSAGE_ID_INVALID");
}

#[tokio::test]
async fn silent_channels_are_listed_the_most_silent_first() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let oldest = channel(&anna, true).await;
    world.pass(60);
    let old = channel(&anna, false).await;
    world.pass(40 * 24 * 3600);
    channel(&anna, true).await;
    let enums::messages::InactiveChats::InactiveChats(silent) =
        anna.ok(f::GetInactiveChannels {}).await;
    let ids: Vec<i64> = silent
        .chats
        .iter()
        .map(|chat| match chat {
            enums::Chat::Channel(channel) => channel.id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!((ids, silent.dates.len()), (vec![oldest.0, old.0], 2));
    assert_eq!(anna.fails(f::GetLeftChannels { offset: 0 }).await, "TAKEOUT_REQUIRED");
}

#[tokio::test]
async fn slow_mode_says_when_the_next_message_may_come() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    anna.ok(f::ToggleSlowMode { channel: anna.input_channel(id), seconds: 60 }).await;
    assert_eq!(full(&ben, id).await.slowmode_next_send_date, None);
    let sent = world.core.now().0;
    post(&ben, id, "one").await;
    post(&anna, id, "as often as she likes").await;
    let next = full(&ben, id).await.slowmode_next_send_date;
    assert_eq!(next.map(i64::from), Some(sent + 60));
    assert_eq!(full(&anna, id).await.slowmode_next_send_date, None);
    world.pass(60);
    assert_eq!(full(&ben, id).await.slowmode_next_send_date, None);
}
