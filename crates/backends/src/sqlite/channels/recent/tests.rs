//! What stays in memory, and what does not.

use model::channel::Channel;
use model::message::{Body, Entity, EntityKind};
use model::{MessageId, UnixTime, UserId};
use store::conformance::support::{NOW, later, phone};
use store::ports::channels::{NewChannel, NewChannelMessage};
use store::ports::{AccountStore as _, ChannelStore as _};
use tempfile::TempDir;

use super::super::super::Sqlite;
use super::super::{Channels, ViewKey};
use super::*;

/// A log of posts that are numbered and placed alike.
fn log(id: i64, last: i32) -> Log {
    let channel = Channel { id: ChannelId(id), pts: Pts(last), ..Channel::default() };
    let (last_id, messages) = (MessageId(last), last);
    Log { channel, last_id, messages, top_date: NOW, moved: NOW }
}

fn body(text: &str) -> Body {
    Body { text: text.to_owned(), ..Body::default() }
}

fn row(id: i32, body: Body) -> Arc<MessageRow> {
    let stored = 200 + body.text.len();
    Arc::new(MessageRow {
        pts: Pts(id),
        body: Some(body),
        ..MessageRow::blank(MessageId(id), stored)
    })
}

/// What a reader finds who asks for everything after a position that is newer than the rows before `first`.
fn read(first: i32, last: i32) -> Read {
    let rows = (first..=last).map(|id| row(id, body("hello"))).collect();
    Read { whole_after: Pts(first - 1), quiet_after: Pts(first - 1), rows }
}

fn numbers(tail: &Tail) -> Vec<i32> {
    tail.rows().map(|row| row.id.0).collect()
}

fn kept(recent: &Arc<Recent>, log: &Log) -> Option<Vec<i32>> {
    Recently::new(recent, 0).tail(log).map(|tail| numbers(&tail))
}

#[test]
fn rows_serve_one_position_only_and_grow_with_posts() {
    let recent = Arc::default();
    let keep = |log: &Log, read: Read| Recently::new(&recent, 0).keep(log, &read);
    keep(&log(1, 9), read(5, 9));
    assert_eq!(kept(&recent, &log(1, 9)), Some((5..=9).collect()));
    // Neither an older snapshot, nor a newer one, nor one that knows of counters that were dropped.
    assert_eq!(kept(&recent, &log(1, 8)), None);
    assert_eq!(kept(&recent, &log(1, 10)), None);
    assert!(Recently::new(&recent, 1).tail(&log(1, 9)).is_none());
    // What was posted since is added, unless something else happened in between.
    keep(&log(1, 11), read(10, 11));
    assert_eq!(kept(&recent, &log(1, 11)), Some((5..=11).collect()));
    keep(&log(1, 13), Read { quiet_after: Pts(12), ..read(12, 13) });
    assert_eq!(kept(&recent, &log(1, 13)), Some(vec![12, 13]));
    // An older snapshot takes nothing away, and neither does one that read less.
    keep(&log(1, 12), read(3, 12));
    keep(&log(1, 13), read(13, 13));
    assert_eq!(kept(&recent, &log(1, 13)), Some(vec![12, 13]));
    keep(&log(1, 13), read(2, 13));
    assert_eq!(kept(&recent, &log(1, 13)), Some((2..=13).collect()));
    // A part that does not reach the end, or has holes, is no tail.
    keep(&log(2, 9), read(3, 8));
    let mut holes = read(3, 9);
    holes.rows.remove(2);
    keep(&log(2, 9), holes);
    assert_eq!(kept(&recent, &log(2, 9)), None);
}

#[test]
fn a_first_reply_makes_a_thread() {
    let recent = Arc::default();
    Recently::new(&recent, 0).keep(&log(1, 3), &read(1, 3));
    let reply = MessageRow { thread: Some(MessageId(2)), ..MessageRow::clone(&row(4, body("so"))) };
    let more = Read { rows: vec![Arc::new(reply)], ..read(4, 4) };
    Recently::new(&recent, 0).keep(&log(1, 4), &more);
    let tail = Recently::new(&recent, 0).tail(&log(1, 4)).unwrap();
    let threaded: Vec<_> = tail.rows().map(|row| row.threaded).collect();
    assert_eq!(threaded, [false, true, false, false]);
}

#[test]
fn what_was_read_before_a_change_is_not_kept() {
    let recent = Arc::default();
    let early = Recently::new(&recent, 0);
    early.keep(&log(1, 3), &read(1, 3));
    recent.forget(&[ChannelId(1)]);
    assert_eq!(kept(&recent, &log(1, 3)), None);
    early.keep(&log(1, 3), &read(1, 3));
    assert_eq!(kept(&recent, &log(1, 3)), None);
    Recently::new(&recent, 0).keep(&log(1, 3), &read(1, 3));
    assert_eq!(kept(&recent, &log(1, 3)), Some(vec![1, 2, 3]));
}

#[test]
fn what_ends_by_itself_is_not_kept() {
    let recent = Arc::default();
    let keep = |log: &Log, read: Read| Recently::new(&recent, 0).keep(log, &read);
    let ending = || row(4, Body { expires: Some(later(9)), ..body("gone soon") });
    let mut some = read(1, 6);
    some.rows[3] = ending();
    keep(&log(1, 6), some);
    let tail = Recently::new(&recent, 0).tail(&log(1, 6)).unwrap();
    assert_eq!(numbers(&tail), [5, 6]);
    assert!(tail.after(Pts(3)).is_none());
    assert_eq!(tail.after(Pts(4)).unwrap().count(), 2);
    assert!(tail.find(MessageId(4)).is_none());
    keep(&log(2, 3), read(1, 3));
    keep(&log(2, 4), Read { rows: vec![ending()], ..read(4, 4) });
    assert_eq!(kept(&recent, &log(2, 4)), None);
    assert!(!format!("{recent:?}").contains("gone soon"));
}

#[test]
fn memory_is_bounded() {
    let recent = Arc::default();
    let keep = |log: &Log, read: Read| Recently::new(&recent, 0).keep(log, &read);
    keep(&log(1, 1000), read(1, 1000));
    assert_eq!(kept(&recent, &log(1, 1000)).unwrap().len(), ROWS);
    for last in 1001..1300 {
        keep(&log(1, last), read(last, last));
        assert_eq!(kept(&recent, &log(1, last)).unwrap().len(), ROWS);
    }
    let bold = |n| Entity { offset: n, length: 1, kind: EntityKind::Bold };
    let long = Body { entities: (0..100).map(bold).collect(), ..body(&"x".repeat(16_000)) };
    for id in 2..200 {
        let rows = (1..=100).map(|n| row(n, long.clone())).collect();
        keep(&log(id, 100), Read { rows, ..read(1, 1) });
        let state = recent.0.lock();
        let bytes: usize = state.logs.values().map(|kept| kept.tail.bytes).sum();
        assert_eq!(bytes, state.bytes);
        assert!(bytes <= BYTES);
        for kept in state.logs.values() {
            let counted: usize = kept.tail.rows().map(|row| row.bytes()).sum();
            assert_eq!(counted, kept.tail.bytes);
            assert!(counted <= LOG_BYTES);
        }
        assert!(state.logs.contains_key(&ChannelId(id)));
    }
    // What is read stays, and what is not goes.
    assert_eq!(kept(&recent, &log(1, 1299)), None);
    assert!(kept(&recent, &log(199, 100)).is_some());
}

/// A channel in a database, with what of it is in memory at hand.
struct Scene {
    database: Arc<Sqlite>,
    channels: Channels,
    owner: UserId,
    id: ChannelId,
    _folder: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Sqlite::open(&folder.path().join("hoopoe.db"), None, &|_, _| {}).unwrap();
        let channels = Channels::new(Arc::clone(&database), ViewKey::of_tools());
        let name = || "Name".to_owned();
        let owner = database.create_user(phone(1), name(), name(), NOW).await.unwrap().id;
        let new = NewChannel {
            creator: owner,
            title: name(),
            about: String::new(),
            broadcast: true,
            now: NOW,
            ttl_period: None,
        };
        let id = channels.create_channel(new).await.unwrap().id;
        Self { database, channels, owner, id, _folder: folder }
    }

    async fn say(&self, text: &str, expires: Option<UnixTime>) -> MessageId {
        let new = NewChannelMessage {
            sender: self.owner,
            channel: self.id,
            random_id: None,
            date: NOW,
            clock: NOW,
            body: Body { expires, ..body(text) },
            reply_to: None,
            mentions: Vec::new(),
            clear_draft: false,
        };
        self.channels.post(vec![new]).await.unwrap().remove(0).message.id
    }

    /// Everything, as a subscriber who comes back reads it.
    async fn read(&self) -> usize {
        let read = self.channels.channel_events(self.id, UserId(7), Pts(1), 100).await;
        read.unwrap().len()
    }

    /// The views of a post, perhaps with this one.
    async fn view(&self, viewer: i64, post: MessageId, counts: bool) -> i32 {
        let (viewer, seen) = (UserId(viewer), counts.then_some(NOW));
        let counted = self.channels.count_views(self.id, viewer, &[post], seen).await;
        counted.unwrap()[0].1.views
    }

    fn holds(&self, text: &str) -> bool {
        format!("{:?}", self.database.recent()).contains(text)
    }
}

#[tokio::test]
async fn what_is_changed_or_deleted_is_out_of_memory_when_it_is_answered() {
    let scene = Scene::new().await;
    let first = scene.say("zanzibar", None).await;
    let second = scene.say("zebra", None).await;
    scene.read().await;
    assert!(scene.holds("zanzibar") && scene.holds("zebra"));
    let edit = scene.channels.edit_post(scene.id, scene.owner, first, body("zoo"), Some(NOW));
    edit.await.unwrap();
    assert!(!scene.holds("zanzibar"));
    scene.read().await;
    assert!(scene.holds("zoo") && scene.holds("zebra"));
    scene.channels.delete_posts(scene.id, scene.owner, &[second], NOW).await.unwrap();
    assert!(!scene.holds("zebra"));
    scene.read().await;
    assert!(scene.holds("zoo"));
    scene.channels.delete_channel(scene.id, scene.owner).await.unwrap();
    assert!(!scene.holds("zoo"));
    scene.read().await;
    assert!(!scene.holds("zoo"));
}

#[tokio::test]
async fn what_has_a_timer_is_never_in_memory() {
    let scene = Scene::new().await;
    scene.say("zanzibar", None).await;
    scene.say("zebra", Some(later(9))).await;
    let before = scene.read().await;
    scene.say("zoo", None).await;
    assert_eq!((scene.read().await, scene.read().await), (before + 1, before + 1));
    assert!(!scene.holds("zebra") && scene.holds("zoo"));
    assert_eq!(scene.channels.expire_posts(later(9), 9).await.unwrap().looked_at, 1);
    scene.read().await;
    assert!(!scene.holds("zebra") && scene.holds("zoo"));
}

#[tokio::test]
async fn counters_that_were_written_and_dropped_are_read_anew() {
    let scene = Scene::new().await;
    let post = scene.say("zanzibar", None).await;
    scene.read().await;
    assert!(scene.holds("zanzibar"));
    for viewer in 1..6 {
        scene.view(viewer, post, true).await;
    }
    let views = &scene.channels.counters.views;
    views.write(&scene.database).await;
    views.drop_written();
    let read = scene.channels.posts(scene.id, UserId(7), &[post]).await.unwrap();
    let views = scene.view(7, post, false).await;
    assert_eq!(read[0].counters.unwrap().views, views);
    assert!(views >= 5);
}
