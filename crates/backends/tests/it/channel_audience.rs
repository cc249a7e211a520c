//! What a channel costs with a thousand subscribers and with a hundred thousand, counted: a post, and what a member missed.

use std::path::Path;

use backends::Enrolled;
use model::account::{Authorization, StoredKey};
use model::limits::CHANNEL_DIFFERENCE_EVENTS;
use model::{AuthKeyId, AuthorizationHash, ChannelId, Pts, UserId};
use store::Stores;
use store::conformance::channel_scene::{broadcast, text};
use store::conformance::support::NOW;
use store::ports::channels::{NewChannelMessage, ParticipantFilter};

/// Posts that are counted together.
const POSTS: u64 = 20;
/// The first of those who only follow.
const FIRST: i64 = 5_000_000;

/// A channel in a folder of its own.
struct Audience {
    folder: tempfile::TempDir,
    channel: ChannelId,
    owner: UserId,
    member: UserId,
    posted: i64,
}

/// Rows, statements of the writer, and bytes that went to the log of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Written {
    rows: u64,
    statements: u64,
    bytes: u64,
}

fn counter(stores: &Stores, name: &str) -> u64 {
    stores.upkeep.counters().into_iter().find(|(one, _)| *one == name).expect("counted").1
}

fn open(folder: &Path) -> Stores {
    backends::open(folder, backends::ViewKey::of_tools(), &|_, _| {}).unwrap()
}

impl Audience {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stores = open(folder.path());
        let scene = broadcast(&stores).await;
        let (channel, owner, member) = (scene.id, scene.owner, scene.member);
        drop(stores);
        Self { folder, channel, owner, member, posted: 0 }
    }

    /// Lets it grow to this many, none of whom is connected.
    async fn grow_to(&self, count: i64) {
        let stores = open(self.folder.path());
        let channels = stores.channels.channels(&[self.channel]).await.unwrap();
        let there = i64::from(channels[0].participants);
        drop((stores, channels));
        let people = FIRST + there..FIRST + count;
        backends::enroll(self.folder.path(), self.channel, people, NOW).unwrap();
    }

    fn new_post(&mut self) -> NewChannelMessage {
        self.posted += 1;
        NewChannelMessage {
            sender: self.owner,
            channel: self.channel,
            random_id: Some(self.posted),
            date: NOW,
            clock: NOW,
            body: text(&"hello ".repeat(50)),
            reply_to: None,
            mentions: Vec::new(),
            clear_draft: false,
        }
    }

    /// One after another, each durable before the next.
    async fn post(&mut self, stores: &Stores) {
        for _ in 0..POSTS {
            let new = self.new_post();
            stores.channels.post(vec![new]).await.unwrap();
        }
    }

    async fn cost_of_posts(&mut self) -> Written {
        let stores = open(self.folder.path());
        // Statements are prepared once.
        self.post(&stores).await;
        stores.upkeep.tidy().await.unwrap();
        let log = self.folder.path().join(format!("{}-wal", backends::DATABASE));
        assert_eq!(std::fs::metadata(&log).unwrap().len(), 0, "the log was emptied");
        let before = ["rows_written", "write_statements"].map(|name| counter(&stores, name));
        self.post(&stores).await;
        let after = ["rows_written", "write_statements"].map(|name| counter(&stores, name));
        Written {
            rows: after[0] - before[0],
            statements: after[1] - before[1],
            bytes: std::fs::metadata(&log).unwrap().len(),
        }
    }

    /// Statements that read what the member missed since `missed` posts, all of it.
    async fn cost_of_catching_up(&self, missed: i32) -> u64 {
        let stores = open(self.folder.path());
        let end = stores.channels.channels(&[self.channel]).await.unwrap()[0].pts;
        let before = counter(&stores, "read_statements");
        let (mut at, mut read) = (Pts(end.0 - missed), 0);
        while at < end {
            let limit = CHANNEL_DIFFERENCE_EVENTS;
            let events = stores.channels.channel_events(self.channel, self.member, at, limit).await;
            let events = events.unwrap();
            read += events.len();
            at = events.last().expect("more is missing").pts;
        }
        assert_eq!(read, usize::try_from(missed).unwrap());
        counter(&stores, "read_statements") - before
    }
}

fn within(few: u64, many: u64, percent: u64) -> bool {
    few.abs_diff(many) * 100 <= few * percent
}

#[tokio::test]
async fn a_post_writes_the_same_for_a_thousand_and_for_a_hundred_thousand() {
    let mut audience = Audience::new().await;
    audience.grow_to(1_000).await;
    let few = audience.cost_of_posts().await;
    // The message, and where its channel stands.
    assert_eq!(few.rows, 2 * POSTS);
    // With less than a page for each index that a message is in, and those above them.
    assert!(few.bytes / POSTS < 64 * 1024, "{few:?}");
    audience.grow_to(100_000).await;
    let many = audience.cost_of_posts().await;
    assert_eq!((few.rows, few.statements), (many.rows, many.statements));
    assert!(within(few.bytes, many.bytes, 5), "{few:?} and {many:?}");
}

#[tokio::test]
async fn what_was_missed_costs_the_same_for_a_thousand_and_for_a_hundred_thousand() {
    let mut audience = Audience::new().await;
    audience.grow_to(1_000).await;
    let stores = open(audience.folder.path());
    let posts: Vec<_> = (0..1000).map(|_| audience.new_post()).collect();
    stores.channels.post(posts).await.unwrap();
    drop(stores);
    let mut costs = Vec::new();
    for people in [1_000, 100_000] {
        audience.grow_to(people).await;
        let mut cost = [0; 3];
        for (cost, missed) in cost.iter_mut().zip([100, 500, 1000]) {
            *cost = audience.cost_of_catching_up(missed).await;
        }
        costs.push(cost);
    }
    assert_eq!(costs[0], costs[1]);
    // A page costs the same, but for the search for its beginning: four halvings in a thousand posts.
    let [page, five, ten] = costs[0];
    assert!(five <= 5 * (page + 4) && ten <= 10 * (page + 4), "{costs:?}");
}

#[tokio::test]
async fn who_was_enrolled_is_a_subscriber_like_any_other() {
    let audience = Audience::new().await;
    audience.grow_to(1_000).await;
    let stores = open(audience.folder.path());
    let channels = &stores.channels;
    assert_eq!(channels.channels(&[audience.channel]).await.unwrap()[0].participants, 1_000);
    assert_eq!(channels.channels_of(UserId(FIRST + 500)).await.unwrap(), [audience.channel]);
    let recent = ParticipantFilter::Recent;
    let (rows, count) = channels
        .participants(audience.channel, audience.owner, recent, &[], (990, 20))
        .await
        .unwrap();
    assert_eq!((rows.len(), count), (10, 1_000));
    let left = channels.leave_channel(audience.channel, UserId(FIRST + 500), NOW).await.unwrap();
    assert_eq!(left.participants, 999);
    let report = stores.upkeep.check(&|_, _| {}).await.unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
    assert_eq!(stores.accounts.users(&[UserId(FIRST + 500)]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn who_was_enrolled_with_a_key_is_signed_in() {
    let audience = Audience::new().await;
    let people = (0..3).map(|at| {
        let (user, id) = (UserId(FIRST + at), AuthKeyId(u64::MAX / 2 + at.cast_unsigned()));
        let key = StoredKey {
            id,
            sealed: b"sealed".to_vec(),
            layer: 1,
            created: NOW,
            dc: 2,
            expires: None,
            bound_to: None,
            bound_until: None,
        };
        let hash = AuthorizationHash(at);
        let authorization =
            Authorization { hash, key: id, user, active: NOW, ..Authorization::default() };
        Enrolled { user, device: Some((key, authorization)) }
    });
    let folder = audience.folder.path();
    let enrolled: Vec<Enrolled> = people.collect();
    backends::enroll_devices(folder, audience.channel, enrolled.clone(), NOW).unwrap();
    let stores = open(folder);
    for Enrolled { user, device } in &enrolled {
        let (key, authorization) = device.clone().unwrap();
        assert_eq!(stores.keys.authorization(key.id).await.unwrap(), Some(authorization));
        assert_eq!(stores.channels.channels_of(*user).await.unwrap(), [audience.channel]);
        assert_eq!(stores.keys.key(key.id, NOW).await.unwrap(), key);
    }
    assert_eq!(stores.upkeep.check(&|_, _| {}).await.unwrap().faults, Vec::<String>::new());
    drop(stores);
    let again = backends::enroll_devices(folder, audience.channel, enrolled, NOW);
    assert_eq!(again, Err(store::Error::Conflict));
}
