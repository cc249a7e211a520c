//! Cases of the channels port: posts of several channels are searched together.

use model::message::{Body, Entity, EntityKind};
use model::{ChannelId, MessageId, UserId};

use super::channel_scene::{Scene, broadcast, create, text};
use super::support::later;
use crate::Stores;
use crate::ports::channels::NewChannelMessage;
use crate::ports::post_search::{COUNTED_POSTS, FoundPosts, PostPlace, PostQuery, Wanted};

/// The names of this file's cases.
#[macro_export]
macro_rules! post_search_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            post_search,
            $make,
            [
                posts_of_several_channels_come_newest_first,
                no_post_is_lost_or_doubled_between_pages,
                a_hashtag_is_found_whole,
                a_search_of_posts_follows_edits_and_deletions,
                a_deleted_channel_has_no_posts,
                many_posts_are_counted_up_to_a_bound,
            ]
        );
    };
}

fn words(text: &str) -> Wanted {
    Wanted::Words(text.to_owned())
}

async fn search(
    scene: &Scene<'_>,
    channels: &[ChannelId],
    wanted: Wanted,
    (after, limit): (Option<PostPlace>, i32),
) -> FoundPosts {
    let query = PostQuery { wanted, after, limit };
    scene.stores.channels.search_posts(channels, scene.stranger, query).await.unwrap()
}

/// Where the posts of the first page are.
async fn places(scene: &Scene<'_>, channels: &[ChannelId], wanted: Wanted) -> Vec<(i64, i32)> {
    let found = search(scene, channels, wanted, (None, 100)).await;
    let places: Vec<_> = found.messages.iter().map(place).collect();
    assert_eq!((found.more, found.total), (false, i32::try_from(places.len()).unwrap()));
    places.into_iter().map(|place| (place.channel.0, place.id.0)).collect()
}

fn place(message: &model::message::Message) -> PostPlace {
    let model::Peer::Channel(channel) = message.peer else { panic!("{message:?}") };
    PostPlace { date: message.date, channel, id: message.id }
}

async fn post(scene: &Scene<'_>, at: i64, words: &str) -> MessageId {
    let date = later(at);
    scene.post(NewChannelMessage { date, ..scene.written(scene.owner, text(words)) }).await.id
}

async fn beside<'a>(scene: &Scene<'a>) -> Scene<'a> {
    let id = create(scene.stores, scene.owner, true).await.id;
    Scene { id, ..*scene }
}

/// Only those of the channels asked; of posts of one second those of the channel with the larger number come first.
pub async fn posts_of_several_channels_come_newest_first(stores: &Stores) {
    let one = broadcast(stores).await;
    let (two, three) = (beside(&one).await, beside(&one).await);
    for (scene, at) in [(&one, 0), (&two, 10), (&one, 10), (&three, 15), (&two, 20), (&one, 30)] {
        post(scene, at, "fresh apples").await;
    }
    post(&two, 40, "pears").await;
    let (a, b) = (one.id.0, two.id.0);
    let both = [one.id, two.id, ChannelId(7)];
    let found = places(&one, &both, words("appl fre")).await;
    assert_eq!(found, [(a, 3), (b, 2), (b, 1), (a, 2), (a, 1)]);
    assert_eq!(places(&one, &both, words("pears")).await, [(b, 3)]);
    for nothing in [words("plums"), words("…"), words(""), Wanted::Hashtag("apples".to_owned())] {
        assert_eq!(places(&one, &both, nothing).await, []);
    }
    assert_eq!(places(&one, &[], words("pears")).await, []);
}

/// Wherever a page ends, also within a second.
pub async fn no_post_is_lost_or_doubled_between_pages(stores: &Stores) {
    let one = broadcast(stores).await;
    let (two, three) = (beside(&one).await, beside(&one).await);
    let mut all = Vec::new();
    for second in 0..12 {
        for scene in [&two, &one, &three] {
            for n in 0..second % 4 {
                let id = post(scene, second, if n == 2 { "pear" } else { "apple" }).await;
                if n != 2 {
                    all.push(PostPlace { date: later(second), channel: scene.id, id });
                }
            }
        }
    }
    all.sort_by_key(|place| std::cmp::Reverse(*place));
    let channels = [three.id, one.id, two.id];
    for limit in [1, 2, 3, 7, 100] {
        let mut seen: Vec<PostPlace> = Vec::new();
        loop {
            let after = seen.last().copied();
            let page = search(&one, &channels, words("apple"), (after, limit)).await;
            assert_eq!(page.total, i32::try_from(all.len()).unwrap());
            seen.extend(page.messages.iter().map(place));
            let full = page.messages.len() == usize::try_from(limit).unwrap();
            assert!(full || !page.more, "pages are full while there is more");
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, all, "pages of {limit}");
    }
}

/// With its sign or without, in any case; neither its word nor a longer tag.
pub async fn a_hashtag_is_found_whole(stores: &Stores) {
    let scene = broadcast(stores).await;
    let mut tagged = Vec::new();
    for (words, length) in [("#Rust_2 is", 7), ("#Rust_24 is", 8), ("#Rust is", 5), ("#Rüst", 5)] {
        let entity = Entity { offset: 0, length, kind: EntityKind::Hashtag };
        let body = Body { entities: vec![entity], ..text(words) };
        tagged.push(scene.post(scene.written(scene.owner, body)).await.id.0);
    }
    scene.say(scene.owner, "rust rust_2 #rust").await;
    let id = scene.id.0;
    let tag = async |tag: &str| {
        places(&scene, &[scene.id], Wanted::Hashtag(tag.to_owned()))
            .await
            .into_iter()
            .map(|(channel, post)| {
                assert_eq!(channel, id);
                post
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(tag("rust_2").await, [tagged[0]]);
    assert_eq!(tag("#RUST_24").await, [tagged[1]]);
    assert_eq!(tag("rust").await, [tagged[3], tagged[2]]);
    assert_eq!(tag("rus").await, []);
    assert_eq!(tag("rust\" OR \"2").await, []);
    scene.delete(&[MessageId(tagged[3])]).await;
    let plain = text("Rust is");
    let edited = MessageId(tagged[2]);
    stores.channels.edit_post(scene.id, scene.owner, edited, plain, None).await.unwrap();
    assert_eq!(tag("rust").await, []);
}

/// At once, and what has a timer is not found at all.
pub async fn a_search_of_posts_follows_edits_and_deletions(stores: &Stores) {
    let scene = broadcast(stores).await;
    let ids = scene.say_many(&["apple", "apple", "apple"]).await;
    let fleeting = Body { ttl_period: Some(60), ..text("apple") };
    scene.post(scene.written(scene.owner, fleeting)).await;
    let id = scene.id.0;
    let apples = async || places(&scene, &[scene.id], words("apple")).await;
    assert_eq!(apples().await, [(id, 3), (id, 2), (id, 1)]);
    scene.delete(&[ids[2]]).await;
    stores.channels.edit_post(scene.id, scene.owner, ids[0], text("pear"), None).await.unwrap();
    assert_eq!(apples().await, [(id, 2)]);
    let late = scene.say(scene.owner, "apple").await;
    assert_eq!(apples().await, [(id, late.0), (id, 2)]);
}

/// Whoever asks for them.
pub async fn a_deleted_channel_has_no_posts(stores: &Stores) {
    let scene = broadcast(stores).await;
    let other = beside(&scene).await;
    scene.say(scene.owner, "apple").await;
    other.say(scene.owner, "apple").await;
    let both = [scene.id, other.id];
    stores.channels.delete_channel(scene.id, scene.owner).await.unwrap();
    assert_eq!(places(&scene, &both, words("apple")).await, [(other.id.0, 1)]);
}

/// The pages go on behind it.
pub async fn many_posts_are_counted_up_to_a_bound(stores: &Stores) {
    let scene = broadcast(stores).await;
    let other = beside(&scene).await;
    let many = COUNTED_POSTS + 30;
    let batch = (0..many).map(|_| scene.written(scene.owner, text("apple"))).collect();
    stores.channels.post(batch).await.unwrap();
    other.say(UserId(scene.owner.0), "apple").await;
    let both = [scene.id, other.id];
    let page = async |after, limit| search(&scene, &both, words("apple"), (after, limit)).await;
    let first = page(None, 2).await;
    assert_eq!((first.total, first.more), (COUNTED_POSTS + 1, true));
    let deep = PostPlace { id: MessageId(21), ..place(&first.messages[1]) };
    let rest = page(Some(deep), 100).await;
    let ids: Vec<_> = rest.messages.iter().map(|message| message.id.0).collect();
    assert_eq!(ids, (1..=20).rev().collect::<Vec<_>>());
    assert_eq!((rest.total, rest.more), (COUNTED_POSTS + 1, false));
}
