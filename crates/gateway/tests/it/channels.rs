//! Posts of a channel: who hears of them, how often, and in which order.

use model::rights::BannedRights;
use model::{ChannelId, Peer, Pts};
use services::channels::{admins, members};
use store::ports::Notice;
use store::ports::acts::ChannelAct;
use tl_api::{enums, functions, types};

use crate::client::{Client, News, posts};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn more_posts_than_one_reading_holds_are_all_delivered() {
    let world = World::start();
    let (mut anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let channel = world.channel(&anna, &[&ben]).await;
    let first = world.post(&anna, channel, "first").await;
    ben.until(&News::Post(channel, first.0)).await;
    let texts = vec!["post"; 450];
    let last = world.store_posts(channel, anna.user, &texts).await;
    // One bell for all of them: the others were lost.
    world.ring(channel, last, 1, None);
    let heard = ben.until(&News::Post(channel, last.0)).await;
    assert_eq!(posts(&heard, channel), (first.0 + 1..=last.0).collect::<Vec<_>>());
    let own = anna.until(&News::Post(channel, last.0)).await;
    assert_eq!(posts(&own, channel), (first.0..=last.0).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_far_behind_is_told_to_catch_up() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let channel = world.channel(&anna, &[&ben]).await;
    let first = world.post(&anna, channel, "first").await;
    ben.until(&News::Post(channel, first.0)).await;
    let last = world.store_posts(channel, anna.user, &vec!["post"; 1500]).await;
    world.ring(channel, last, 1, None);
    let heard = ben.until(&News::ChannelTooLong(channel)).await;
    assert_eq!(posts(&heard, channel), Vec::<i32>::new());
    // From there on it hears as before.
    let next = world.post(&anna, channel, "next").await;
    let heard = ben.until(&News::Post(channel, next.0)).await;
    assert_eq!(posts(&heard, channel), [next.0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_hears_of_all_but_its_own_acts() {
    let world = World::start();
    let (mut anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut tablet = world.device_of(&anna).await;
    let channel = world.channel(&anna, &[&ben]).await;
    let start = world.post(&anna, channel, "start").await.0;
    for client in [&mut anna, &mut tablet, &mut ben] {
        client.until(&News::Post(channel, start)).await;
    }
    // Two devices post at the same time: both posts are there before either bell is heard.
    world.store_posts(channel, anna.user, &["from the phone", "from the tablet"]).await;
    world.ring(channel, Pts(start + 1), 1, Some(anna.origin()));
    world.ring(channel, Pts(start + 2), 1, Some(tablet.origin()));
    let end = world.post(&anna, channel, "end").await.0;
    let mut heard_by = Vec::new();
    for client in [&mut anna, &mut tablet, &mut ben] {
        heard_by.push(posts(&client.until(&News::Post(channel, end)).await, channel));
    }
    assert_eq!(
        heard_by,
        [
            vec![start + 2, start + 3],
            vec![start + 1, start + 3],
            vec![start + 1, start + 2, start + 3]
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sender_gets_its_answer_and_its_other_device_the_update() {
    let world = World::start();
    let mut anna = world.sign_up("Anna").await;
    let mut tablet = world.device_of(&anna).await;
    let channel = world.channel(&anna, &[]).await;
    let request = functions::messages::SendMessage {
        peer: types::InputPeerChannel {
            channel_id: channel.0,
            access_hash: world.core.access.hash(
                anna.user,
                services::access::HashKind::Channel,
                channel.0,
            ),
        }
        .into(),
        message: "hello".to_owned(),
        random_id: 1,
        ..Default::default()
    };
    let enums::Updates::Updates(answer) = anna.call(&request).await.unwrap() else {
        panic!("no updates")
    };
    let pts = answer
        .updates
        .iter()
        .find_map(|update| match update {
            enums::Update::UpdateNewChannelMessage(new) => Some(new.pts),
            _ => None,
        })
        .expect("the answer shows the post");
    let end = world.post(&anna, channel, "end").await.0;
    let heard = tablet.until(&News::Post(channel, end)).await;
    assert_eq!(posts(&heard, channel), [pts, end]);
    let heard = anna.until(&News::Post(channel, end)).await;
    assert_eq!(posts(&heard, channel), [end]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_between_commit_and_bell_misses_nothing_after_it() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut carl = world.sign_up("Carl").await;
    let channel = world.channel(&anna, &[&ben]).await;
    let first = world.store_posts(channel, anna.user, &["first"]).await;
    // A second session of a member, and a new member, come before the bell of the first post.
    let mut second = ben.another_session(&world).await;
    second.listen().await;
    world.invite(&anna, channel, &carl).await;
    world.ring(channel, first, 1, None);
    let next = world.post(&anna, channel, "next").await.0;
    for client in [&mut ben, &mut second, &mut carl] {
        let heard = posts(&client.until(&News::Post(channel, next)).await, channel);
        assert!(heard == [first.0, next] || heard == [next], "{heard:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_or_was_banned_hears_no_later_post() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (mut carl, mut dora) = (world.sign_up("Carl").await, world.sign_up("Dora").await);
    let channel = world.channel(&anna, &[&ben, &carl, &dora]).await;
    let first = world.post(&anna, channel, "first").await.0;
    for client in [&mut ben, &mut carl, &mut dora] {
        client.until(&News::Post(channel, first)).await;
    }
    members::leave(&world.core, ben.caller(), channel).await.unwrap();
    let banned = BannedRights { view_messages: true, ..BannedRights::default() };
    admins::restrict(&world.core, anna.caller(), channel, Peer::User(carl.user), banned)
        .await
        .unwrap();
    world.post(&anna, channel, "second").await;
    let third = world.post(&anna, channel, "third").await.0;
    // When the third was delivered to her, the second was to everyone.
    dora.until(&News::Post(channel, third)).await;
    for client in [&mut ben, &mut carl] {
        assert_eq!(posts(&client.settle().await, channel), Vec::<i32>::new());
    }
}

/// Removes somebody, of which no gateway hears yet. Gives the bell.
async fn ban_unheard(world: &World, owner: &Client, channel: ChannelId, who: &Client) -> Notice {
    let banned = BannedRights { view_messages: true, ..BannedRights::default() };
    let (act, now) = (ChannelAct::Restrict(who.user, banned), world.core.now());
    let told = world.core.stores.channels.act_in_channel(channel, owner.user, act, now).await;
    let departures = told.unwrap().channel.departures;
    Notice::Membership { user: who.user, channel, member: false, departures }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_banned_hears_no_later_post_before_the_gateway_hears_of_the_ban() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (mut carl, mut dora) = (world.sign_up("Carl").await, world.sign_up("Dora").await);
    let channel = world.channel(&anna, &[&ben, &carl, &dora]).await;
    let first = world.post(&anna, channel, "first").await.0;
    for client in [&mut ben, &mut carl, &mut dora] {
        client.until(&News::Post(channel, first)).await;
    }
    let of_ben = ban_unheard(&world, &anna, channel, &ben).await;
    let of_carl = ban_unheard(&world, &anna, channel, &carl).await;
    let second = world.post(&anna, channel, "second").await.0;
    dora.until(&News::Post(channel, second)).await;
    // The bells come late, and the second one first.
    world.core.stores.bus.publish(of_carl);
    let third = world.post(&anna, channel, "third").await.0;
    dora.until(&News::Post(channel, third)).await;
    world.core.stores.bus.publish(of_ben);
    let fourth = world.post(&anna, channel, "fourth").await.0;
    // When the fourth was delivered to her, the third was to everyone.
    dora.until(&News::Post(channel, fourth)).await;
    for client in [&mut ben, &mut carl] {
        assert_eq!(posts(&client.settle().await, channel), Vec::<i32>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_came_back_misses_nothing_when_the_departure_is_heard_late() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut dora = world.sign_up("Dora").await;
    let channel = world.channel(&anna, &[&ben, &dora]).await;
    let first = world.post(&anna, channel, "first").await.0;
    ben.until(&News::Post(channel, first)).await;
    let of_ben = ban_unheard(&world, &anna, channel, &ben).await;
    let second = world.post(&anna, channel, "second").await.0;
    dora.until(&News::Post(channel, second)).await;
    let free = BannedRights::default();
    admins::restrict(&world.core, anna.caller(), channel, Peer::User(ben.user), free)
        .await
        .unwrap();
    world.invite(&anna, channel, &ben).await;
    world.core.stores.bus.publish(of_ben);
    let third = world.post(&anna, channel, "third").await.0;
    let heard = ben.until(&News::Post(channel, third)).await;
    assert_eq!(posts(&heard, channel), [third]);
}
