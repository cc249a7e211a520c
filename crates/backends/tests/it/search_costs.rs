//! What a search of posts costs, counted.

use model::{ChannelId, Peer};
use store::conformance::channel_scene::{Scene, broadcast, create, text};
use store::ports::post_search::{PostPlace, PostQuery, Wanted};

use super::channel_costs::counter;

/// Steps are counted by the hundred for each statement, so that a count may be off by that much for each.
const SLACK: u64 = 1000;

/// A public channel with so many posts that have one word.
async fn fill(scene: &Scene<'_>, name: &str, posts: usize) -> ChannelId {
    let id = create(scene.stores, scene.owner, true).await.id;
    let name = Some(name.to_owned());
    scene.stores.accounts.set_username(Peer::Channel(id), name).await.unwrap();
    let filled = Scene { id, ..*scene };
    let posts = (0..posts).map(|_| filled.written(scene.owner, text("a common word"))).collect();
    scene.stores.channels.post(posts).await.unwrap();
    id
}

/// The database's steps of one page, and what is on it.
async fn cost(
    scene: &Scene<'_>,
    channels: &[ChannelId],
    after: Option<PostPlace>,
) -> (u64, Vec<PostPlace>) {
    let stores = scene.stores;
    let wanted = Wanted::Words("common".to_owned());
    let query = PostQuery { wanted, after, limit: 20 };
    // The index is filled by the first search.
    stores.channels.search_posts(channels, scene.stranger, query.clone()).await.unwrap();
    let before = counter(stores, "read_steps");
    let found = stores.channels.search_posts(channels, scene.stranger, query).await.unwrap();
    let steps = counter(stores, "read_steps") - before;
    assert_eq!((found.messages.len(), found.more), (20, true));
    let place = |message: &model::message::Message| {
        let Peer::Channel(channel) = message.peer else { panic!("{message:?}") };
        PostPlace { date: message.date, channel, id: message.id }
    };
    let places = found.messages.iter().map(place).collect();
    (steps, places)
}

/// Reading every hit of every channel takes tens of thousands of steps.
#[tokio::test]
async fn a_page_of_posts_costs_the_same_however_many_have_the_word() {
    let (stores, _folder) = super::sqlite().await;
    let scene = broadcast(&stores).await;
    let mut small = Vec::new();
    let mut large = Vec::new();
    for n in 0..4 {
        small.push(fill(&scene, &format!("small_{n}"), 600).await);
        large.push(fill(&scene, &format!("large_{n}"), 2400).await);
    }
    let (few, _) = cost(&scene, &small, None).await;
    let (steps, page) = cost(&scene, &large, None).await;
    assert!(steps <= few + SLACK, "{steps} steps, {few} with a quarter of the posts");
    // In the middle of the posts, where counting them does not come.
    let last = *page.last().unwrap();
    let middle = PostPlace { id: model::MessageId(1200), ..last };
    let (deep, _) = cost(&scene, &large, Some(middle)).await;
    assert!(deep <= 2 * steps + SLACK, "{deep} steps in the middle, {steps} at the start");
}

/// The largest channels of a server are often private.
#[tokio::test]
async fn the_largest_public_channels_are_found_among_many_private_ones() {
    let (stores, _folder) = super::sqlite().await;
    let scene = broadcast(&stores).await;
    let public = fill(&scene, "public", 1).await;
    let largest = async || {
        let before = counter(&stores, "read_steps");
        assert_eq!(stores.statistics.largest_channels(100).await.unwrap(), [public]);
        counter(&stores, "read_steps") - before
    };
    let before = largest().await;
    for n in 0..500 {
        create(&stores, model::UserId(900_000 + n), true).await;
    }
    let after = largest().await;
    assert!(after <= before + SLACK, "{after} steps, {before} without private channels");
}
