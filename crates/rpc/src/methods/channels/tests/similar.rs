//! Similar channels: what they tell, and what nobody may read from them.

use model::{ChannelId, Peer, UserId};
use store::ports::channels::NewChannel;
use tl_api::enums;
use tl_api::functions::channels as f;

use crate::testing::{Device, World};

async fn channel(owner: &Device<'_>, name: &str, broadcast: bool) -> ChannelId {
    let core = &owner.world.core;
    let new = NewChannel {
        creator: owner.user(),
        title: name.to_owned(),
        about: String::new(),
        broadcast,
        now: core.now(),
        ttl_period: None,
    };
    let id = core.stores.channels.create_channel(new).await.unwrap().id;
    call_it(owner, id, Some(name)).await;
    id
}

async fn call_it(owner: &Device<'_>, id: ChannelId, name: Option<&str>) {
    let accounts = &owner.world.core.stores.accounts;
    accounts.set_username(Peer::Channel(id), name.map(str::to_owned)).await.unwrap();
}

async fn join(world: &World, id: ChannelId, people: std::ops::Range<i64>) {
    for user in people.map(|n| UserId(3_000_000 + n)) {
        let channels = &world.core.stores.channels;
        channels.join_channel(id, user, None, world.core.now()).await.unwrap();
    }
}

async fn similar(viewer: &Device<'_>, id: ChannelId) -> Vec<i64> {
    let channel = Some(viewer.input_channel(id));
    let enums::messages::Chats::Chats(found) =
        viewer.ok(f::GetChannelRecommendations { channel }).await
    else {
        panic!("a slice")
    };
    let numbers = found.chats.iter().map(|chat| match chat {
        enums::Chat::Channel(channel) => channel.id,
        other => panic!("{other:?}"),
    });
    numbers.collect()
}

/// A channel or group made to hold one person, or a few, must not answer with what they follow.
#[tokio::test]
async fn only_large_public_channels_have_similar_ones() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let followed = channel(&ben, "followed", true).await;
    join(&world, followed, 0..20).await;
    let asked = channel(&anna, "asked_about", true).await;
    join(&world, asked, 0..8).await;
    assert_eq!(similar(&anna, asked).await, [0; 0], "too small");
    join(&world, asked, 8..20).await;
    assert_eq!(similar(&anna, asked).await, [followed.0]);
    call_it(&anna, asked, None).await;
    assert_eq!(similar(&anna, asked).await, [0; 0], "not public");
    let group = channel(&anna, "some_group", false).await;
    join(&world, group, 0..20).await;
    assert_eq!(similar(&anna, group).await, [0; 0], "a group");
}
