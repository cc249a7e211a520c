//! Cases of the channels port: what changes a log.

use model::event::{AccountEvent, ChannelEntry, ChannelEvent};
use model::invariants::{START, check_sequence};
use model::limits::REACTIONS_PER_USER;
use model::message::{Body, Counters, Entity, EntityKind, Message};
use model::rights::{AdminRights, BannedRights, Denial};
use model::{ChannelId, MessageId, Peer, Pts, UserId};

use super::channel_scene::{Scene, broadcast, create, group, kicked, service, text};
use super::support::{NOW, later};
use crate::ports::channels::{ChannelChange, LogChange, NewChannelMessage};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! channel_log_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            channel_log,
            $make,
            [
                posts_are_numbered_and_move_the_log,
                a_random_id_is_posted_once,
                a_repetition_is_answered_after_a_ban,
                a_random_id_stays_taken,
                a_post_is_found_by_its_random_id,
                a_batch_is_posted_whole_or_not_at_all,
                only_admins_post_to_a_broadcast_channel,
                restrictions_keep_members_silent,
                slow_mode_makes_members_wait,
                slow_mode_counts_what_was_deleted,
                an_album_counts_as_one_message,
                service_messages_need_no_right,
                a_reply_to_nothing_is_none,
                dates_never_go_back,
                a_post_takes_the_draft_away,
                authors_edit_their_messages,
                admins_edit_posts_of_broadcast_channels,
                an_edit_needs_a_change,
                a_hidden_edit_shows_no_date,
                authors_delete_their_messages,
                admins_delete_any_message,
                the_newest_message_is_found_again,
                pins_need_a_right,
                all_pins_are_taken_off,
                events_have_no_holes,
                events_show_the_present_state,
                views_are_counted_once,
                forwards_are_counted,
                a_supergroup_counts_nothing,
                reactions_are_replaced,
                reactions_are_listed_newest_first,
                reactions_follow_the_rules,
                mentions_are_unread_until_seen,
                a_reply_mentions_its_author,
                mentions_end_with_the_message_or_the_membership,
                unread_counts_leave_out_own_messages,
                the_outbox_mark_is_what_others_read,
            ]
        );
    };
}

/// From 1, as its author sees them.
pub async fn posts_are_numbered_and_move_the_log(stores: &Stores) {
    let scene = broadcast(stores).await;
    let first = scene.post(scene.written(scene.admin, text("one"))).await;
    assert_eq!((first.id, first.pts), (MessageId(1), Pts(START.0 + 1)));
    assert_eq!((first.peer, first.from, first.out), (Peer::Channel(scene.id), scene.admin, true));
    assert_eq!((first.post, first.counters), (true, Some(Counters { views: 1, forwards: 0 })));
    let second = scene.post(scene.written(scene.owner, text("two"))).await;
    assert_eq!((second.id, second.pts), (MessageId(2), Pts(START.0 + 2)));
    let channel = scene.channel().await;
    assert_eq!((channel.pts, channel.top_message), (second.pts, second.id));
    assert_eq!(scene.find(scene.admin, first.id).await, Some(first.clone()));
    let seen = scene.message(scene.member, first.id).await;
    assert_eq!(seen, Message { out: false, ..first });
}

fn with_random_id(scene: &Scene<'_>, sender: UserId, random_id: i64) -> NewChannelMessage {
    NewChannelMessage { random_id: Some(random_id), ..scene.written(sender, text("once")) }
}

/// By one sender, in one channel.
pub async fn a_random_id_is_posted_once(stores: &Stores) {
    let scene = group(stores).await;
    let first = scene.try_post(with_random_id(&scene, scene.member, 7)).await.unwrap();
    let again = scene.try_post(with_random_id(&scene, scene.member, 7)).await.unwrap();
    assert!(!first.duplicate && again.duplicate);
    assert_eq!(again.message, first.message);
    let other = scene.try_post(with_random_id(&scene, scene.admin, 7)).await.unwrap();
    assert!(!other.duplicate);
    assert_eq!(scene.texts(scene.member).await.len(), 2);
    let new = with_random_id(&scene, scene.member, 8);
    let both = stores.channels.post(vec![new.clone(), new]).await.unwrap();
    assert_eq!((both[0].duplicate, both[1].duplicate), (false, true));
    assert_eq!(both[0].message, both[1].message);
    assert_eq!(scene.pts().await, both[1].message.pts);
}

/// It was acknowledged before.
pub async fn a_repetition_is_answered_after_a_ban(stores: &Stores) {
    let scene = group(stores).await;
    let first = scene.try_post(with_random_id(&scene, scene.member, 7)).await.unwrap();
    scene.ban(scene.member, kicked()).await;
    let again = scene.try_post(with_random_id(&scene, scene.member, 7)).await.unwrap();
    assert_eq!((again.duplicate, again.message), (true, first.message));
    let new = scene.try_post(with_random_id(&scene, scene.member, 8)).await;
    assert_eq!(new.unwrap_err(), Denial::Banned.into());
}

/// By its sender alone, while it is there.
pub async fn a_post_is_found_by_its_random_id(stores: &Stores) {
    let scene = group(stores).await;
    let posted = scene.post(with_random_id(&scene, scene.member, 7)).await;
    let before =
        async |who| stores.channels.posted_before(scene.id, who, &[8, 7]).await.expect("readable");
    assert_eq!(before(scene.member).await, [(7, posted.clone())]);
    assert_eq!(before(scene.admin).await, []);
    scene.delete(&[posted.id]).await;
    assert_eq!(before(scene.member).await, []);
}

/// A late repetition must not bring a deleted message back.
pub async fn a_random_id_stays_taken(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.post(with_random_id(&scene, scene.member, 7)).await.id;
    scene.delete(&[id]).await;
    let again = scene.try_post(with_random_id(&scene, scene.member, 7)).await;
    assert_eq!(again.unwrap_err(), Error::Conflict);
}

/// In order.
pub async fn a_batch_is_posted_whole_or_not_at_all(stores: &Stores) {
    let scene = broadcast(stores).await;
    let ours = scene.written(scene.owner, text("ours"));
    let theirs = scene.written(scene.member, text("theirs"));
    let failed = stores.channels.post(vec![ours.clone(), theirs]).await;
    assert_eq!(failed.unwrap_err(), Denial::AdminRequired.into());
    assert_eq!((scene.pts().await, scene.texts(scene.owner).await), (START, vec![]));
    let other = create(stores, scene.owner, false).await.id;
    let elsewhere = NewChannelMessage { channel: other, ..ours.clone() };
    let posted = stores.channels.post(vec![ours.clone(), elsewhere, ours]).await.unwrap();
    let ids: Vec<_> =
        posted.iter().map(|posted| (posted.message.peer, posted.message.id.0)).collect();
    let (here, there) = (Peer::Channel(scene.id), Peer::Channel(other));
    assert_eq!(ids, [(here, 1), (there, 1), (here, 2)]);
    let unknown =
        NewChannelMessage { channel: ChannelId(3), ..scene.written(scene.owner, text("")) };
    assert_eq!(scene.try_post(unknown).await.unwrap_err(), Error::NotFound);
}

/// With the right to post.
pub async fn only_admins_post_to_a_broadcast_channel(stores: &Stores) {
    let scene = broadcast(stores).await;
    let refused = scene.try_post(scene.written(scene.member, text("no"))).await;
    assert_eq!(refused.unwrap_err(), Denial::AdminRequired.into());
    let no_poster = AdminRights { edit_messages: true, ..AdminRights::default() };
    scene.grant(scene.owner, scene.admin, no_poster).await.unwrap();
    let refused = scene.try_post(scene.written(scene.admin, text("no"))).await;
    assert_eq!(refused.unwrap_err(), Denial::AdminRequired.into());
    let stranger = scene.try_post(scene.written(scene.stranger, text("no"))).await;
    assert_eq!(stranger.unwrap_err(), Denial::Private.into());
}

/// Their own, and those of all members; as long as they run.
pub async fn restrictions_keep_members_silent(stores: &Stores) {
    let scene = group(stores).await;
    let write = |date| NewChannelMessage { date, ..scene.written(scene.member, text("hello")) };
    scene
        .ban(
            scene.member,
            BannedRights { send_messages: true, until: later(60), ..BannedRights::default() },
        )
        .await;
    assert_eq!(scene.try_post(write(NOW)).await.unwrap_err(), Denial::WriteForbidden.into());
    assert!(scene.try_post(write(later(60))).await.is_ok());
    let no_text = BannedRights { send_plain: true, ..BannedRights::default() };
    scene.change(ChannelChange { default_banned: Some(no_text), ..ChannelChange::default() }).await;
    assert_eq!(scene.try_post(write(later(60))).await.unwrap_err(), Denial::MediaForbidden.into());
    let photo = Body { media: Some(super::writing::photo()), ..Body::default() };
    let photo = NewChannelMessage { date: later(60), ..scene.written(scene.member, photo) };
    assert!(scene.try_post(photo).await.is_ok());
    assert!(scene.try_post(scene.written(scene.admin, text("admins may"))).await.is_ok());
    scene.publish("public_name").await;
    let stranger = scene.try_post(scene.written(scene.stranger, text("no"))).await;
    assert_eq!(stranger.unwrap_err(), Denial::NotParticipant.into());
}

async fn slow(stores: &Stores) -> Scene<'_> {
    let scene = group(stores).await;
    scene.change(ChannelChange { slow_mode_s: Some(30), ..ChannelChange::default() }).await;
    scene
}

/// But no admins.
pub async fn slow_mode_makes_members_wait(stores: &Stores) {
    let scene = slow(stores).await;
    let write =
        |sender, at| NewChannelMessage { date: later(at), ..scene.written(sender, text("hello")) };
    let joined = scene.written(scene.member, service());
    scene.post(joined).await;
    assert!(scene.try_post(write(scene.member, 0)).await.is_ok());
    let early = scene.try_post(write(scene.member, 12)).await;
    assert_eq!(early.unwrap_err(), Denial::SlowMode(18).into());
    assert!(scene.try_post(write(scene.member, 30)).await.is_ok());
    for _ in 0..2 {
        assert!(scene.try_post(write(scene.admin, 31)).await.is_ok());
    }
}

/// Or deleting would shorten the wait.
pub async fn slow_mode_counts_what_was_deleted(stores: &Stores) {
    let scene = slow(stores).await;
    let write =
        |at, body| NewChannelMessage { date: later(at), ..scene.written(scene.member, body) };
    let last = || stores.channels.wrote_last(scene.id, scene.member);
    scene.post(write(0, service())).await;
    assert_eq!(last().await, Ok(None));
    let first = scene.post(write(1, text("hello"))).await.id;
    assert_eq!(last().await, Ok(Some(later(1))));
    stores.channels.delete_posts(scene.id, scene.member, &[first], later(2)).await.unwrap();
    assert_eq!(last().await, Ok(Some(later(1))));
    let early = scene.try_post(write(11, text("again"))).await;
    assert_eq!(early.unwrap_err(), Denial::SlowMode(20).into());
    let told = scene.post(write(12, service())).await.id;
    scene.delete(&[told]).await;
    assert_eq!(last().await, Ok(Some(later(1))), "a service message is none of theirs");
    scene.post(write(31, text("again"))).await;
    assert_eq!(last().await, Ok(Some(later(31))));
    // What ends by itself counts, too.
    let body = Body { ttl_period: Some(5), expires: Some(later(66)), ..text("fleeting") };
    scene.post(write(61, body)).await;
    stores.channels.expire_posts(later(70), 9).await.unwrap();
    assert_eq!(last().await, Ok(Some(later(61))));
    let early = scene.try_post(write(71, text("early"))).await;
    assert_eq!(early.unwrap_err(), Denial::SlowMode(20).into());
    assert_eq!(stores.channels.wrote_last(scene.id, scene.stranger).await, Ok(None));
}

/// To slow mode.
pub async fn an_album_counts_as_one_message(stores: &Stores) {
    let scene = slow(stores).await;
    let part = |grouped_id| {
        let body = Body { grouped_id, ..text("part") };
        scene.written(scene.member, body)
    };
    let loose = stores.channels.post(vec![part(None), part(None)]).await;
    assert_eq!(loose.unwrap_err(), Denial::SlowMode(30).into());
    let album = stores.channels.post(vec![part(Some(5)), part(Some(5)), part(Some(5))]).await;
    assert_eq!(album.unwrap().len(), 3);
    let more = stores.channels.post(vec![part(Some(5))]).await;
    assert_eq!(more.unwrap_err(), Denial::SlowMode(30).into());
}

/// The service that writes them has checked the act they tell of.
pub async fn service_messages_need_no_right(stores: &Stores) {
    let scene = broadcast(stores).await;
    let message = scene.post(scene.written(scene.stranger, service())).await;
    assert_eq!((message.counters, message.post), (None, true));
    let counted =
        stores.channels.count_views(scene.id, scene.member, &[message.id], Some(NOW)).await;
    assert_eq!(counted.unwrap(), []);
}

/// Rather than an error: it may have been deleted while the answer was written.
pub async fn a_reply_to_nothing_is_none(stores: &Stores) {
    let scene = group(stores).await;
    let first = scene.say(scene.owner, "one").await;
    let gone = scene.say(scene.owner, "two").await;
    scene.delete(&[gone]).await;
    let reply =
        |to| NewChannelMessage { reply_to: Some(to), ..scene.written(scene.member, text("re")) };
    assert_eq!(scene.post(reply(first)).await.reply_to, Some(first));
    assert_eq!(scene.post(reply(gone)).await.reply_to, None);
    assert_eq!(scene.post(reply(MessageId(99))).await.reply_to, None);
}

/// Though clocks do.
pub async fn dates_never_go_back(stores: &Stores) {
    let scene = group(stores).await;
    let write =
        |at| NewChannelMessage { date: later(at), ..scene.written(scene.owner, text("tick")) };
    assert_eq!(scene.post(write(100)).await.date, later(100));
    assert_eq!(scene.post(write(40)).await.date, later(100));
    assert_eq!(scene.dialog(scene.member).await.date, later(100));
}

/// If it was asked to.
pub async fn a_post_takes_the_draft_away(stores: &Stores) {
    let scene = group(stores).await;
    let draft = model::dialog::Draft { text: "hel".to_owned(), ..model::dialog::Draft::default() };
    let peer = Peer::Channel(scene.id);
    stores.dialogs.set_draft(scene.member, peer, Some(draft.clone())).await.unwrap();
    let post = |clear_draft| NewChannelMessage {
        clear_draft,
        ..scene.written(scene.member, text("hello"))
    };
    scene.post(post(false)).await;
    assert_eq!(stores.dialogs.drafts(scene.member).await.unwrap(), [(peer, draft)]);
    let cleared = scene.try_post(post(true)).await.unwrap().cleared.unwrap();
    assert_eq!(cleared.event, AccountEvent::DraftMessage { peer, draft: None });
    assert_eq!(stores.accounts.account_events(scene.member, NOW, 9).await, Ok(vec![cleared]));
    assert_eq!(stores.dialogs.drafts(scene.member).await.unwrap(), []);
}

/// While they are in. In a supergroup, nobody edits the words of others.
pub async fn authors_edit_their_messages(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.say(scene.member, "hello").await;
    let edit =
        |actor| stores.channels.edit_post(scene.id, actor, id, text("goodbye"), Some(later(5)));
    for other in [scene.owner, scene.admin] {
        assert_eq!(edit(other).await.unwrap_err(), Denial::NotAuthor.into());
    }
    assert_eq!(edit(scene.stranger).await.unwrap_err(), Denial::NotParticipant.into());
    let (message, change) = edit(scene.member).await.unwrap();
    assert_eq!((message.body.text.as_str(), message.edit_date), ("goodbye", Some(later(5))));
    assert_eq!(change, LogChange { pts: Pts(START.0 + 2), pts_count: 1, discussion: None });
    assert_eq!(message.pts, Pts(START.0 + 1));
    assert_eq!(scene.message(scene.member, id).await, message);
    scene.ban(scene.member, kicked()).await;
    let gone = stores.channels.edit_post(scene.id, scene.member, id, text("again"), None).await;
    assert_eq!(gone.unwrap_err(), Denial::NotParticipant.into());
}

/// With the right to edit; an author needs the right to post still.
pub async fn admins_edit_posts_of_broadcast_channels(stores: &Stores) {
    let scene = broadcast(stores).await;
    let id = scene.say(scene.admin, "hello").await;
    let edit = |actor, words| stores.channels.edit_post(scene.id, actor, id, text(words), None);
    let editor = AdminRights { edit_messages: true, ..AdminRights::default() };
    scene.grant(scene.owner, scene.member, editor).await.unwrap();
    assert_eq!(edit(scene.member, "edited").await.unwrap().0.body.text, "edited");
    let no_poster = AdminRights { pin_messages: true, ..AdminRights::default() };
    scene.grant(scene.owner, scene.admin, no_poster).await.unwrap();
    assert_eq!(edit(scene.admin, "mine").await.unwrap_err(), Denial::NotAuthor.into());
}

/// And something to be changed.
pub async fn an_edit_needs_a_change(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.say(scene.owner, "hello").await;
    let event = scene.post(scene.written(scene.owner, service())).await.id;
    let edit = |id| stores.channels.edit_post(scene.id, scene.owner, id, text("hello"), Some(NOW));
    assert_eq!(edit(id).await.unwrap_err(), Error::NotModified);
    assert_eq!(edit(event).await.unwrap_err(), Error::NotFound);
    assert_eq!(edit(MessageId(99)).await.unwrap_err(), Error::NotFound);
    scene.delete(&[id]).await;
    assert_eq!(edit(id).await.unwrap_err(), Error::NotFound);
}

/// Nor forgets an older one.
pub async fn a_hidden_edit_shows_no_date(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.say(scene.owner, "one").await;
    let edit = |words, at| stores.channels.edit_post(scene.id, scene.owner, id, text(words), at);
    assert_eq!(edit("two", None).await.unwrap().0.edit_date, None);
    edit("three", Some(later(3))).await.unwrap();
    assert_eq!(edit("four", None).await.unwrap().0.edit_date, Some(later(3)));
}

/// And none of others.
pub async fn authors_delete_their_messages(stores: &Stores) {
    let scene = group(stores).await;
    let theirs = scene.say(scene.admin, "theirs").await;
    let own = scene.say(scene.member, "own").await;
    let before = scene.pts().await;
    let delete = async |ids: &[MessageId]| {
        stores.channels.delete_posts(scene.id, scene.member, ids, NOW).await
    };
    let mixed = [own, theirs];
    assert_eq!(delete(&mixed).await, Err(Denial::AdminRequired.into()));
    assert!(scene.find(scene.member, own).await.is_some());
    let unmoved = LogChange { pts: before, pts_count: 0, discussion: None };
    assert_eq!(delete(&[MessageId(99)]).await, Ok((vec![], unmoved)));
    let moved = LogChange { pts: Pts(before.0 + 1), pts_count: 1, discussion: None };
    assert_eq!(delete(&[own, MessageId(99), own]).await, Ok((vec![own], moved)));
    assert_eq!(scene.find(scene.member, own).await, None);
    let stranger = stores.channels.delete_posts(scene.id, scene.stranger, &[theirs], NOW).await;
    assert_eq!(stranger, Err(Denial::NotParticipant.into()));
}

/// With the right to.
pub async fn admins_delete_any_message(stores: &Stores) {
    let scene = broadcast(stores).await;
    let ids = scene.say_many(&["one", "two", "three"]).await;
    let none = AdminRights { invite_users: true, ..AdminRights::default() };
    scene.grant(scene.owner, scene.admin, none).await.unwrap();
    let picked = [ids[2], ids[0]];
    let delete = || stores.channels.delete_posts(scene.id, scene.admin, &picked, NOW);
    assert_eq!(delete().await, Err(Denial::AdminRequired.into()));
    scene
        .grant(scene.owner, scene.admin, AdminRights { delete_messages: true, ..none })
        .await
        .unwrap();
    let (deleted, change) = delete().await.unwrap();
    assert_eq!((deleted, change.pts_count), (vec![ids[0], ids[2]], 2));
    assert_eq!(change.pts, scene.pts().await);
    assert_eq!(scene.texts(scene.member).await, ["two"]);
}

/// After it was deleted, and with it the place in the list.
pub async fn the_newest_message_is_found_again(stores: &Stores) {
    let scene = group(stores).await;
    let write =
        |at| NewChannelMessage { date: later(at), ..scene.written(scene.owner, text("tick")) };
    let (first, second) = (scene.post(write(10)).await.id, scene.post(write(20)).await.id);
    scene.delete(&[second]).await;
    let dialog = scene.dialog(scene.member).await;
    assert_eq!((dialog.top_message, dialog.date), (first, later(10)));
    scene.delete(&[first]).await;
    assert_eq!(scene.channel().await.top_message, MessageId(0));
    assert_eq!(scene.post(write(5)).await.id, MessageId(3));
}

/// Members have it until it is taken from them; in a broadcast channel, editors have it.
pub async fn pins_need_a_right(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.say(scene.owner, "hello").await;
    let ids = [id];
    let pin = |actor| stores.channels.pin_posts(scene.id, actor, &ids, true, NOW);
    let forbidden = BannedRights { pin_messages: true, ..BannedRights::default() };
    scene
        .change(ChannelChange { default_banned: Some(forbidden), ..ChannelChange::default() })
        .await;
    assert_eq!(pin(scene.member).await, Err(Denial::AdminRequired.into()));
    assert_eq!(pin(scene.stranger).await, Err(Denial::NotParticipant.into()));
    let (pinned, change) = pin(scene.admin).await.unwrap();
    assert_eq!((pinned, change.pts_count), (vec![id], 1));
    assert!(scene.message(scene.member, id).await.pinned);
    let (again, unmoved) = pin(scene.owner).await.unwrap();
    assert_eq!(
        (again, unmoved),
        (vec![], LogChange { pts: change.pts, pts_count: 0, discussion: None })
    );
}

/// At once.
pub async fn all_pins_are_taken_off(stores: &Stores) {
    let scene = broadcast(stores).await;
    let ids = scene.say_many(&["one", "two", "three"]).await;
    let pin = async |ids: &[MessageId], pinned| {
        stores.channels.pin_posts(scene.id, scene.owner, ids, pinned, NOW).await
    };
    pin(&[ids[2], ids[0]], true).await.unwrap();
    let (unpinned, change) = pin(&[], false).await.unwrap();
    assert_eq!((unpinned, change.pts_count), (vec![ids[0], ids[2]], 2));
    assert!(!scene.message(scene.member, ids[0]).await.pinned);
    assert_eq!(pin(&[], false).await.unwrap().1.pts_count, 0);
}

async fn events(scene: &Scene<'_>, after: Pts, limit: i32) -> Vec<ChannelEntry> {
    scene.stores.channels.channel_events(scene.id, scene.member, after, limit).await.unwrap()
}

/// Whatever happened, and wherever one begins.
pub async fn events_have_no_holes(stores: &Stores) {
    let scene = group(stores).await;
    let ids = scene.say_many(&["one", "two", "three", "four"]).await;
    stores.channels.pin_posts(scene.id, scene.owner, &ids, true, NOW).await.unwrap();
    stores.channels.edit_post(scene.id, scene.owner, ids[0], text("uno"), None).await.unwrap();
    scene.delete(&[ids[1], ids[2]]).await;
    scene.say(scene.member, "five").await;
    let all = events(&scene, START, 100).await;
    let positions = all.iter().map(|entry| (entry.pts, entry.pts_count));
    assert_eq!(check_sequence(positions, scene.pts().await), Ok(()));
    for limit in 1..4 {
        let mut read = Vec::new();
        let mut at = START;
        while let Some(last) = {
            read.extend(events(&scene, at, limit).await);
            read.last()
        } {
            if last.pts == at {
                break;
            }
            at = last.pts;
        }
        assert_eq!(read, all);
    }
    // A reader inside a deletion of several hears of it as a whole.
    let deletion =
        all.iter().find(|entry| matches!(entry.event, ChannelEvent::DeleteMessages(_))).unwrap();
    assert_eq!(events(&scene, Pts(deletion.pts.0 - 1), 1).await, std::slice::from_ref(deletion));
    assert_eq!(events(&scene, scene.pts().await, 10).await, []);
}

/// Whoever comes late is spared the history of each message.
pub async fn events_show_the_present_state(stores: &Stores) {
    let scene = group(stores).await;
    let ids = scene.say_many(&["one", "two"]).await;
    stores.channels.edit_post(scene.id, scene.owner, ids[0], text("uno"), None).await.unwrap();
    stores.channels.edit_post(scene.id, scene.owner, ids[1], text("dos"), None).await.unwrap();
    scene.delete(&[ids[1]]).await;
    let edited = scene.message(scene.member, ids[0]).await;
    let seen: Vec<_> =
        events(&scene, START, 10).await.into_iter().map(|entry| entry.event).collect();
    let expected = [
        ChannelEvent::NewMessage(Some(edited.clone())),
        ChannelEvent::NewMessage(None),
        ChannelEvent::EditMessage(Some(edited)),
        ChannelEvent::EditMessage(None),
        ChannelEvent::DeleteMessages(vec![ids[1]]),
    ];
    assert_eq!(seen, expected);
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
        let page = stores.channels.post_reactions(scene.id, id, emoji, offset, limit).await;
        let (list, total) = page.unwrap();
        (list.into_iter().map(|one| one.user).collect::<Vec<_>>(), total)
    };
    assert_eq!(list(None, 0, 2).await, (vec![scene.owner, scene.admin], 3));
    assert_eq!(list(None, 2, 2).await, (vec![scene.member], 3));
    assert_eq!(list(Some("👍"), 0, 9).await, (vec![scene.owner, scene.member], 2));
    scene.delete(&[id]).await;
    let gone = stores.channels.post_reactions(scene.id, id, None, 0, 9).await;
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
    let read = stores.channels.read_post_mentions(scene.id, scene.admin, 10).await.unwrap();
    assert_eq!((read, scene.dialog(scene.admin).await.unread_mentions), (vec![id], 0));
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
