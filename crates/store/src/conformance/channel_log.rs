//! Cases of the channels port: posting, and what the log tells.

use model::event::{AccountEvent, ChannelEntry, ChannelEvent};
use model::invariants::{START, check_sequence};
use model::message::{Body, Counters, Message};
use model::rights::{AdminRights, BannedRights, Denial};
use model::{ChannelId, MessageId, Peer, Pts, UserId};

use super::channel_scene::{Scene, broadcast, create, group, kicked, service, text};
use super::support::{NOW, later};
use crate::ports::channels::{ChannelChange, NewChannelMessage};
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
                events_have_no_holes,
                events_show_the_present_state,
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

pub(super) async fn events(scene: &Scene<'_>, after: Pts, limit: i32) -> Vec<ChannelEntry> {
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
