//! Cases of the statistics port.

use model::message::Counters;
use model::series::{Audience, Counted, HOUR_S, Source, hour_of};
use model::{ChannelId, Peer, UnixTime, UserId};

use super::channel_scene::{Scene, broadcast, create, text};
use super::support::{NOW, later};
use crate::Stores;
use crate::ports::statistics::{Growth, LEAST_SHARED};

/// The names of this file's cases.
#[macro_export]
macro_rules! statistics_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            statistics,
            $make,
            [
                who_comes_and_goes_is_counted_by_the_hour,
                sudden_growth_is_found,
                a_deleted_channel_has_no_series,
                large_public_channels_come_first,
                channels_with_the_same_people_are_similar,
            ]
        );
    };
}

/// What is counted of a channel since [`NOW`], by kind.
async fn counted(stores: &Stores, id: ChannelId, what: &Counted) -> Vec<(i64, i64)> {
    let all = stores.statistics.channel_series(id, hour_of(NOW), UnixTime(i64::MAX)).await.unwrap();
    let hour = |at: UnixTime| (at.0 - hour_of(NOW).0) / HOUR_S;
    let fitting = all.iter().filter(|point| point.what == *what);
    fitting.map(|point| (hour(point.hour), point.count)).collect()
}

/// Each hour has one counter for each kind, whoever it was.
pub async fn who_comes_and_goes_is_counted_by_the_hour(stores: &Stores) {
    let scene = broadcast(stores).await;
    scene.publish("public_name").await;
    let of = async |what: Counted| counted(stores, scene.id, &what).await;
    // The scene brought in two.
    assert_eq!(of(Counted::Joined(Source::Added)).await, [(0, 2)]);
    let hours = later(3 * HOUR_S);
    stores.channels.join_channel(scene.id, scene.stranger, None, hours).await.unwrap();
    assert_eq!(of(Counted::Joined(Source::Name)).await, [(3, 1)]);
    stores.channels.leave_channel(scene.id, scene.stranger, hours).await.unwrap();
    assert_eq!(of(Counted::Left).await, [(3, 1)]);
    stores.channels.join_channel(scene.id, scene.stranger, None, hours).await.unwrap();
    assert_eq!(of(Counted::Joined(Source::Name)).await, [(3, 2)]);
    let languages = stores
        .statistics
        .channel_series(scene.id, hour_of(hours), later(99 * HOUR_S))
        .await
        .unwrap()
        .into_iter()
        .filter(|point| matches!(point.what, Counted::Language(_)))
        .map(|point| point.count);
    assert_eq!(languages.collect::<Vec<_>>(), [2]);
    let none = stores.statistics.channel_series(scene.id, UnixTime(0), hour_of(NOW)).await.unwrap();
    assert_eq!(none, []);
}

async fn subscribe(scene: &Scene<'_>, people: i64) {
    let users: Vec<_> = (0..people).map(|n| UserId(3_000_000 + n)).collect();
    scene.add(&users).await;
}

/// Most first, from a number on.
pub async fn sudden_growth_is_found(stores: &Stores) {
    let scene = broadcast(stores).await;
    subscribe(&scene, 20).await;
    let growing =
        async |from, joined| stores.statistics.growing_channels(from, joined, 5).await.unwrap();
    let found = Growth { channel: scene.id, joined: 22, left: 0 };
    assert_eq!(growing(hour_of(NOW), 22).await, [found]);
    assert_eq!(growing(hour_of(NOW), 23).await, []);
    assert_eq!(growing(later(HOUR_S), 1).await, []);
    assert_eq!(stores.statistics.growing_channels(hour_of(NOW), 1, 0).await.unwrap(), []);
}

/// Nothing is left of it.
pub async fn a_deleted_channel_has_no_series(stores: &Stores) {
    let scene = broadcast(stores).await;
    let id = scene.say(scene.owner, "post").await;
    let seen = stores.channels.count_views(scene.id, scene.member, &[id], Some(NOW)).await;
    assert_eq!(seen.unwrap(), [(id, Counters { views: 2, forwards: 0 })]);
    stores.channels.post(vec![scene.written(scene.owner, text("more"))]).await.unwrap();
    stores.channels.delete_channel(scene.id, scene.owner).await.unwrap();
    let left = stores.statistics.channel_series(scene.id, UnixTime(0), UnixTime(i64::MAX)).await;
    assert_eq!(left.unwrap(), []);
    let views = counted(stores, scene.id, &Counted::Views(Audience::Members)).await;
    assert_eq!(views, []);
}

/// Private ones and supergroups are left out.
pub async fn large_public_channels_come_first(stores: &Stores) {
    let scene = broadcast(stores).await;
    let large = async |limit| stores.statistics.largest_channels(limit).await.unwrap();
    assert_eq!(large(5).await, []);
    let small = public(stores, scene.stranger, "small_one", true).await;
    public(stores, scene.stranger, "some_group", false).await;
    scene.publish("public_name").await;
    assert_eq!(large(5).await, [scene.id, small]);
    assert_eq!(large(1).await, [scene.id]);
}

async fn public(stores: &Stores, creator: UserId, name: &str, broadcast: bool) -> ChannelId {
    let id = create(stores, creator, broadcast).await.id;
    let named = stores.accounts.set_username(Peer::Channel(id), Some(name.to_owned()));
    named.await.unwrap();
    id
}

/// Those with more of them first; not those that the viewer is in, nor those that few are in.
pub async fn channels_with_the_same_people_are_similar(stores: &Stores) {
    let scene = broadcast(stores).await;
    let one = public(stores, scene.stranger, "one_shared", true).await;
    let two = public(stores, scene.stranger, "two_shared", true).await;
    public(stores, scene.stranger, "none_shared", true).await;
    let few = public(stores, scene.stranger, "few_shared", true).await;
    let least = i64::from(LEAST_SHARED);
    subscribe(&scene, least).await;
    for (channel, shared) in [(one, least), (two, least), (few, least - 1)] {
        for user in (0..shared).map(|n| UserId(3_000_000 + n)) {
            stores.channels.join_channel(channel, user, None, NOW).await.unwrap();
        }
    }
    for (user, channel) in [(scene.member, one), (scene.member, two), (scene.admin, two)] {
        stores.channels.join_channel(channel, user, None, NOW).await.unwrap();
    }
    let similar =
        async |viewer| stores.statistics.similar_channels(scene.id, viewer, 5).await.unwrap();
    assert_eq!(similar(scene.owner).await, [two, one]);
    assert_eq!(similar(scene.admin).await, [one]);
    assert_eq!(similar(scene.member).await, []);
}
