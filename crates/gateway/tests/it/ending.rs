//! Sessions and keys that end.

use model::AuthKeyId;
use model::rights::BannedRights;
use mtproto::client::ClientEvent;
use mtproto::plain;
use store::ports::Notice;
use store::ports::acts::ChannelAct;
use tl_api::functions;

use crate::client::{Client, News, Wire, now, posts};
use crate::world::{World, counted};

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_was_signed_out_hears_nothing_more() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut tablet = world.device_of(&ben).await;
    let channel = world.channel(&anna, &[&ben]).await;
    let first = world.post(&anna, channel, "first").await.0;
    for client in [&mut ben, &mut tablet] {
        client.until(&News::Post(channel, first)).await;
    }
    ben.call(&functions::auth::ResetAuthorizations {}).await.unwrap();
    tablet.until(&News::TooLong).await;
    let second = world.post(&anna, channel, "second").await.0;
    ben.until(&News::Post(channel, second)).await;
    let third = world.post(&anna, channel, "third").await.0;
    ben.until(&News::Post(channel, third)).await;
    assert_eq!(posts(&tablet.settle().await, channel), Vec::<i32>::new());
    let refused = tablet.call(&functions::updates::GetState {}).await.unwrap_err();
    assert_eq!(refused, "AUTH_KEY_UNREGISTERED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destroyed_session_hears_nothing_more_until_it_begins_anew() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut other = ben.another_session(&world).await;
    other.listen().await;
    let channel = world.channel(&anna, &[&ben]).await;
    let first = world.post(&anna, channel, "first").await.0;
    for client in [&mut ben, &mut other] {
        client.until(&News::Post(channel, first)).await;
    }
    let id = other.session.id();
    ben.tell([&0xe751_2126_u32.to_le_bytes(), id.to_le_bytes().as_slice()].concat()).await;
    let destroyed = ClientEvent::SessionDestroyed { session_id: id, existed: true };
    while !ben.events.contains(&destroyed) {
        assert!(ben.read().await);
    }
    let second = world.post(&anna, channel, "second").await.0;
    ben.until(&News::Post(channel, second)).await;
    let third = world.post(&anna, channel, "third").await.0;
    ben.until(&News::Post(channel, third)).await;
    other.events.clear();
    assert_eq!(posts(&other.settle().await, channel), Vec::<i32>::new());
    let is_new = |event: &ClientEvent| matches!(event, ClientEvent::NewSession { .. });
    assert!(other.events.iter().any(is_new), "its client is told that the session is a new one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destroyed_key_is_unknown_on_every_connection() {
    let world = World::start();
    let anna = world.sign_up("Anna").await;
    let (mut one, mut two) =
        (anna.another_session(&world).await, anna.another_session(&world).await);
    one.listen().await;
    two.listen().await;
    one.tell(0xd143_5160_u32.to_le_bytes().to_vec()).await;
    let is_answer = |event: &ClientEvent| matches!(event, ClientEvent::KeyDestroyed(_));
    while !one.events.iter().any(is_answer) {
        assert!(one.read().await);
    }
    // The server ends both connections, for real: their sockets close.
    while one.read().await {}
    while two.read().await {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_ends_gives_its_place_back() {
    let world = World::limited(2);
    let mut first = Client::connect(&world).await;
    let mut second = Wire::dial(&world).await;
    second.exchange_keys(&world).await;
    let mut third = Wire::dial(&world).await;
    assert_eq!(third.read().await, None);
    assert_eq!(counted(&world, "gateway_connections_refused_total"), 1);
    // `ping_delay_disconnect` of 0 seconds: the server closes although it holds the session on.
    let ping = [&0xf342_7b8c_u32.to_le_bytes(), 7_i64.to_le_bytes().as_slice(), &[0; 4]].concat();
    first.tell(ping).await;
    while first.read().await {}
    while counted(&world, "gateway_connections") > 1 {
        tokio::task::yield_now().await;
    }
    Wire::dial(&world).await.exchange_keys(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_exchange_that_is_refused_is_counted() {
    let world = World::start();
    let mut wire = Wire::dial(&world).await;
    wire.exchange_keys(&world).await;
    let refused = || counted(&world, "gateway_handshakes_refused_total");
    assert_eq!(refused(), 0);
    // `req_DH_params` by a name, and to a question that nobody asked.
    let body = [&0xd712_e4be_u32.to_le_bytes(), [1; 64].as_slice()].concat();
    wire.send(&plain::encode(now().wall.msg_id(), &body)).await;
    assert_eq!(wire.error().await, -404);
    assert_eq!(refused(), 1);
}

/// On one thread: nothing is delivered while the test goes on without waiting.
#[tokio::test]
async fn lost_notices_let_everybody_begin_anew() {
    let world = World::hearing(64);
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut carl = world.sign_up("Carl").await;
    let mut tablet = world.device_of(&ben).await;
    let channel = world.channel(&anna, &[&ben, &carl]).await;
    let first = world.post(&anna, channel, "first").await.0;
    for client in [&mut ben, &mut carl, &mut tablet] {
        client.until(&News::Post(channel, first)).await;
    }
    let (keys, channels) = (&world.core.stores.keys, &world.core.stores.channels);
    let devices = keys.authorizations(ben.user).await.unwrap();
    let of_tablet = devices.iter().find(|device| device.key == tablet.origin().key).unwrap();
    let banned = BannedRights { view_messages: true, ..BannedRights::default() };
    let act = ChannelAct::Restrict(carl.user, banned);
    // A post, a removal and the end of a device, each with a bell that is lost behind many others.
    let second = world.store_posts(channel, anna.user, &["second"]).await;
    channels.act_in_channel(channel, anna.user, act, world.core.now()).await.unwrap();
    keys.revoke_authorization(ben.user, of_tablet.hash).await.unwrap();
    world.ring(channel, second, 1, None);
    let bus = &world.core.stores.bus;
    bus.publish(Notice::Membership { user: carl.user, channel, member: false, departures: 1 });
    bus.publish(Notice::KeyRevoked { key: tablet.origin().key });
    for _ in 0..64 {
        bus.publish(Notice::KeyRevoked { key: AuthKeyId(1) });
    }
    for client in [&mut ben, &mut carl, &mut tablet] {
        while client.read().await {}
        client.reconnect(&world).await;
    }
    assert_eq!(counted(&world, "gateway_notices_missed_total"), 3);
    let state = functions::updates::GetState {};
    assert_eq!(tablet.call(&state).await.unwrap_err(), "AUTH_KEY_UNREGISTERED");
    // Whoever begins anew is told so, and fetches what it missed.
    ben.events.clear();
    ben.call(&state).await.unwrap();
    let is_new = |event: &ClientEvent| matches!(event, ClientEvent::NewSession { .. });
    assert!(ben.events.iter().any(is_new));
    carl.call(&state).await.unwrap();
    let third = world.post(&anna, channel, "third").await.0;
    ben.until(&News::Post(channel, third)).await;
    let fourth = world.post(&anna, channel, "fourth").await.0;
    ben.until(&News::Post(channel, fourth)).await;
    assert_eq!(posts(&carl.settle().await, channel), Vec::<i32>::new());
}
