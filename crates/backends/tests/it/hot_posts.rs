//! Posts that are served from memory are what the database has: compared with a store that has no such memory, beside writers,
//! and counted.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use model::dialog::HistoryWindow;
use model::event::{ChannelEntry, ChannelEvent};
use model::message::Body;
use model::{ChannelId, MessageId, Peer, Pts, UserId};
use proptest::prelude::*;
use store::Stores;
use store::conformance::channel_scene::{Scene, broadcast, create, newest, text};
use store::conformance::support::{NOW, later};
use store::memory::MemoryStore;
use store::ports::channels::{ChannelChange, NewChannelMessage};
use store::ports::dialogs::SeenReactions;

use super::channel_costs::counter;

/// One change of the channel, or of the group where it is discussed.
#[derive(Clone, Debug)]
enum Step {
    Post {
        by: usize,
        words: String,
        ends: Option<i64>,
        reply_to: Option<i32>,
        calls: Option<usize>,
    },
    Edit {
        id: i32,
        words: String,
    },
    Delete {
        ids: Vec<i32>,
    },
    Expire {
        at: i64,
    },
    Pin {
        ids: Vec<i32>,
        pinned: bool,
    },
    React {
        by: usize,
        id: i32,
        emoji: Option<&'static str>,
    },
    View {
        by: usize,
        ids: Vec<i32>,
    },
    Forward {
        ids: Vec<i32>,
    },
    Read {
        by: usize,
        id: i32,
    },
    ReadThread {
        by: usize,
        id: i32,
    },
    See {
        by: usize,
        id: i32,
    },
    Clear {
        by: usize,
        id: i32,
    },
    Link {
        linked: bool,
    },
    Hide {
        hidden: bool,
    },
}

fn steps() -> impl Strategy<Value = Vec<(bool, Step)>> {
    let by = || 0..3_usize;
    let id = || 1..12_i32;
    let ids = || prop::collection::vec(id(), 1..4);
    let words = || "[a-d]{1,3}";
    let post = (
        by(),
        words(),
        prop::option::weighted(0.1, 1..20_i64),
        prop::option::weighted(0.4, id()),
        prop::option::weighted(0.2, by()),
    );
    let emoji = prop::option::of(prop::sample::select(vec!["👍", "🔥"]));
    let step = prop_oneof![
        12 => post.prop_map(|(by, words, ends, reply_to, calls)| Step::Post { by, words, ends, reply_to, calls }),
        3 => (id(), words()).prop_map(|(id, words)| Step::Edit { id, words }),
        2 => ids().prop_map(|ids| Step::Delete { ids }),
        1 => (0..20_i64).prop_map(|at| Step::Expire { at }),
        2 => (ids(), any::<bool>()).prop_map(|(ids, pinned)| Step::Pin { ids, pinned }),
        3 => (by(), id(), emoji).prop_map(|(by, id, emoji)| Step::React { by, id, emoji }),
        3 => (by(), ids()).prop_map(|(by, ids)| Step::View { by, ids }),
        1 => ids().prop_map(|ids| Step::Forward { ids }),
        1 => (by(), id()).prop_map(|(by, id)| Step::Read { by, id }),
        1 => (by(), id()).prop_map(|(by, id)| Step::ReadThread { by, id }),
        1 => (by(), id()).prop_map(|(by, id)| Step::See { by, id }),
        1 => (by(), id()).prop_map(|(by, id)| Step::Clear { by, id }),
        1 => any::<bool>().prop_map(|linked| Step::Link { linked }),
        1 => any::<bool>().prop_map(|hidden| Step::Hide { hidden }),
    ];
    prop::collection::vec((any::<bool>(), step), 1..60)
}

fn numbers(ids: &[i32]) -> Vec<MessageId> {
    ids.iter().copied().map(MessageId).collect()
}

fn said(answer: impl Debug) -> String {
    format!("{answer:?}")
}

/// A channel, the group where it is discussed, and people who are in both.
struct World<'a> {
    scene: Scene<'a>,
    group: ChannelId,
}

impl<'a> World<'a> {
    async fn new(stores: &'a Stores) -> Self {
        let scene = broadcast(stores).await;
        let group = create(stores, scene.owner, false).await.id;
        Scene { id: group, ..scene }.add(&[scene.admin, scene.member]).await;
        Self { scene, group }
    }

    fn place(&self, discussed: bool) -> ChannelId {
        if discussed { self.group } else { self.scene.id }
    }

    fn person(&self, number: usize) -> UserId {
        [self.scene.owner, self.scene.admin, self.scene.member][number]
    }

    async fn take(&self, discussed: bool, step: &Step) -> String {
        let (id, owner) = (self.place(discussed), self.scene.owner);
        let port = &self.scene.stores.channels;
        match step {
            Step::Post { by, words, ends, reply_to, calls } => {
                let expires = ends.map(later);
                let body = Body { ttl_period: ends.map(|_| 9), expires, ..text(words) };
                let new = NewChannelMessage {
                    channel: id,
                    reply_to: reply_to.map(MessageId),
                    mentions: calls.iter().map(|called| self.person(*called)).collect(),
                    ..self.scene.written(self.person(*by), body)
                };
                // What it is answered with is made without reading.
                said(port.post(vec![new]).await.map(|posted| posted.len()))
            }
            Step::Edit { id: post, words } => {
                // Other words; when it ends stays.
                let found = port.posts(id, owner, &numbers(&[*post])).await.unwrap().pop();
                let Some(before) = found else { return String::new() };
                let body = Body { text: words.clone(), ..before.body };
                let edited = Some(later(70));
                said(port.edit_post(id, owner, MessageId(*post), body, edited).await)
            }
            Step::Delete { ids } => said(port.delete_posts(id, owner, &numbers(ids), NOW).await),
            Step::Expire { at } => said(port.expire_posts(later(*at), 9).await),
            Step::Pin { ids, pinned } => {
                said(port.pin_posts(id, owner, &numbers(ids), *pinned, NOW).await)
            }
            Step::React { by, id: post, emoji } => {
                let emoji = emoji.iter().map(|one| (*one).to_owned()).collect();
                let user = self.person(*by);
                said(port.react_to_post(id, user, MessageId(*post), emoji, NOW).await)
            }
            Step::View { by, ids } => {
                said(port.count_views(id, self.person(*by), &numbers(ids), Some(NOW)).await)
            }
            Step::Forward { ids } => said(port.count_forwards(id, &numbers(ids), NOW).await),
            mark => self.mark(id, mark).await,
        }
    }

    async fn mark(&self, id: ChannelId, step: &Step) -> String {
        let Scene { stores, owner, .. } = self.scene;
        let (port, peer) = (&stores.channels, Peer::Channel(id));
        match step {
            Step::Read { by, id } => {
                let mark = MessageId(*id);
                said(stores.dialogs.read_channel(self.person(*by), peer, mark, NOW).await)
            }
            Step::ReadThread { by, id: top } => {
                let (user, top) = (self.person(*by), MessageId(*top));
                said(port.read_thread(id, user, top, MessageId(i32::MAX)).await)
            }
            Step::See { by, id: post } => {
                let (user, post) = (self.person(*by), vec![MessageId(*post)]);
                let seen = SeenReactions::InChannel(id, post.clone());
                let seen = said(stores.dialogs.see_reactions(user, seen, NOW).await);
                seen + &said(port.read_post_contents(id, user, &post).await)
            }
            Step::Clear { by, id: mark } => {
                let cleared = port.clear_channel(id, self.person(*by), MessageId(*mark), NOW);
                said(cleared.await.map(|(id, _)| id))
            }
            Step::Link { linked } => {
                let group = linked.then_some(self.group);
                said(port.link_discussion(owner, Some(self.scene.id), group, NOW).await)
            }
            Step::Hide { hidden } => {
                let prehistory_hidden = Some(*hidden);
                let change = ChannelChange { prehistory_hidden, ..ChannelChange::default() };
                said(port.change_channel(id, owner, change).await)
            }
            other => said(other),
        }
    }

    /// What everybody reads, more than once: what the first leaves in memory is what the next ones find.
    async fn read(&self, discussed: bool) -> String {
        let id = self.place(discussed);
        let port = &self.scene.stores.channels;
        let all = numbers(&(1..30).collect::<Vec<_>>());
        let mut seen = String::new();
        for viewer in [self.scene.owner, self.scene.member] {
            for (after, limit) in [(7, 100), (1, 100), (4, 3)] {
                seen += &said(port.channel_events(id, viewer, Pts(after), limit).await);
            }
            let around = HistoryWindow { offset_id: MessageId(6), add_offset: -3, ..newest(5) };
            let skipping = HistoryWindow { add_offset: 2, ..newest(4) };
            for window in [newest(3), newest(20), around, skipping] {
                seen += &said(port.channel_history(id, viewer, window).await);
            }
            seen += &said(port.posts(id, viewer, &all).await);
            seen += &said(port.posts(id, viewer, &all[3..6]).await);
            seen += &said(port.count_views(id, viewer, &all, None).await);
        }
        seen
    }
}

async fn compare(steps: Vec<(bool, Step)>) {
    let (sqlite, _folder) = super::sqlite().await;
    let memory = MemoryStore::stores();
    let (hot, plain) = (World::new(&sqlite).await, World::new(&memory).await);
    for (discussed, step) in steps {
        let reference = plain.take(discussed, &step).await;
        assert_eq!(hot.take(discussed, &step).await, reference, "{step:?}");
        for place in [false, true] {
            assert_eq!(hot.read(place).await, plain.read(place).await, "after {step:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_from_memory_equals_a_store_without_it(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(compare(steps));
    }
}

/// The text of the newest post, by each way to read it.
async fn read_newest(stores: &Stores, channel: ChannelId, id: MessageId, before: Pts) -> [u32; 3] {
    let port = &stores.channels;
    let number = |text: &str| text.parse().unwrap();
    let page = port.channel_history(channel, UserId(8), newest(20)).await.unwrap();
    let posts = port.posts(channel, UserId(8), &[id]).await.unwrap();
    let events = port.channel_events(channel, UserId(8), before, 100).await.unwrap();
    let told = events.iter().find_map(|entry: &ChannelEntry| match &entry.event {
        ChannelEvent::NewMessage(Some(message)) if message.id == id => Some(message),
        _ => None,
    });
    [&page.messages[0], &posts[0], told.unwrap()].map(|message| number(&message.body.text))
}

/// Reads a post until it has had so many edits: never an older text than was answered or read before.
async fn follow(stores: Stores, post: (ChannelId, MessageId, Pts), answered: Arc<AtomicU32>) {
    let (channel, id, before) = post;
    let mut newest = 0;
    while newest < EDITS {
        newest = newest.max(answered.load(Ordering::SeqCst));
        for read in read_newest(&stores, channel, id, before).await {
            assert!(read >= newest, "{read} was read after {newest}");
            newest = read;
        }
    }
}

/// Edits of one post beside its readers.
const EDITS: u32 = 200;

/// An edit that was answered is what everybody reads afterwards, and nobody who has read a newer text reads an older one again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_reads_what_was_before_an_answer() {
    let (stores, _folder) = super::sqlite().await;
    let scene = broadcast(&stores).await;
    scene.say_many(&["a", "b", "c"]).await;
    let before = scene.pts().await;
    let id = scene.say(scene.owner, "0").await;
    let answered = Arc::new(AtomicU32::new(0));
    let reader = || follow(stores.clone(), (scene.id, id, before), Arc::clone(&answered));
    let readers: Vec<_> = (0..3).map(|_| tokio::spawn(reader())).collect();
    for edit in 1..=EDITS {
        let body = text(&edit.to_string());
        stores.channels.edit_post(scene.id, scene.owner, id, body, Some(NOW)).await.unwrap();
        answered.store(edit, Ordering::SeqCst);
    }
    for reader in readers {
        reader.await.unwrap();
    }
}

/// Rows of posts that a read took from the database, and from memory.
async fn rows<T>(stores: &Stores, read: impl Future<Output = T>) -> (u64, u64) {
    let count = || ["read_post_rows", "kept_post_rows"].map(|name| counter(stores, name));
    let before = count();
    read.await;
    let after = count();
    (after[0] - before[0], after[1] - before[1])
}

#[tokio::test]
async fn the_second_reader_costs_no_reading_of_posts() {
    let (stores, _folder) = super::sqlite().await;
    let scene = broadcast(&stores).await;
    let batch: Vec<_> = (0..200).map(|_| scene.written(scene.owner, text("hello"))).collect();
    stores.channels.post(batch).await.unwrap();
    let (port, id) = (&stores.channels, scene.id);
    let missed = async |user, count: i32| {
        let expected = usize::try_from(count).unwrap();
        let after = Pts(scene.pts().await.0 - count);
        let read = port.channel_events(id, UserId(user), after, 100);
        rows(&stores, async { assert_eq!(read.await.unwrap().len(), expected) }).await
    };
    assert_eq!(missed(1, 50).await, (50, 0));
    for user in 2..9 {
        assert_eq!(missed(user, 50).await, (0, 50));
        assert_eq!(missed(user, 10).await, (0, 10));
    }
    // A page, its posts by number, and their counters.
    let page = port.channel_history(id, UserId(2), newest(50));
    assert_eq!(rows(&stores, page).await, (0, 50));
    let ids: Vec<_> = (151..=200).map(MessageId).collect();
    assert_eq!(rows(&stores, port.posts(id, UserId(2), &ids)).await, (0, 50));
    // Who was counted before the start is read once.
    port.count_views(id, UserId(2), &ids, None).await.unwrap();
    let before = counter(&stores, "read_statements");
    port.count_views(id, UserId(2), &ids, None).await.unwrap();
    assert_eq!(counter(&stores, "read_statements") - before, 3, "the channel, and its snapshot");
    // What is posted is read once, and what was there before stays.
    scene.say(scene.owner, "news").await;
    assert_eq!(missed(3, 1).await, (1, 0));
    assert_eq!(missed(4, 51).await, (0, 51));
    // A page that reaches further back is read once, by whoever comes first.
    let page = async || rows(&stores, port.channel_history(id, UserId(5), newest(80))).await;
    assert_eq!(page().await, (100, 80));
    assert_eq!(page().await, (0, 80));
    // Whatever is changed is read anew.
    port.edit_post(id, scene.owner, MessageId(190), text("edited"), Some(NOW)).await.unwrap();
    assert_eq!(page().await, (100, 80));
    assert_eq!(page().await, (0, 80));
}
