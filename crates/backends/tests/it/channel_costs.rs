//! What channels cost, counted, and what they leave behind.

use std::path::Path;

use model::invariants::START;
use model::message::Counters;
use model::{ChannelId, MessageId, Peer, Pts, UserId};
use store::Stores;
use store::conformance::channel_scene::{Scene, broadcast, create, text};
use store::conformance::support::NOW;
use store::ports::boxes::SearchQuery;
use store::ports::channels::NewChannelMessage;

/// What the store has done up to now.
pub(super) fn counter(stores: &Stores, name: &str) -> u64 {
    let counters = stores.upkeep.counters();
    counters.into_iter().find(|(one, _)| *one == name).expect("counted").1
}

const WRITTEN: [&str; 2] = ["rows_written", "write_statements"];

async fn post(scene: &Scene<'_>, random_id: i64) {
    let new = scene.written(scene.owner, text("hello"));
    scene.post(NewChannelMessage { random_id: Some(random_id), ..new }).await;
}

/// Rows and statements of one post.
async fn cost_of_a_post(scene: &Scene<'_>, random_id: i64) -> [u64; 2] {
    let counters = || WRITTEN.map(|name| counter(scene.stores, name));
    let before = counters();
    post(scene, random_id).await;
    let after = counters();
    [after[0] - before[0], after[1] - before[1]]
}

/// Brings in people who were not there before.
async fn subscribe(scene: &Scene<'_>, count: i64) {
    let first = 5_000_000 + i64::from(scene.channel().await.participants);
    let people: Vec<_> = (0..count).map(|n| UserId(first + n)).collect();
    for some in people.chunks(1000) {
        scene.add(some).await;
    }
}

#[tokio::test]
async fn a_post_costs_the_same_for_any_audience() {
    let (stores, _folder) = super::sqlite().await;
    let scene = broadcast(&stores).await;
    subscribe(&scene, 10).await;
    // Statements are prepared once.
    post(&scene, 1).await;
    let few = cost_of_a_post(&scene, 2).await;
    subscribe(&scene, 10_000).await;
    let many = cost_of_a_post(&scene, 3).await;
    assert_eq!(few, many);
    // The message and the channel's position; beside them, the channel and the author's rights are read, and the
    // transaction begins and ends.
    assert_eq!(many, [2, 6]);
}

/// Statements of one read.
async fn cost_of_reading(scene: &Scene<'_>, after: Pts, limit: i32) -> u64 {
    let before = counter(scene.stores, "read_statements");
    let events = scene.stores.channels.channel_events(scene.id, scene.member, after, limit).await;
    assert_eq!(events.unwrap().len(), usize::try_from(limit).unwrap());
    counter(scene.stores, "read_statements") - before
}

#[tokio::test]
async fn a_difference_costs_the_same_for_any_audience_and_length() {
    let (stores, _folder) = super::sqlite().await;
    let scene = broadcast(&stores).await;
    let batch: Vec<_> = (0..100).map(|_| scene.written(scene.owner, text("hello"))).collect();
    stores.channels.post(batch).await.unwrap();
    let few = cost_of_reading(&scene, Pts(START.0 + 50), 10).await;
    subscribe(&scene, 5_000).await;
    let many = cost_of_reading(&scene, Pts(START.0 + 50), 10).await;
    assert_eq!(few, many);
    let longer = cost_of_reading(&scene, Pts(START.0 + 50), 50).await;
    assert_eq!(few, longer, "messages are read in one statement");
}

#[tokio::test]
async fn a_list_of_public_channels_is_one_statement() {
    let (stores, _folder) = super::sqlite().await;
    let scene = broadcast(&stores).await;
    let mut costs = Vec::new();
    for names in [0..10, 10..200] {
        for n in names {
            let id = create(&stores, UserId(800_000 + n), true).await.id;
            let name = Some(format!("public_{n}"));
            stores.accounts.set_username(Peer::Channel(id), name).await.unwrap();
        }
        let all = scene.id..ChannelId(i64::MAX);
        let before = counter(&stores, "read_statements");
        let listed = stores.channels.public_channels(all, 5000).await.unwrap();
        costs.push((listed.len(), counter(&stores, "read_statements") - before));
    }
    // It, and what opens and ends the snapshot.
    assert_eq!(costs, [(10, 3), (200, 3)]);
}

/// Whether any file of the folder has these bytes.
fn is_written(folder: &Path, marker: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_written(&path, marker);
        }
        std::fs::read(path).unwrap().windows(marker.len()).any(|bytes| bytes == marker.as_bytes())
    })
}

#[tokio::test]
async fn what_is_deleted_is_in_no_file() {
    let (stores, folder) = super::sqlite().await;
    let scene = broadcast(&stores).await;
    let mut ids = Vec::new();
    for n in 0..300 {
        ids.push(scene.say(scene.owner, &format!("zanzibar{n} and other words")).await);
    }
    let edited = scene.say(scene.owner, "zanzibar before the edit").await;
    let query = SearchQuery { text: "zanzibar".to_owned(), ..SearchQuery::default() };
    let found = stores.channels.search_channel(scene.id, scene.member, query).await.unwrap();
    assert_eq!(found.total, 301);
    assert!(is_written(folder.path(), "zanzibar"));
    for some in ids.chunks(100) {
        scene.delete(some).await;
    }
    stores.channels.edit_post(scene.id, scene.owner, edited, text("harmless"), None).await.unwrap();
    stores.upkeep.tidy().await.unwrap();
    assert!(!is_written(folder.path(), "zanzibar"));
    assert!(is_written(folder.path(), "harmless"));
    stores.channels.delete_channel(scene.id, scene.owner).await.unwrap();
    stores.upkeep.tidy().await.unwrap();
    assert!(!is_written(folder.path(), "harmless"));
}

#[tokio::test]
async fn views_survive_an_orderly_end() {
    let folder = tempfile::tempdir().unwrap();
    let (channel, post, member) = {
        let stores =
            backends::open(folder.path(), backends::ViewKey::of_tools(), &|_, _| {}).unwrap();
        let scene = broadcast(&stores).await;
        let post = scene.say(scene.owner, "hello").await;
        stores.channels.count_views(scene.id, scene.member, &[post], Some(NOW)).await.unwrap();
        stores.channels.count_forwards(scene.id, &[post], NOW).await.unwrap();
        (scene.id, post, scene.member)
    };
    let stores = backends::open(folder.path(), backends::ViewKey::of_tools(), &|_, _| {}).unwrap();
    let kept = Counters { views: 2, forwards: 1 };
    let counted = stores.channels.count_views(channel, member, &[post], None).await.unwrap();
    assert_eq!(counted, [(post, kept)]);
    // Who was counted before is not counted again; anybody else is.
    let again = stores.channels.count_views(channel, member, &[post], Some(NOW)).await.unwrap();
    assert_eq!(again, [(post, kept)]);
    let other = stores.channels.count_views(channel, UserId(7), &[post], Some(NOW)).await.unwrap();
    assert_eq!(other, [(post, Counters { views: 3, ..kept })]);
    let kept = Counters { views: 3, ..kept };
    let message = stores.channels.posts(channel, member, &[post]).await.unwrap().remove(0);
    assert_eq!(message.counters, Some(kept));
}

#[tokio::test]
async fn a_large_deleted_channel_is_erased_in_pieces() {
    let (stores, _folder) = super::sqlite().await;
    let scene = broadcast(&stores).await;
    let batch: Vec<_> = (0..1200).map(|_| scene.written(scene.owner, text("hello"))).collect();
    stores.channels.post(batch).await.unwrap();
    subscribe(&scene, 1200).await;
    stores.channels.delete_channel(scene.id, scene.owner).await.unwrap();
    stores.upkeep.tidy().await.unwrap();
    let listed = stores.dialogs.dialog_peers(UserId(5_000_007)).await.unwrap();
    assert_eq!(listed, Vec::<Peer>::new());
    let told = stores.channels.member_ids(scene.id, UserId(0), 5_000).await.unwrap();
    assert_eq!(told.len(), 1203);
    let report = stores.upkeep.check(&|_, _| {}).await.unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
}

#[tokio::test]
async fn damage_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let channel = {
        let stores =
            backends::open(folder.path(), backends::ViewKey::of_tools(), &|_, _| {}).unwrap();
        let scene = broadcast(&stores).await;
        scene.say_many(&["one", "two", "three"]).await;
        stores
            .channels
            .edit_post(scene.id, scene.owner, MessageId(1), text("uno"), None)
            .await
            .unwrap();
        // The copies are of the database's file alone.
        stores.upkeep.tidy().await.unwrap();
        scene.id
    };
    for (damage, named) in [
        ("DELETE FROM channel_events", "pts"),
        ("DELETE FROM channel_messages WHERE id = 2", "last number"),
        ("UPDATE channels SET participants = 7", "participants"),
        ("UPDATE channels SET top_message = 1", "newest message"),
        ("UPDATE channels SET public = 1", "public name"),
        ("INSERT INTO channel_gone SELECT id, 0, 1 FROM channels", "deleted messages"),
    ] {
        let faults = faults_after(folder.path(), damage).await;
        assert!(faults.iter().any(|fault| fault.contains(named)), "{damage}: {faults:?}");
        let id = format!("channel {}: ", channel.0);
        assert!(faults.iter().any(|fault| fault.starts_with(&id)), "{faults:?}");
    }
    assert_eq!(channel, ChannelId(store::ports::channels::FIRST_CHANNEL));
}

/// What the check says of a copy of the database with this damage.
async fn faults_after(folder: &Path, damage: &str) -> Vec<String> {
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(folder.join("hoopoe.db"), copy.path().join("hoopoe.db")).unwrap();
    let conn = rusqlite::Connection::open(copy.path().join("hoopoe.db")).unwrap();
    conn.execute_batch(damage).unwrap();
    drop(conn);
    let stores = backends::open(copy.path(), backends::ViewKey::of_tools(), &|_, _| {}).unwrap();
    stores.upkeep.check(&|_, _| {}).await.unwrap().faults
}
