//! What was said and not acknowledged when a connection ends, and on which one a session goes on.

use std::time::Duration;

use mtproto::WallTime;
use mtproto::client::{ClientEvent, RawMessage};
use tl_api::{Serialize as _, functions};
use tokio::io::AsyncWriteExt as _;

use crate::client::{Client, News, Random, Wire, now, posts};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_acknowledged_is_sent_again_on_the_next_connection() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let channel = world.channel(&anna, &[&ben]).await;
    ben.settle().await;
    let first = world.post(&anna, channel, "first").await.0;
    ben.until(&News::Post(channel, first)).await;
    // Read, but its acknowledgement never leaves this device.
    let old = ben.reconnect(&world).await;
    ben.session.forget_acks();
    drop(old);
    let heard = ben.settle().await;
    assert_eq!(posts(&heard, channel), [first]);
    // Acknowledged now: not sent a third time.
    ben.settle().await;
    drop(ben.reconnect(&world).await);
    assert_eq!(posts(&ben.settle().await, channel), Vec::<i32>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_between_connections_is_named_on_the_next_one() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut carl = world.sign_up("Carl").await;
    let channel = world.channel(&anna, &[&ben, &carl]).await;
    ben.settle().await;
    ben.wire.socket.shutdown().await.unwrap();
    // The server closes too: from then on there is nobody to write to.
    while ben.read().await {}
    let missed = world.post(&anna, channel, "missed").await.0;
    carl.until(&News::Post(channel, missed)).await;
    let last = world.post(&anna, channel, "missed too").await.0;
    carl.until(&News::Post(channel, last)).await;
    ben.reconnect(&world).await;
    assert!(ben.settle().await.contains(&News::ChannelTooLong(channel)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_outlives_the_socket_that_it_was_asked_on() {
    let world = World::start();
    let mut anna = world.sign_up("Anna").await;
    anna.settle().await;
    let request = functions::messages::SendMessage {
        peer: tl_api::enums::InputPeer::InputPeerSelf,
        message: "once".to_owned(),
        random_id: 1,
        ..Default::default()
    };
    let msg_id = anna.start(&request).await;
    anna.wire.socket.shutdown().await.unwrap();
    let _unread = anna.reconnect(&world).await;
    anna.session.notice(now(), ping());
    anna.flush().await;
    let answer = anna.answer(msg_id).await.unwrap();
    // Asked once more under the same id, as clients do that are not sure: the same answer, and no second message.
    let repeated = RawMessage {
        salt: anna.session.salt(),
        session_id: anna.session.id(),
        msg_id,
        seq_no: 1,
        len: None,
        body: request.to_bytes(),
        padding: None,
    };
    anna.wire.send(&repeated.seal(anna.session.auth_key(), &mut Random).unwrap()).await;
    assert_eq!(anna.answer(msg_id).await.unwrap(), answer);
    let history = functions::messages::GetHistory {
        peer: tl_api::enums::InputPeer::InputPeerSelf,
        limit: 10,
        ..Default::default()
    };
    let tl_api::enums::messages::Messages::Messages(page) = anna.call(&history).await.unwrap()
    else {
        panic!("no messages")
    };
    assert_eq!(page.messages.len(), 1);
    assert!(!anna.events.iter().any(|event| matches!(event, ClientEvent::BadMsg { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_on_the_connection_that_is_left() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let channel = world.channel(&anna, &[&ben]).await;
    let mut old = ben.reconnect(&world).await;
    ben.settle().await;
    // A packet on the old connection comes late, and then that one ends.
    std::mem::swap(&mut ben.wire, &mut old);
    ben.settle().await;
    std::mem::swap(&mut ben.wire, &mut old);
    drop(old);
    let post = world.post(&anna, channel, "news").await.0;
    ben.until(&News::Post(channel, post)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_packet_takes_no_session_from_its_connection() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let channel = world.channel(&anna, &[&ben]).await;
    ben.settle().await;
    for recorded in [old(&ben), of_another_salt(&ben)] {
        let mut thief = Wire::dial(&world).await;
        thief.send(&recorded).await;
        let refusal = thief.read().await.expect("it is refused where it came");
        ben.session.open(refusal).unwrap();
        let post = News::Post(channel, world.post(&anna, channel, "news").await.0);
        tokio::select! {
            _ = ben.until(&post) => {}
            stolen = thief.read() => panic!("{stolen:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_packet_takes_no_session_over_http() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let channel = world.channel(&anna, &[&ben]).await;
    ben.settle().await;
    for recorded in [old(&ben), of_another_salt(&ben)] {
        ben.session.open(world.over_http(&recorded).await).unwrap();
        let post = News::Post(channel, world.post(&anna, channel, "news").await.0);
        let heard = ben.until(&post);
        tokio::time::timeout(Duration::from_secs(10), heard).await.expect("still told");
    }
}

/// A packet that was recorded before the time that ids may lie in the past.
fn old(client: &Client) -> Vec<u8> {
    let then = WallTime::from_unix_secs(now().wall.unix_secs() - 400);
    recorded(client, client.session.salt(), then)
}

/// A packet of another time or boot.
fn of_another_salt(client: &Client) -> Vec<u8> {
    recorded(client, client.session.salt() ^ 1, now().wall)
}

fn recorded(client: &Client, salt: i64, at: WallTime) -> Vec<u8> {
    let session_id = client.session.id();
    let (msg_id, body) = (at.msg_id(), ping());
    let message =
        RawMessage { salt, session_id, msg_id, seq_no: 1, len: None, body, padding: None };
    message.seal(client.session.auth_key(), &mut Random).unwrap()
}

fn ping() -> Vec<u8> {
    [&0x7abe_77ec_u32.to_le_bytes(), 5_i64.to_le_bytes().as_slice()].concat()
}
