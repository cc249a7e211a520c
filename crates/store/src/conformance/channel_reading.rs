//! Cases of the channels port: how a log is read and searched.

use model::dialog::HistoryWindow;
use model::event::{AccountEvent, ChannelEvent};
use model::invariants::{START, check_sequence};
use model::message::{Body, MediaClass};
use model::rights::AdminRights;
use model::{MessageId, Peer, UnixTime, UserId};

use super::channel_scene::{Scene, broadcast, create, group, newest, service, text};
use super::support::{NOW, later};
use super::writing::{document, named, photo};
use crate::Stores;
use crate::ports::boxes::SearchQuery;
use crate::ports::channels::{ChannelChange, NewChannelMessage};

/// The names of this file's cases.
#[macro_export]
macro_rules! channel_reading_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            channel_reading,
            $make,
            [
                messages_come_in_the_order_asked,
                a_history_is_read_in_windows,
                deleted_messages_leave_no_gap_in_windows,
                a_history_is_read_by_date,
                a_history_with_long_gaps_is_read_in_windows,
                the_past_is_hidden_from_newcomers,
                admins_see_the_past,
                a_public_past_is_open,
                who_deletes_the_history_for_themselves_reads_on_from_there,
                words_are_found_by_their_beginnings,
                what_is_deleted_or_edited_is_found_no_more,
                files_are_found_by_what_they_are_called,
                authors_learn_who_read_in_a_supergroup,
                a_channel_keeps_no_readers,
                fleeting_messages_are_not_found,
                a_search_takes_plain_typing,
                a_search_stays_in_its_channel,
                a_search_is_narrowed,
                a_search_comes_in_pages,
                posts_do_not_betray_their_authors,
                mentions_not_seen_are_found,
                a_long_log_is_searched_whole,
            ]
        );
    };
}

/// Unknown and deleted ones are left out.
pub async fn messages_come_in_the_order_asked(stores: &Stores) {
    let scene = group(stores).await;
    let ids = scene.say_many(&["one", "two", "three"]).await;
    scene.delete(&[ids[1]]).await;
    let asked = [ids[2], MessageId(99), ids[1], ids[0]];
    let found = stores.channels.posts(scene.id, scene.member, &asked).await.unwrap();
    assert_eq!(found.iter().map(|message| message.id).collect::<Vec<_>>(), [ids[2], ids[0]]);
}

async fn ids(scene: &Scene<'_>, viewer: UserId, window: HistoryWindow) -> (Vec<i32>, i32, i32) {
    let page = scene.stores.channels.channel_history(scene.id, viewer, window).await.unwrap();
    let ids = page.messages.iter().map(|message| message.id.0).collect();
    (ids, page.total, page.offset_from_newest)
}

fn around(offset_id: i32, add_offset: i32, limit: i32) -> HistoryWindow {
    HistoryWindow { offset_id: MessageId(offset_id), add_offset, limit, ..HistoryWindow::default() }
}

/// As `model::dialog::HistoryWindow` says.
pub async fn a_history_is_read_in_windows(stores: &Stores) {
    let scene = group(stores).await;
    for _ in 0..10 {
        scene.say(scene.owner, "tick").await;
    }
    let read = async |window| ids(&scene, scene.member, window).await;
    assert_eq!(read(around(0, 0, 3)).await, (vec![10, 9, 8], 10, 0));
    assert_eq!(read(around(8, 0, 3)).await, (vec![7, 6, 5], 10, 3));
    assert_eq!(read(around(8, -2, 4)).await, (vec![9, 8, 7, 6], 10, 1));
    assert_eq!(read(around(8, -9, 8)).await, (vec![10, 9], 10, 0));
    assert_eq!(read(around(4, 2, 5)).await, (vec![1], 10, 9));
    assert_eq!(read(around(4, 20, 5)).await, (vec![], 10, 10));
    assert_eq!(read(around(99, 0, 1)).await, (vec![10], 10, 0));
    let bounded = HistoryWindow { max_id: MessageId(9), min_id: MessageId(6), ..newest(5) };
    assert_eq!(read(bounded).await, (vec![8, 7], 10, 2));
}

/// Nor in the counts.
pub async fn deleted_messages_leave_no_gap_in_windows(stores: &Stores) {
    let scene = group(stores).await;
    for _ in 0..10 {
        scene.say(scene.owner, "tick").await;
    }
    scene.delete(&[2, 3, 6, 9].map(MessageId)).await;
    let read = async |window| ids(&scene, scene.member, window).await;
    assert_eq!(read(newest(20)).await, (vec![10, 8, 7, 5, 4, 1], 6, 0));
    assert_eq!(read(around(6, 0, 2)).await, (vec![5, 4], 6, 3));
    assert_eq!(read(around(6, -2, 3)).await, (vec![8, 7, 5], 6, 1));
    assert_eq!(read(around(7, 1, 9)).await, (vec![4, 1], 6, 4));
}

/// That which was before it.
pub async fn a_history_is_read_by_date(stores: &Stores) {
    let scene = group(stores).await;
    for at in [10, 20, 20, 30, 40] {
        scene
            .post(NewChannelMessage { date: later(at), ..scene.written(scene.owner, text("tick")) })
            .await;
    }
    scene.delete(&[MessageId(3)]).await;
    let before =
        |at| HistoryWindow { offset_date: later(at), limit: 2, ..HistoryWindow::default() };
    let read = async |window| ids(&scene, scene.member, window).await;
    assert_eq!(read(before(30)).await, (vec![2, 1], 4, 2));
    assert_eq!(read(before(20)).await, (vec![1], 4, 3));
    assert_eq!(read(before(10)).await, (vec![], 4, 4));
    assert_eq!(read(before(99)).await, (vec![5, 4], 4, 0));
    let around = HistoryWindow { add_offset: -1, ..before(30) };
    assert_eq!(read(around).await, (vec![4, 2], 4, 1));
}

async fn hide_the_past(stores: &Stores) -> Scene<'_> {
    let scene = group(stores).await;
    scene.change(ChannelChange { prehistory_hidden: Some(true), ..ChannelChange::default() }).await;
    scene.say_many(&["old", "older"]).await;
    scene.add(&[scene.stranger]).await;
    scene
}

/// Wherever they look.
pub async fn the_past_is_hidden_from_newcomers(stores: &Stores) {
    let scene = hide_the_past(stores).await;
    let (old, new) = (MessageId(1), scene.say(scene.owner, "new").await);
    let viewer = scene.stranger;
    assert_eq!(scene.find(viewer, old).await, None);
    assert_eq!(ids(&scene, viewer, newest(9)).await, (vec![3], 1, 0));
    assert_eq!(ids(&scene, viewer, around(1, -9, 9)).await.0, [3]);
    assert_eq!(ids(&scene, scene.member, newest(9)).await, (vec![3, 2, 1], 3, 0));
    assert_eq!(search(&scene, viewer, "old").await, []);
    stores.channels.edit_post(scene.id, scene.owner, old, text("changed"), None).await.unwrap();
    let events = stores.channels.channel_events(scene.id, viewer, START, 9).await.unwrap();
    let positions = events.iter().map(|entry| (entry.pts, entry.pts_count));
    assert_eq!(check_sequence(positions, scene.pts().await), Ok(()));
    let events: Vec<_> = events.into_iter().map(|entry| entry.event).collect();
    let shown = ChannelEvent::NewMessage(Some(scene.message(viewer, new).await));
    let hidden = ChannelEvent::NewMessage(None);
    assert_eq!(events, [hidden.clone(), hidden, shown, ChannelEvent::EditMessage(None)]);
    assert_eq!(scene.dialog(viewer).await.unread_count, 1);
    let reacted = stores.channels.react_to_post(scene.id, viewer, old, vec!["👍".to_owned()], NOW);
    assert_eq!(reacted.await, Err(crate::Error::NotFound));
}

/// For as long as they are.
pub async fn admins_see_the_past(stores: &Stores) {
    let scene = hide_the_past(stores).await;
    let pins = AdminRights { pin_messages: true, ..AdminRights::default() };
    scene.grant(scene.owner, scene.stranger, pins).await.unwrap();
    assert_eq!(scene.texts(scene.stranger).await, ["older", "old"]);
    scene.grant(scene.owner, scene.stranger, AdminRights::default()).await.unwrap();
    assert_eq!(scene.texts(scene.stranger).await, Vec::<String>::new());
    scene
        .change(ChannelChange { prehistory_hidden: Some(false), ..ChannelChange::default() })
        .await;
    assert_eq!(scene.texts(scene.stranger).await, ["older", "old"]);
}

/// Anybody could read it from outside.
pub async fn a_public_past_is_open(stores: &Stores) {
    let scene = hide_the_past(stores).await;
    scene.publish("public_name").await;
    assert_eq!(scene.texts(scene.stranger).await, ["older", "old"]);
}

/// Nobody else is touched, and it stays so.
pub async fn who_deletes_the_history_for_themselves_reads_on_from_there(stores: &Stores) {
    let scene = group(stores).await;
    scene.say_many(&["one", "two", "three"]).await;
    let viewer = scene.member;
    let clear = async |user, up_to| {
        let cleared = stores.channels.clear_channel(scene.id, user, up_to, NOW).await;
        cleared.map(|(hidden, entry)| {
            let event = AccountEvent::ChannelCleared { channel: scene.id, max_id: hidden };
            assert_eq!(entry.event, event, "recorded with it");
            hidden
        })
    };
    assert_eq!(clear(viewer, MessageId(2)).await, Ok(MessageId(2)));
    assert_eq!(scene.texts(viewer).await, ["three"]);
    assert_eq!(scene.find(viewer, MessageId(1)).await, None);
    assert_eq!(search(&scene, viewer, "one").await, []);
    assert_eq!(scene.texts(scene.owner).await, ["three", "two", "one"]);
    assert_eq!(scene.dialog(viewer).await.unread_count, 1);
    // What is gone does not come back with a smaller number.
    assert_eq!(clear(viewer, MessageId(1)).await, Ok(MessageId(2)));
    assert_eq!(clear(viewer, MessageId(0)).await, Ok(MessageId(3)));
    let dialog = scene.dialog(viewer).await;
    assert_eq!((dialog.top_message, dialog.unread_count), (MessageId(0), 0));
    assert!(scene.is_listed(viewer).await);
    let events = stores.channels.channel_events(scene.id, viewer, START, 9).await.unwrap();
    assert!(events.iter().all(|entry| entry.event == ChannelEvent::NewMessage(None)), "{events:?}");
    let new = scene.say(scene.owner, "four").await;
    assert_eq!(scene.texts(viewer).await, ["four"]);
    assert_eq!(scene.dialog(viewer).await.top_message, new);
    let outside = Err(crate::Error::Denied(model::rights::Denial::NotParticipant));
    assert_eq!(clear(scene.stranger, MessageId(0)).await, outside);
    // A number that is not there yet is the newest one.
    assert_eq!(clear(viewer, MessageId(99)).await, Ok(new));
}

/// As one without gaps, wherever they begin and end.
pub async fn a_history_with_long_gaps_is_read_in_windows(stores: &Stores) {
    let scene = broadcast(stores).await;
    let post =
        |n: i64| NewChannelMessage { date: later(n), ..scene.written(scene.owner, text("a")) };
    stores.channels.post((1..=6300).map(post).collect()).await.unwrap();
    let gaps = [3..20, 1000..3500, 3502..4096, 4097..5100, 5101..6200];
    for some in gaps.iter().cloned().flatten().map(MessageId).collect::<Vec<_>>().chunks(500) {
        scene.delete(some).await;
    }
    let is_there = |id: &i32| !gaps.iter().any(|gap| gap.contains(id));
    let all: Vec<i32> = (1..=6300).rev().filter(is_there).collect();
    let total = i32::try_from(all.len()).unwrap();
    let key = |id: &i32| (MessageId(*id), later(i64::from(*id)));
    for offset in
        [0, 1, 2, 20, 999, 1000, 2048, 3499, 3500, 3501, 4095, 4096, 4097, 5100, 6199, 6200, 9000]
    {
        for add_offset in [-100, -7, 0, 3, 60] {
            for limit in [1, 5, 100] {
                let by_id = HistoryWindow {
                    offset_id: MessageId(offset),
                    add_offset,
                    limit,
                    ..HistoryWindow::default()
                };
                let date = if offset > 0 { later(offset.into()) } else { UnixTime(0) };
                let by_date = HistoryWindow { offset_id: MessageId(0), offset_date: date, ..by_id };
                for window in [by_id, by_date] {
                    let found = stores.channels.channel_history(scene.id, scene.member, window);
                    let found = found.await.unwrap();
                    let ids: Vec<i32> = found.messages.iter().map(|message| message.id.0).collect();
                    let (expected, place) = window.cut(&all, key);
                    let expected: Vec<i32> = expected.into_iter().copied().collect();
                    assert_eq!((ids, found.total), (expected, total), "{window:?}");
                    assert_eq!(found.offset_from_newest, place, "{window:?}");
                }
            }
        }
    }
    // The newest one that is left is found as well.
    let rest: Vec<_> = (6200..=6300).map(MessageId).collect();
    scene.delete(&rest).await;
    assert_eq!(scene.channel().await.top_message, MessageId(5100));
}

async fn found(scene: &Scene<'_>, viewer: UserId, query: SearchQuery) -> (Vec<i32>, i32) {
    let page = scene.stores.channels.search_channel(scene.id, viewer, query).await.unwrap();
    (page.messages.iter().map(|message| message.id.0).collect(), page.total)
}

fn query(words: &str) -> SearchQuery {
    SearchQuery { text: words.to_owned(), window: newest(100), ..SearchQuery::default() }
}

async fn search(scene: &Scene<'_>, viewer: UserId, words: &str) -> Vec<i32> {
    found(scene, viewer, query(words)).await.0
}

/// All of them, in any order, whatever their case and script.
pub async fn words_are_found_by_their_beginnings(stores: &Stores) {
    let scene = group(stores).await;
    scene
        .say_many(&[
            "The quick brown fox",
            "Ein Überfluss; brauner Füchse",
            "quicksilver",
            "привет мир",
            "a_b",
        ])
        .await;
    let search = async |words| search(&scene, scene.member, words).await;
    assert_eq!(search("QUICK").await, [3, 1]);
    assert_eq!(search("fo quick").await, [1]);
    assert_eq!(search("überf").await, [2]);
    assert_eq!(search("uberf").await, [2]);
    assert_eq!(search("ПРИВ").await, [4]);
    assert_eq!(search("b").await, [5, 2, 1]);
    assert_eq!(search("rown").await, []);
    assert_eq!(search("quick\" OR *").await, []);
    assert_eq!(search("  ").await, [5, 4, 3, 2, 1]);
}

/// A post is found by a plainer spelling, until it is gone.
pub async fn a_search_takes_plain_typing(stores: &Stores) {
    let scene = group(stores).await;
    let ids = scene.say_many(&["القُرآن الكريم", "مصطفى سنة ١٤٤٥"]).await;
    let search = async |words| search(&scene, scene.member, words).await;
    assert_eq!(search("القران").await, [1]);
    assert_eq!(search("مصطفي 1445").await, [2]);
    scene.delete(&ids).await;
    assert_eq!(search("القران").await, []);
}

/// At once.
pub async fn what_is_deleted_or_edited_is_found_no_more(stores: &Stores) {
    let scene = group(stores).await;
    let ids = scene.say_many(&["apple", "banana apple", "cherry"]).await;
    let search = async |words| search(&scene, scene.member, words).await;
    assert_eq!(search("apple").await, [2, 1]);
    scene.delete(&[ids[0]]).await;
    assert_eq!(search("apple").await, [2]);
    stores.channels.edit_post(scene.id, scene.owner, ids[1], text("orange"), None).await.unwrap();
    assert_eq!(search("apple").await, []);
    assert_eq!(search("oran").await, [2]);
    let late = scene.say(scene.owner, "apple").await;
    assert_eq!(search("apple").await, [late.0]);
    stores.channels.edit_post(scene.id, scene.owner, late, text("apple pie"), None).await.unwrap();
    scene.delete(&[ids[1], late]).await;
    assert_eq!(search("apple").await, []);
    assert_eq!(search("orange").await, []);
}

/// Until they are deleted.
pub async fn files_are_found_by_what_they_are_called(stores: &Stores) {
    let scene = group(stores).await;
    let file = Body { media: Some(named("Annual_Report 2026.pdf")), ..text("for you") };
    let id = scene.post(scene.written(scene.owner, file)).await.id;
    assert_eq!(search(&scene, scene.member, "you report").await, [id.0]);
    scene.delete(&[id]).await;
    assert_eq!(search(&scene, scene.member, "report").await, []);
}

/// Service messages have no words, and what destroys itself leaves none.
pub async fn fleeting_messages_are_not_found(stores: &Stores) {
    let scene = group(stores).await;
    let fleeting = Body { ttl_period: Some(60), ..text("apple") };
    let id = scene.post(scene.written(scene.owner, fleeting)).await.id;
    let event = scene
        .post(scene.written(scene.owner, Body { text: "apple".to_owned(), ..service() }))
        .await
        .id;
    assert_eq!(search(&scene, scene.member, "apple").await, []);
    assert_eq!(search(&scene, scene.member, "").await, [event.0, id.0]);
    stores.channels.edit_post(scene.id, scene.owner, id, text("apple"), None).await.unwrap();
    assert_eq!(search(&scene, scene.member, "apple").await, [id.0]);
}

/// Whatever others say.
pub async fn a_search_stays_in_its_channel(stores: &Stores) {
    let scene = group(stores).await;
    let other = create(stores, scene.owner, false).await.id;
    let other = Scene { stores, id: other, ..scene };
    scene.say(scene.owner, "apple").await;
    let theirs = [other.say(other.owner, "pear").await, other.say(other.owner, "apple").await];
    assert_eq!(search(&scene, scene.owner, "apple").await, [1]);
    assert_eq!(search(&other, scene.owner, "apple").await, [theirs[1].0]);
    assert_eq!(search(&scene, scene.owner, "pear").await, []);
}

/// By author, kind, pin and date, with words or without.
pub async fn a_search_is_narrowed(stores: &Stores) {
    let scene = group(stores).await;
    let post = async |sender, at, media| {
        let body = Body { media, ..text("apple") };
        scene.post(NewChannelMessage { date: later(at), ..scene.written(sender, body) }).await.id
    };
    let plain = post(scene.owner, 10, None).await;
    let picture = post(scene.member, 20, Some(photo())).await;
    let voice = post(scene.owner, 30, Some(document(MediaClass::Voice))).await;
    stores.channels.pin_posts(scene.id, scene.owner, &[plain, voice], true, NOW).await.unwrap();
    for words in ["app", ""] {
        let narrowed = async |query: SearchQuery| {
            let query = SearchQuery { text: words.to_owned(), window: newest(9), ..query };
            found(&scene, scene.admin, query).await.0
        };
        let all = SearchQuery::default;
        assert_eq!(narrowed(all()).await, [3, 2, 1]);
        assert_eq!(
            narrowed(SearchQuery { from: Some(Peer::User(scene.member)), ..all() }).await,
            [picture.0]
        );
        assert_eq!(
            narrowed(SearchQuery { classes: vec![MediaClass::Voice], ..all() }).await,
            [voice.0]
        );
        let both = vec![MediaClass::Photo, MediaClass::Voice];
        assert_eq!(narrowed(SearchQuery { classes: both, ..all() }).await, [3, 2]);
        assert_eq!(narrowed(SearchQuery { pinned: true, ..all() }).await, [3, 1]);
        assert_eq!(narrowed(SearchQuery { min_date: later(10), ..all() }).await, [3, 2]);
        assert_eq!(narrowed(SearchQuery { max_date: later(30), ..all() }).await, [2, 1]);
        let at = SearchQuery { min_date: later(10), max_date: later(30), ..all() };
        assert_eq!(narrowed(at).await, [2]);
        let pinned_photo = SearchQuery { pinned: true, classes: vec![MediaClass::Photo], ..all() };
        assert_eq!(narrowed(pinned_photo).await, []);
    }
}

/// With the number of all that there are.
pub async fn a_search_comes_in_pages(stores: &Stores) {
    let scene = group(stores).await;
    for n in 0..7 {
        scene.say(scene.owner, if n % 2 == 0 { "apple" } else { "pear" }).await;
    }
    let page =
        async |window| found(&scene, scene.member, SearchQuery { window, ..query("apple") }).await;
    assert_eq!(page(around(0, 0, 2)).await, (vec![7, 5], 4));
    assert_eq!(page(around(5, 0, 2)).await, (vec![3, 1], 4));
    assert_eq!(page(around(0, 3, 2)).await, (vec![1], 4));
    let dated =
        HistoryWindow { offset_date: UnixTime(NOW.0 - 1), limit: 5, ..HistoryWindow::default() };
    assert_eq!(page(dated).await, (vec![], 4));
}

/// To those who search for them.
pub async fn posts_do_not_betray_their_authors(stores: &Stores) {
    let scene = broadcast(stores).await;
    scene.say(scene.owner, "apple").await;
    let by_owner = SearchQuery { from: Some(Peer::User(scene.owner)), ..query("") };
    assert_eq!(found(&scene, scene.member, by_owner).await, (vec![], 0));
    assert_eq!(search(&scene, scene.member, "apple").await, [1]);
}

/// To jump to them.
pub async fn mentions_not_seen_are_found(stores: &Stores) {
    let scene = group(stores).await;
    let post = async |mentions| {
        scene
            .post(NewChannelMessage { mentions, ..scene.written(scene.owner, text("hey")) })
            .await
            .id
    };
    let first = post(vec![scene.member]).await;
    post(vec![scene.admin]).await;
    let third = post(vec![scene.member]).await;
    let unseen = || SearchQuery { unread_mentions: true, ..query("") };
    assert_eq!(found(&scene, scene.member, unseen()).await, (vec![third.0, first.0], 2));
    stores.channels.read_post_mentions(scene.id, scene.member, None, 1).await.unwrap();
    assert_eq!(found(&scene, scene.member, unseen()).await, (vec![third.0], 1));
}

/// Also one that takes several rounds to be indexed.
pub async fn a_long_log_is_searched_whole(stores: &Stores) {
    let scene = broadcast(stores).await;
    let batch: Vec<_> = (0..1200).map(|_| scene.written(scene.owner, text("apple"))).collect();
    stores.channels.post(batch).await.unwrap();
    let (page, total) = found(&scene, scene.member, query("apple")).await;
    assert_eq!((page.len(), page[0], total), (100, 1200, 1200));
    let events =
        stores.channels.channel_events(scene.id, scene.member, model::Pts(1000), 3).await.unwrap();
    assert_eq!(events.iter().map(|entry| entry.pts.0).collect::<Vec<_>>(), [1001, 1002, 1003]);
}

/// Each by the first mark that reached the message.
pub async fn authors_learn_who_read_in_a_supergroup(stores: &Stores) {
    let scene = group(stores).await;
    let ids = scene.say_many(&["one", "two"]).await;
    let peer = Peer::Channel(scene.id);
    let read = |who, id, at| stores.dialogs.read_channel(who, peer, id, later(at));
    read(scene.member, ids[0], 1).await.unwrap();
    read(scene.admin, ids[1], 2).await.unwrap();
    read(scene.member, ids[1], 3).await.unwrap();
    let readers = async |id| stores.channels.post_readers(scene.id, scene.owner, id).await.unwrap();
    let (member, admin) = (scene.member, scene.admin);
    assert_eq!(readers(ids[0]).await, [(member, later(1)), (admin, later(2))]);
    assert_eq!(readers(ids[1]).await, [(admin, later(2)), (member, later(3))]);
    stores.channels.leave_channel(scene.id, member, later(4)).await.unwrap();
    assert_eq!(readers(ids[0]).await, [(admin, later(2))]);
}

/// Its readers are not known to each other.
pub async fn a_channel_keeps_no_readers(stores: &Stores) {
    let scene = broadcast(stores).await;
    let id = scene.say(scene.owner, "news").await;
    let peer = Peer::Channel(scene.id);
    stores.dialogs.read_channel(scene.member, peer, id, later(1)).await.unwrap();
    let readers = stores.channels.post_readers(scene.id, scene.owner, id).await.unwrap();
    assert_eq!(readers, []);
}
