//! Sessions and keys that end.

use mtproto::client::ClientEvent;
use tl_api::functions;

use crate::client::{Client, News, Wire, posts};
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
    // `ping_delay_disconnect` of 0 seconds: the server closes although it holds the session on.
    let ping = [&0xf342_7b8c_u32.to_le_bytes(), 7_i64.to_le_bytes().as_slice(), &[0; 4]].concat();
    first.tell(ping).await;
    while first.read().await {}
    while counted(&world, "gateway_connections") > 1 {
        tokio::task::yield_now().await;
    }
    Wire::dial(&world).await.exchange_keys(&world).await;
}
