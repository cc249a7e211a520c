//! Cases of the channels port: what readers leave on posts.

use model::event::ChannelEvent;
use model::invariants::START;
use model::limits::REACTIONS_PER_USER;
use model::message::{Body, Counters, Entity, EntityKind, Message};
use model::rights::Denial;
use model::{MessageId, Peer, UserId};

use super::channel_log::events;
use super::channel_scene::{Scene, broadcast, group, service, text};
use super::support::NOW;
use crate::ports::channels::{ChannelChange, NewChannelMessage};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! channel_readers_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            channel_readers,
            $make,
            [
                views_are_counted_once,
                forwards_are_counted,
                a_supergroup_counts_nothing,
                reactions_are_replaced,
                reactions_are_listed_newest_first,
                reactions_follow_the_rules,
                mentions_are_unread_until_seen,
                mentions_in_a_thread_are_seen_by_themselves,
                a_reply_mentions_its_author,
                mentions_end_with_the_message_or_the_membership,
                unread_counts_leave_out_own_messages,
                the_outbox_mark_is_what_others_read,
            ]
        );
    };
}

/// For each viewer, and not for the author.
pub async fn views_are_counted_once(stores: &Stores) {
    let scene = broadcast(stores).await;
    let ids = scene.say_many(&["one", "two"]).await;
    let count = async |viewer, increment: bool| {
        let asked = [ids[0], MessageId(99)];
        stores
            .channels
            .count_views(scene.id, viewer, &asked, increment.then_some(NOW))
            .await
            .unwrap()
    };
    let views = |views| vec![(ids[0], Counters { views, forwards: 0 })];
    assert_eq!(count(scene.member, false).await, views(1));
    assert_eq!(count(scene.member, true).await, views(2));
    assert_eq!(count(scene.member, true).await, views(2));
    assert_eq!(count(scene.owner, true).await, views(2));
    assert_eq!(count(scene.admin, true).await, views(3));
    assert_eq!(scene.message(scene.member, ids[0]).await.counters.unwrap().views, 3);
    assert_eq!(scene.message(scene.member, ids[1]).await.counters.unwrap().views, 1);
    let new = events(&scene, START, 1).await.remove(0).event;
    assert_eq!(new, ChannelEvent::NewMessage(Some(scene.message(scene.member, ids[0]).await)));
    scene.delete(&ids).await;
    assert_eq!(count(scene.member, true).await, []);
}

/// Each time.
pub async fn forwards_are_counted(stores: &Stores) {
    let scene = broadcast(stores).await;
    let id = scene.say(scene.owner, "one").await;
    stores.channels.count_views(scene.id, scene.member, &[id], Some(NOW)).await.unwrap();
    for forwards in 1..4 {
        let counted = stores.channels.count_forwards(scene.id, &[id], NOW).await.unwrap();
        assert_eq!(counted, [(id, Counters { views: 2, forwards })]);
    }
}

/// Its messages are not posts.
pub async fn a_supergroup_counts_nothing(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.say(scene.owner, "one").await;
    assert_eq!(scene.message(scene.member, id).await.counters, None);
    assert_eq!(
        stores.channels.count_views(scene.id, scene.member, &[id], Some(NOW)).await.unwrap(),
        []
    );
    assert_eq!(stores.channels.count_forwards(scene.id, &[id], NOW).await.unwrap(), []);
}

async fn react(
    scene: &Scene<'_>,
    user: UserId,
    id: MessageId,
    emoji: &[&str],
) -> crate::Result<Message> {
    let emoji = emoji.iter().map(|&one| one.to_owned()).collect();
    scene.stores.channels.react_to_post(scene.id, user, id, emoji, NOW).await
}

fn counts(message: &Message) -> Vec<(&str, i32)> {
    message.reactions.counts.iter().map(|(emoji, count)| (emoji.as_str(), *count)).collect()
}

/// A person's new ones take the place of the old ones.
pub async fn reactions_are_replaced(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.say(scene.owner, "one").await;
    let pts = scene.pts().await;
    react(&scene, scene.member, id, &["👍", "👍"]).await.unwrap();
    react(&scene, scene.admin, id, &["🔥"]).await.unwrap();
    let seen = react(&scene, scene.owner, id, &["🔥", "👍"]).await.unwrap();
    assert_eq!(counts(&seen), [("👍", 2), ("🔥", 2)]);
    assert_eq!(seen.reactions.mine, ["🔥", "👍"]);
    let recent: Vec<_> =
        seen.reactions.recent.iter().map(|one| (one.user, one.emoji.as_str())).collect();
    assert_eq!(recent, [(scene.owner, "👍"), (scene.owner, "🔥"), (scene.admin, "🔥")]);
    let seen = react(&scene, scene.member, id, &["🔥"]).await.unwrap();
    assert_eq!(counts(&seen), [("🔥", 3), ("👍", 1)]);
    let seen = react(&scene, scene.owner, id, &[]).await.unwrap();
    assert_eq!((counts(&seen), seen.reactions.mine.len()), (vec![("🔥", 2)], 0));
    assert_eq!(scene.pts().await, pts);
}

/// Of one kind or all, in pages.
pub async fn reactions_are_listed_newest_first(stores: &Stores) {
    let scene = broadcast(stores).await;
    let id = scene.say(scene.owner, "one").await;
    react(&scene, scene.member, id, &["👍"]).await.unwrap();
    react(&scene, scene.admin, id, &["🔥"]).await.unwrap();
    let seen = react(&scene, scene.owner, id, &["👍"]).await.unwrap();
    assert_eq!(seen.reactions.recent, [], "a broadcast channel does not show who reacted");
    let list = async |emoji, offset, limit| {
        let page =
            stores.channels.post_reactions(scene.id, scene.owner, id, emoji, (offset, limit)).await;
        let (list, total) = page.unwrap();
        (list.into_iter().map(|one| one.user).collect::<Vec<_>>(), total)
    };
    assert_eq!(list(None, 0, 2).await, (vec![scene.owner, scene.admin], 3));
    assert_eq!(list(None, 2, 2).await, (vec![scene.member], 3));
    assert_eq!(list(Some("👍"), 0, 9).await, (vec![scene.owner, scene.member], 2));
    scene.delete(&[id]).await;
    let gone = stores.channels.post_reactions(scene.id, scene.owner, id, None, (0, 9)).await;
    assert_eq!(gone, Err(Error::NotFound));
}

/// Of the channel.
pub async fn reactions_follow_the_rules(stores: &Stores) {
    let scene = broadcast(stores).await;
    let id = scene.say(scene.owner, "one").await;
    let event = scene.post(scene.written(scene.owner, service())).await.id;
    assert_eq!(react(&scene, scene.stranger, id, &["👍"]).await, Err(Denial::Private.into()));
    assert_eq!(react(&scene, scene.member, event, &["👍"]).await, Err(Error::NotFound));
    assert_eq!(react(&scene, scene.member, MessageId(99), &["👍"]).await, Err(Error::NotFound));
    let many: Vec<_> = ["1", "2", "3", "4"].into_iter().take(REACTIONS_PER_USER + 1).collect();
    assert_eq!(react(&scene, scene.member, id, &many).await, Err(Denial::TooMany.into()));
    let some = Some(Some(vec!["🔥".to_owned()]));
    scene.change(ChannelChange { reactions: some, ..ChannelChange::default() }).await;
    assert_eq!(react(&scene, scene.member, id, &["👍"]).await, Err(Denial::WriteForbidden.into()));
    assert!(react(&scene, scene.member, id, &["🔥"]).await.is_ok());
    scene.publish("public_name").await;
    assert!(react(&scene, scene.stranger, id, &["🔥"]).await.is_ok());
}

fn mentioning(scene: &Scene<'_>, by_id: UserId, by_name: UserId) -> NewChannelMessage {
    let entity = Entity { offset: 0, length: 1, kind: EntityKind::MentionName { user: by_id } };
    let body = Body { entities: vec![entity], ..text("hey") };
    NewChannelMessage { mentions: vec![by_name], ..scene.written(scene.owner, body) }
}

/// By id or by name; only members.
pub async fn mentions_are_unread_until_seen(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.post(mentioning(&scene, scene.admin, scene.member)).await.id;
    scene.post(mentioning(&scene, scene.owner, scene.stranger)).await;
    for user in [scene.admin, scene.member] {
        let message = scene.message(user, id).await;
        assert!(message.mentioned && message.media_unread);
        assert_eq!(scene.dialog(user).await.unread_mentions, 1);
    }
    assert!(!scene.message(scene.owner, id).await.mentioned);
    assert_eq!(scene.dialog(scene.owner).await.unread_mentions, 0);
    let ids = [id];
    let read = || stores.channels.read_post_contents(scene.id, scene.member, &ids);
    assert_eq!(read().await.unwrap(), [id]);
    assert_eq!(read().await.unwrap(), []);
    let message = scene.message(scene.member, id).await;
    assert!(message.mentioned && !message.media_unread);
    let read = stores.channels.read_post_mentions(scene.id, scene.admin, None, 10).await.unwrap();
    assert_eq!((read, scene.dialog(scene.admin).await.unread_mentions), (vec![id], 0));
}

/// What waits elsewhere waits on.
pub async fn mentions_in_a_thread_are_seen_by_themselves(stores: &Stores) {
    let scene = group(stores).await;
    let top = scene.post(mentioning(&scene, scene.admin, scene.member)).await.id;
    let inside = async || {
        let new = mentioning(&scene, scene.admin, scene.member);
        scene.post(NewChannelMessage { reply_to: Some(top), ..new }).await.id
    };
    let (first, second) = (inside().await, inside().await);
    let read = async |thread, limit| {
        let read = stores.channels.read_post_mentions(scene.id, scene.member, thread, limit);
        read.await.unwrap()
    };
    assert_eq!(read(Some(first), 9).await, []);
    assert_eq!(read(Some(top), 1).await, [first]);
    assert_eq!(read(Some(top), 9).await, [second]);
    assert_eq!(scene.dialog(scene.member).await.unread_mentions, 1);
    assert_eq!(read(None, 9).await, [top]);
}

/// Unless it is one's own, or a post.
pub async fn a_reply_mentions_its_author(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.say(scene.member, "what?").await;
    let reply =
        |sender| NewChannelMessage { reply_to: Some(id), ..scene.written(sender, text("this")) };
    let answer = scene.post(reply(scene.owner)).await.id;
    let own = scene.post(reply(scene.member)).await.id;
    assert!(scene.message(scene.member, answer).await.mentioned);
    assert!(!scene.message(scene.member, own).await.mentioned);
}

/// Nothing is left to be seen.
pub async fn mentions_end_with_the_message_or_the_membership(stores: &Stores) {
    let scene = group(stores).await;
    let first = scene.post(mentioning(&scene, scene.admin, scene.member)).await.id;
    let second = scene.post(mentioning(&scene, scene.admin, scene.member)).await.id;
    scene.delete(&[first]).await;
    assert_eq!(scene.dialog(scene.member).await.unread_mentions, 1);
    let seen = stores.channels.read_post_contents(scene.id, scene.member, &[first]).await;
    assert_eq!(seen.unwrap(), []);
    stores.channels.leave_channel(scene.id, scene.member, NOW).await.unwrap();
    scene.add(&[scene.member]).await;
    assert_eq!(scene.dialog(scene.member).await.unread_mentions, 0);
    assert!(scene.message(scene.member, second).await.mentioned);
}

/// And deleted ones.
pub async fn unread_counts_leave_out_own_messages(stores: &Stores) {
    {
        let scene = group(stores).await;
        let ids = scene.say_many(&["one", "two", "three"]).await;
        scene.say(scene.admin, "four").await;
        scene.delete(&[ids[1]]).await;
        assert_eq!(scene.dialog(scene.member).await.unread_count, 3);
        assert_eq!(scene.dialog(scene.admin).await.unread_count, 2);
        assert_eq!(scene.dialog(scene.owner).await.unread_count, 1);
        let peer = Peer::Channel(scene.id);
        let read = stores.dialogs.read_channel(scene.member, peer, ids[0], NOW).await.unwrap();
        assert_eq!((read.unread_count, read.read_inbox_max), (2, ids[0]));
    }
}

/// In a supergroup.
pub async fn the_outbox_mark_is_what_others_read(stores: &Stores) {
    let scene = group(stores).await;
    let first = scene.say(scene.member, "one").await;
    let second = scene.say(scene.owner, "two").await;
    let third = scene.say(scene.member, "three").await;
    let mark = || stores.channels.channel_outbox_mark(scene.id, scene.member);
    let read = |user, id| stores.dialogs.read_channel(user, Peer::Channel(scene.id), id, NOW);
    assert_eq!(mark().await.unwrap(), MessageId(0));
    read(scene.member, third).await.unwrap();
    assert_eq!(mark().await.unwrap(), MessageId(0));
    read(scene.admin, second).await.unwrap();
    assert_eq!(mark().await.unwrap(), first);
    read(scene.owner, third).await.unwrap();
    assert_eq!(mark().await.unwrap(), third);
}
