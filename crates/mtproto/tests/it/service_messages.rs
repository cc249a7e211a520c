//! Service messages: pings, salts, states, what is sent again or dropped.

use mtproto::client::{ClientEvent, ClientSession, RawMessage};
use mtproto::session::{DestroyOutcome, Event, Finished, HttpWait, Resent};
use std::time::Duration;
use tl_codec::Writer;

use crate::session::{request, result};
use crate::support::{Pair, REQUEST, SESSION, auth_key, ping};

fn vector_of(constructor: u32, ids: &[i64]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.u32(constructor);
    writer.vector_len(ids.len());
    for id in ids {
        writer.i64(*id);
    }
    writer.into_bytes()
}

fn long(constructor: u32, number: i64) -> Vec<u8> {
    [&constructor.to_le_bytes(), number.to_le_bytes().as_slice()].concat()
}

#[test]
fn ping_is_answered_and_the_longer_one_sets_a_deadline() {
    let mut pair = Pair::settled();
    let msg_id = pair.client.notice(pair.now, ping(42));
    assert_eq!(pair.deliver(), []);
    assert_eq!(pair.receive(), [ClientEvent::Pong { msg_id, ping_id: 42 }]);
    let body = [long(0xf342_7b8c, 43), 137_i32.to_le_bytes().to_vec()].concat();
    let msg_id = pair.client.request(pair.now, body);
    assert_eq!(pair.deliver(), [Event::CloseAfter(pair.now.mono + Duration::from_secs(137))]);
    assert_eq!(pair.receive(), [ClientEvent::Pong { msg_id, ping_id: 43 }]);
}

#[test]
fn future_salts_are_at_least_two_and_taken_later() {
    let mut pair = Pair::settled();
    let body = [0xb921_bd04_u32, 1].map(u32::to_le_bytes).concat();
    let msg_id = pair.client.request(pair.now, body);
    pair.deliver();
    let events = pair.receive();
    let [ClientEvent::FutureSalts { req_msg_id, salts }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!((*req_msg_id, salts.len()), (msg_id, 2));
    pair.pass(1900);
    let raw = RawMessage { salt: salts[1].salt, ..pair.raw(&REQUEST, true) };
    assert_eq!(pair.send(&raw).unwrap().len(), 1);
}

#[test]
fn a_salt_is_taken_in_the_slot_after_its_own() {
    let mut pair = Pair::settled();
    let salt = pair.client.salt();
    pair.pass(3500);
    let raw = RawMessage { salt, ..pair.raw(&REQUEST, true) };
    assert_eq!(pair.send(&raw).unwrap().len(), 1);
}

#[test]
fn states_of_messages_are_told() {
    let mut pair = Pair::settled();
    let running = request(&mut pair);
    let done = request(&mut pair);
    pair.server.answer(pair.now, done, result(&[1; 4]));
    pair.receive();
    let acked = request(&mut pair);
    pair.server.answer(pair.now, acked, result(&[1; 4]));
    pair.receive();
    pair.deliver();
    let (never, later) = (running + 1, acked + (9 << 32));
    let msg_id = pair
        .client
        .request(pair.now, vector_of(0xda69_fb52, &[running, done, acked, never, later]));
    pair.deliver();
    let info = vec![4 | 32, 4 | 32 | 64 | 128, 4 | 32 | 64 | 128, 2, 3];
    assert!(pair.receive().contains(&ClientEvent::States { req_msg_id: msg_id, info }));
}

#[test]
fn messages_are_sent_again_on_request() {
    let mut pair = Pair::settled();
    pair.server.push(pair.now, vec![7; 8].into()).unwrap();
    let packet = pair.next_sealed().unwrap();
    let mut witness = ClientSession::new(auth_key(1), SESSION, 0);
    let own = witness.open_messages(packet).unwrap()[0].msg_id;
    pair.client.request(pair.now, vector_of(0x7d86_1a08, &[own]));
    pair.deliver();
    assert!(pair.receive().contains(&ClientEvent::Update(vec![7; 8])));
    let msg_id = pair.client.request(pair.now, vector_of(0x7d86_1a08, &[12345]));
    pair.deliver();
    assert!(pair.receive().contains(&ClientEvent::States { req_msg_id: msg_id, info: vec![1] }));
}

#[test]
fn answers_are_sent_again_on_request() {
    let mut pair = Pair::settled();
    let done = request(&mut pair);
    pair.server.answer(pair.now, done, result(&[1; 4]));
    pair.lose();
    pair.client.request(pair.now, vector_of(0x8610_baeb, &[done, 77]));
    pair.deliver();
    assert!(pair.receive().contains(&ClientEvent::Answer { req_msg_id: done, body: vec![1; 4] }));
}

#[test]
fn what_the_client_says_it_has_is_not_sent_again() {
    let mut pair = Pair::settled();
    pair.server.push(pair.now, vec![7; 8].into()).unwrap();
    let packet = pair.next_sealed().unwrap();
    let mut witness = ClientSession::new(auth_key(1), SESSION, 0);
    let own = witness.open_messages(packet).unwrap()[0].msg_id;
    let mut body = vector_of(0x8cc0_d131, &[own]);
    body.extend([1, 4, 0, 0]);
    pair.client.notice(pair.now, body);
    pair.deliver();
    assert_eq!(pair.server.reconnected(), Resent::All);
    assert_eq!(pair.receive(), []);
}

#[test]
fn another_session_is_destroyed_and_its_own_is_not() {
    let mut pair = Pair::settled();
    let msg_id = pair.client.request(pair.now, long(0xe751_2126, 99));
    assert_eq!(pair.deliver(), [Event::DestroySession { msg_id, session_id: 99 }]);
    pair.server.session_destroyed(pair.now, msg_id, 99, true);
    pair.server.session_destroyed(pair.now, msg_id, 99, false);
    assert_eq!(pair.receive(), [ClientEvent::SessionDestroyed { session_id: 99, existed: true }]);
    pair.client.request(pair.now, long(0xe751_2126, SESSION));
    assert_eq!(pair.deliver(), []);
    assert_eq!(
        pair.receive(),
        [ClientEvent::SessionDestroyed { session_id: SESSION, existed: false }]
    );
}

#[test]
fn a_key_is_destroyed_with_a_bare_answer() {
    for (outcome, constructor) in [
        (DestroyOutcome::Ok, 0xf660_e1d4),
        (DestroyOutcome::None, 0x0a9f_2259),
        (DestroyOutcome::Fail, 0xea10_9b13),
    ] {
        let mut pair = Pair::settled();
        let msg_id = pair.client.request(pair.now, 0xd143_5160_u32.to_le_bytes().to_vec());
        assert_eq!(pair.deliver(), [Event::DestroyAuthKey { msg_id }]);
        pair.server.auth_key_destroyed(pair.now, msg_id, outcome);
        assert_eq!(pair.receive(), [ClientEvent::KeyDestroyed(constructor)]);
    }
}

#[test]
fn a_running_answer_is_dropped() {
    let mut pair = Pair::settled();
    let running = request(&mut pair);
    let msg_id = pair.client.request(pair.now, long(0x58e4_a740, running));
    assert_eq!(pair.deliver(), [Event::DropAnswer { msg_id: running }]);
    let body = 0xcd78_e586_u32.to_le_bytes().to_vec();
    assert!(pair.receive().contains(&ClientEvent::Answer { req_msg_id: msg_id, body }));
    pair.server.answer(pair.now, running, result(&[1; 4]));
    pair.pass(5);
    assert!(!pair.receive().iter().any(
        |event| matches!(event, ClientEvent::Answer { req_msg_id, .. } if *req_msg_id == running)
    ));
    assert_eq!(pair.server.finished(running), Finished::Failed);
    assert_eq!(pair.server.running(), 0);
}

#[test]
fn a_finished_answer_is_dropped_and_an_unknown_one_is_not() {
    let mut pair = Pair::settled();
    let done = request(&mut pair);
    pair.server.answer(pair.now, done, result(&[1; 4]));
    pair.lose();
    let msg_id = pair.client.request(pair.now, long(0x58e4_a740, done));
    assert_eq!(pair.deliver(), []);
    let events = pair.receive();
    let [ClientEvent::Answer { req_msg_id, body }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(*req_msg_id, msg_id);
    assert_eq!(body[..4], 0xa43a_d8b7_u32.to_le_bytes());
    assert_eq!(body.len(), 4 + 8 + 4 + 4);
    assert_eq!(pair.server.reconnected(), Resent::All);
    assert!(!pair.receive().iter().any(
        |event| matches!(event, ClientEvent::Answer { req_msg_id, .. } if *req_msg_id == done)
    ));

    let msg_id = pair.client.request(pair.now, long(0x58e4_a740, 4));
    pair.deliver();
    let body = 0x5e2a_d36e_u32.to_le_bytes().to_vec();
    assert!(pair.receive().contains(&ClientEvent::Answer { req_msg_id: msg_id, body }));
}

#[test]
fn http_wait_is_handed_on() {
    let mut pair = Pair::settled();
    let body = [0x9299_359f_u32, 1, 2, 25_000].map(u32::to_le_bytes).concat();
    pair.client.notice(pair.now, body);
    let wait = HttpWait { max_delay_ms: 1, wait_after_ms: 2, max_wait_ms: 25_000 };
    assert_eq!(pair.deliver(), [Event::HttpWait(wait)]);
}
