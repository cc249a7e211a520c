//! Sessions: what has to work.

use crypto::{SealLane, Sender, seal_batch};
use mtproto::client::{ClientEvent, RawMessage, ServerMessage, container};
use mtproto::session::limits::{
    ACK_DELAY, MAX_KEPT, MAX_KEPT_MESSAGE, MAX_RUNNING, MAX_WAITING_BYTES,
};
use mtproto::session::{
    BadMessage, Event, Finished, QueueFull, Resent, RpcAnswer, Session, open_packet, packet_len,
};
use std::sync::Arc;
use std::time::Duration;
use tl_codec::Writer;

use crate::support::{Pair, REQUEST, Seeded, ping};

pub(crate) fn result(body: &[u8]) -> RpcAnswer {
    RpcAnswer::Result { body: body.to_vec(), compressible: true, repeatable: true }
}

/// Sends one request; gives its id.
pub(crate) fn request(pair: &mut Pair) -> i64 {
    let msg_id = pair.client.request(pair.now, REQUEST.to_vec());
    assert_eq!(pair.deliver(), [Event::Request { msg_id, body: REQUEST.to_vec() }]);
    msg_id
}

#[test]
fn a_request_and_its_answer() {
    let mut pair = Pair::new();
    let msg_id = request(&mut pair);
    assert_eq!(pair.server.finished(msg_id), Finished::Pending);
    pair.server.answer(pair.now, msg_id, result(&[1, 2, 3, 4]));
    let events = pair.receive();
    assert!(
        matches!(events[0], ClientEvent::NewSession { first_msg_id, .. } if first_msg_id == msg_id)
    );
    assert_eq!(events[1..], [ClientEvent::Answer { req_msg_id: msg_id, body: vec![1, 2, 3, 4] }]);
    assert_eq!(pair.server.finished(msg_id), Finished::Ok);
    assert_eq!(pair.client.salt(), pair.salts.current(pair.client.auth_key().id(), pair.now.wall));
}

#[test]
fn a_session_is_announced_once_with_its_first_message() {
    let mut pair = Pair::new();
    let first = pair.client.request(pair.now, REQUEST.to_vec());
    pair.client.request(pair.now, REQUEST.to_vec());
    assert_eq!(pair.deliver().len(), 2);
    request(&mut pair);
    let events = pair.receive();
    let news: Vec<_> =
        events.iter().filter(|event| matches!(event, ClientEvent::NewSession { .. })).collect();
    assert!(
        matches!(news.as_slice(), [ClientEvent::NewSession { first_msg_id, .. }] if *first_msg_id == first)
    );
}

#[test]
fn an_error_is_an_rpc_error() {
    let mut pair = Pair::settled();
    let msg_id = request(&mut pair);
    pair.server.answer(
        pair.now,
        msg_id,
        RpcAnswer::Error { code: 400, text: "PEER_ID_INVALID".into() },
    );
    let error =
        ClientEvent::Error { req_msg_id: msg_id, code: 400, text: "PEER_ID_INVALID".into() };
    assert_eq!(pair.receive(), [error]);
    assert_eq!(pair.server.finished(msg_id), Finished::Failed);
}

#[test]
fn only_the_first_answer_counts() {
    let mut pair = Pair::settled();
    let msg_id = request(&mut pair);
    pair.server.answer(pair.now, msg_id, result(&[1; 4]));
    pair.server.answer(pair.now, msg_id, result(&[2; 4]));
    pair.server.answer(pair.now, msg_id + 4, result(&[3; 4]));
    assert_eq!(pair.receive(), [ClientEvent::Answer { req_msg_id: msg_id, body: vec![1; 4] }]);
}

#[test]
fn requests_of_a_container_come_in_the_order_of_their_ids() {
    let mut pair = Pair::settled();
    let raw = pair.raw(&[], true);
    let part = |back: i64, seq_no: i32| ServerMessage {
        msg_id: raw.msg_id - back,
        seq_no,
        body: REQUEST.to_vec(),
    };
    let seq_no = raw.seq_no;
    let body = container(&[part(8, seq_no + 4), part(16, seq_no), part(12, seq_no + 2)]);
    let events = pair.send(&RawMessage { body, seq_no: seq_no + 5, ..raw.clone() }).unwrap();
    let ids: Vec<i64> = events
        .iter()
        .map(|event| match event {
            Event::Request { msg_id, .. } => *msg_id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, [raw.msg_id - 16, raw.msg_id - 12, raw.msg_id - 8]);
}

#[test]
fn a_packed_request_is_unpacked_alone_and_in_a_container() {
    let mut pair = Pair::settled();
    let body = [REQUEST.as_slice(), &[5; 400]].concat();
    let mut writer = Writer::new();
    writer.u32(tl_codec::GZIP_PACKED);
    writer.bytes(&tl_codec::gzip(&body));
    let packed = writer.into_bytes();
    pair.client.request(pair.now, packed.clone());
    assert!(
        matches!(pair.deliver().as_slice(), [Event::Request { body: got, .. }] if *got == body)
    );
    pair.client.request(pair.now, packed);
    pair.client.notice(pair.now, ping(1));
    assert!(
        matches!(pair.deliver().as_slice(), [Event::Request { body: got, .. }] if *got == body)
    );
}

#[test]
fn large_results_are_packed_when_it_pays() {
    let mut pair = Pair::settled();
    let msg_id = request(&mut pair);
    pair.server.answer(pair.now, msg_id, result(&[7; 20_000]));
    assert!(pair.server.waiting_bytes() < 1000);
    assert_eq!(pair.receive(), [ClientEvent::Answer { req_msg_id: msg_id, body: vec![7; 20_000] }]);
    let msg_id = request(&mut pair);
    pair.server.answer(
        pair.now,
        msg_id,
        RpcAnswer::Result { body: vec![7; 20_000], compressible: false, repeatable: true },
    );
    assert!(pair.server.waiting_bytes() >= 20_000);
    let mut noise = vec![0; 5000];
    crypto::Random::fill(&mut Seeded(3), &mut noise);
    pair.receive();
    let msg_id = request(&mut pair);
    pair.server.answer(pair.now, msg_id, result(&noise));
    assert!(pair.server.waiting_bytes() >= 5000);
    assert_eq!(pair.receive(), [ClientEvent::Answer { req_msg_id: msg_id, body: noise }]);
}

#[test]
fn a_repeated_request_gets_the_stored_answer() {
    let mut pair = Pair::settled();
    let raw = pair.raw(&REQUEST, true);
    assert_eq!(pair.send(&raw).unwrap().len(), 1);
    assert_eq!(pair.send(&raw).unwrap(), [], "it runs");
    pair.server.answer(pair.now, raw.msg_id, result(&[9; 8]));
    pair.lose();
    assert_eq!(pair.send(&raw).unwrap(), []);
    let answer = ClientEvent::Answer { req_msg_id: raw.msg_id, body: vec![9; 8] };
    assert!(pair.receive().contains(&answer));
    // Even when its id is too old by now: it was received in time.
    pair.pass(400);
    assert_eq!(pair.send(&raw).unwrap(), []);
    assert!(pair.receive().contains(&answer));
    // The client acknowledged it: there is nothing more to say.
    pair.deliver();
    pair.pass(1);
    let again = RawMessage { salt: pair.client.salt(), ..raw };
    let events = pair.send(&again).unwrap();
    assert!(events.is_empty() || events == [Event::Refused(BadMessage::MsgIdTooLow)]);
    assert!(!pair.receive().contains(&answer));
}

#[test]
fn a_large_answer_of_what_changed_something_is_kept() {
    let mut pair = Pair::settled();
    let raw = pair.raw(&REQUEST, true);
    pair.send(&raw).unwrap();
    let body = vec![9; MAX_KEPT_MESSAGE + 4];
    let large = RpcAnswer::Result { body: body.clone(), compressible: false, repeatable: false };
    pair.server.answer(pair.now, raw.msg_id, large);
    pair.lose();
    assert_eq!(pair.send(&raw).unwrap(), []);
    assert!(pair.receive().contains(&ClientEvent::Answer { req_msg_id: raw.msg_id, body }));
}

#[test]
fn packets_of_an_earlier_session_of_the_same_number_run_nothing() {
    let mut pair = Pair::settled();
    let raw = pair.raw(&REQUEST, true);
    pair.send(&raw).unwrap();
    let highest = pair.server.highest_seen();
    assert_eq!(highest, raw.msg_id);
    pair.server.refuse_up_to(raw.msg_id + 4);
    let late = RawMessage { msg_id: raw.msg_id + 4, ..pair.raw(&REQUEST, true) };
    assert_eq!(pair.send(&late).unwrap(), [Event::Refused(BadMessage::TooOld)]);
}

#[test]
fn an_answer_too_large_to_keep_runs_again() {
    let mut pair = Pair::settled();
    let raw = pair.raw(&REQUEST, true);
    pair.send(&raw).unwrap();
    let body = vec![9; MAX_KEPT_MESSAGE + 4];
    let large = RpcAnswer::Result { body, compressible: false, repeatable: true };
    pair.server.answer(pair.now, raw.msg_id, large);
    pair.lose();
    assert_eq!(
        pair.send(&raw).unwrap(),
        [Event::Request { msg_id: raw.msg_id, body: REQUEST.to_vec() }]
    );
    pair.server.answer(pair.now, raw.msg_id, result(&[1; 4]));
    assert!(
        pair.receive().contains(&ClientEvent::Answer { req_msg_id: raw.msg_id, body: vec![1; 4] })
    );
}

#[test]
fn an_answer_that_was_given_up_is_a_timeout_and_runs_nothing() {
    let mut pair = Pair::settled();
    let raw = pair.raw(&REQUEST, true);
    pair.send(&raw).unwrap();
    pair.server.answer(pair.now, raw.msg_id, result(&[1; 4]));
    pair.lose();
    for _ in 0..=MAX_KEPT {
        pair.server.push(pair.now, vec![1; 8].into()).unwrap();
        pair.lose();
    }
    assert_eq!(pair.send(&raw).unwrap(), []);
    let told = ClientEvent::Error { req_msg_id: raw.msg_id, code: -503, text: "Timeout".into() };
    assert!(pair.receive().contains(&told));
}

#[test]
fn too_many_running_requests_are_told_to_wait() {
    let mut pair = Pair::settled();
    for _ in 0..MAX_RUNNING {
        request(&mut pair);
    }
    let msg_id = pair.client.request(pair.now, REQUEST.to_vec());
    assert_eq!(pair.deliver(), []);
    let told = ClientEvent::Error { req_msg_id: msg_id, code: 420, text: "FLOOD_WAIT_1".into() };
    assert!(pair.receive().contains(&told));
}

#[test]
fn an_answer_acknowledges_and_a_slow_request_is_acknowledged_after_a_second() {
    let mut pair = Pair::settled();
    let msg_id = request(&mut pair);
    assert!(!pair.server.wants_flush(pair.now.mono));
    assert_eq!(pair.server.deadline(), Some(pair.now.mono + ACK_DELAY));
    pair.now.mono += ACK_DELAY;
    assert!(pair.server.wants_flush(pair.now.mono));
    assert_eq!(pair.receive(), [ClientEvent::Acks(vec![msg_id])]);
    assert_eq!(pair.server.deadline(), None);
    let quick = request(&mut pair);
    pair.server.answer(pair.now, quick, result(&[1; 4]));
    assert_eq!(pair.server.deadline(), None);
    assert_eq!(pair.receive().len(), 1, "no acknowledgement beside the answer");
}

#[test]
fn what_is_not_acknowledged_is_sent_again_on_a_new_connection() {
    let mut pair = Pair::settled();
    let msg_id = request(&mut pair);
    pair.server.push(pair.now, vec![0xab; 12].into()).unwrap();
    pair.server.answer(pair.now, msg_id, result(&[1; 4]));
    pair.lose();
    assert!(!pair.server.wants_flush(pair.now.mono));
    assert_eq!(pair.server.reconnected(), Resent::All);
    let expected = [
        ClientEvent::Update(vec![0xab; 12]),
        ClientEvent::Answer { req_msg_id: msg_id, body: vec![1; 4] },
    ];
    assert_eq!(pair.receive(), expected);
    pair.deliver();
    assert_eq!(pair.server.reconnected(), Resent::All);
    assert_eq!(pair.receive(), []);
}

#[test]
fn a_packet_of_another_time_or_boot_tells_nothing_of_its_client() {
    let mut pair = Pair::settled();
    let fresh = pair.raw(&ping(2), false);
    let opened = |pair: &mut Pair, raw: &RawMessage| {
        open_packet(
            pair.client.auth_key(),
            raw.seal(pair.client.auth_key(), &mut pair.rng).unwrap(),
        )
        .unwrap()
    };
    let incoming = opened(&mut pair, &fresh);
    assert_eq!(pair.server.staleness(pair.now, &incoming, &pair.salts), None);
    let other_salt = RawMessage { salt: fresh.salt ^ 1, ..fresh.clone() };
    let old = RawMessage { msg_id: fresh.msg_id - (301 << 32), ..fresh };
    for (raw, why) in [(other_salt, BadMessage::Salt), (old, BadMessage::MsgIdTooLow)] {
        let incoming = opened(&mut pair, &raw);
        assert_eq!(pair.server.staleness(pair.now, &incoming, &pair.salts), Some(why));
        // It is refused alone: what waits stays where it is.
        pair.server.push(pair.now, vec![0xab; 12].into()).unwrap();
        let (now, salts) = (pair.now, &pair.salts);
        let mut packet = pair.server.refusal(now, &incoming, why, salts, &mut pair.rng);
        crypto::seal(pair.client.auth_key(), Sender::Server, &mut packet).unwrap();
        let heard = pair.client.open(packet).unwrap();
        let bad_msg_id = raw.msg_id;
        assert_eq!(
            heard,
            [match why {
                BadMessage::Salt => ClientEvent::BadSalt { bad_msg_id },
                why => ClientEvent::BadMsg { bad_msg_id, code: why.code() },
            }]
        );
        assert_eq!(pair.receive(), [ClientEvent::Update(vec![0xab; 12])]);
    }
}

#[test]
fn an_old_message_leaves_in_a_fresh_container() {
    let mut pair = Pair::settled();
    pair.server.push(pair.now, vec![0xab; 12].into()).unwrap();
    let first = pair.next_sealed().unwrap();
    pair.pass(200);
    assert_eq!(pair.server.reconnected(), Resent::All);
    let again = pair.next_sealed().unwrap();
    assert!(again.len() > first.len());
    let (once, twice) =
        (pair.client.open_messages(first).unwrap(), pair.client.open_messages(again).unwrap());
    assert_eq!(once, twice);
}

#[test]
fn what_waits_leaves_in_one_container_with_rising_ids_and_numbers() {
    let mut pair = Pair::settled();
    let msg_id = request(&mut pair);
    pair.server.push(pair.now, vec![1; 8].into()).unwrap();
    pair.server.answer(pair.now, msg_id, result(&[2; 8]));
    pair.client.notice(pair.now, ping(5));
    pair.deliver();
    let packet = pair.next_sealed().unwrap();
    assert!(pair.next_sealed().is_none());
    let messages = pair.client.open_messages(packet).unwrap();
    let ids: Vec<i64> = messages.iter().map(|message| message.msg_id).collect();
    assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(ids.iter().map(|id| id % 4).collect::<Vec<_>>(), [3, 1, 1]);
    let numbers: Vec<i32> = messages.iter().map(|message| message.seq_no % 2).collect();
    assert_eq!(numbers, [1, 1, 0], "updates and results are content-related, a pong is not");
    assert!(messages.windows(2).all(|pair| pair[0].seq_no <= pair[1].seq_no));
}

#[test]
fn a_wall_clock_that_goes_back_does_not_jam_ids() {
    let mut pair = Pair::settled();
    pair.server.push(pair.now, vec![1; 8].into()).unwrap();
    let packet = pair.next_sealed().unwrap();
    let before = pair.client.open_messages(packet).unwrap()[0].msg_id;
    pair.now.wall = pair.now.wall.before(Duration::from_secs(100));
    pair.server.push(pair.now, vec![2; 8].into()).unwrap();
    let packet = pair.next_sealed().unwrap();
    assert!(pair.client.open_messages(packet).unwrap()[0].msg_id > before);
}

#[test]
fn news_are_bounded() {
    let mut pair = Pair::settled();
    let body: Arc<[u8]> = vec![1; 1024].into();
    for _ in 0..MAX_WAITING_BYTES / 1024 {
        pair.server.push(pair.now, Arc::clone(&body)).unwrap();
    }
    assert_eq!(pair.server.push(pair.now, body), Err(QueueFull));
    assert_eq!(pair.receive().len(), MAX_WAITING_BYTES / 1024);
    assert_eq!(pair.server.waiting_bytes(), 0);
}

#[test]
fn a_client_that_never_acknowledges_keeps_the_newest() {
    let mut pair = Pair::settled();
    for i in 0..u32::try_from(MAX_KEPT + 100).unwrap() {
        let body: Vec<u8> = [i; 2].iter().flat_map(|word| word.to_le_bytes()).collect();
        pair.server.push(pair.now, body.into()).unwrap();
        pair.lose();
    }
    assert_eq!(pair.server.reconnected(), Resent::Some);
    let again = pair.receive();
    assert_eq!(again.len(), MAX_KEPT);
    assert_eq!(
        again.last(),
        Some(&ClientEvent::Update([611_u32; 2].map(u32::to_le_bytes).concat()))
    );
}

#[test]
fn a_bad_salt_names_the_right_one_and_the_next_message_passes() {
    let mut pair = Pair::settled();
    let raw = RawMessage { salt: 1, ..pair.raw(&REQUEST, true) };
    assert_eq!(pair.send(&raw).unwrap(), [Event::Refused(BadMessage::Salt)]);
    pair.receive();
    let msg_id = request(&mut pair);
    assert_ne!(msg_id, raw.msg_id);
}

#[test]
fn time_at_the_very_edges_is_taken() {
    for shift in [-(299_i64 << 32), 29_i64 << 32] {
        let mut pair = Pair::new();
        pair.pass(400);
        let mut raw = pair.raw(&REQUEST, true);
        raw.msg_id += shift;
        assert_eq!(pair.send(&raw).unwrap().len(), 1);
    }
}

#[test]
fn a_container_of_1020_is_taken() {
    let mut pair = Pair::settled();
    for _ in 0..1020 {
        pair.client.notice(pair.now, ping(1));
    }
    assert_eq!(pair.deliver(), []);
    assert_eq!(pair.receive().len(), 1020);
}

#[test]
fn fan_out_seals_many_sessions_in_one_batch() {
    let body: Arc<[u8]> = vec![0x42; 300].into();
    let mut pairs: Vec<Pair> = (0..19).map(|_| Pair::settled()).collect();
    let mut packets = vec![Vec::new(); pairs.len()];
    for (pair, packet) in pairs.iter_mut().zip(&mut packets) {
        assert!(pair.server.may_write_push());
        pair.server.write_push(pair.now, &pair.salts, &body, &mut pair.rng, packet);
        assert_eq!(packet.len(), packet_len(body.len()));
    }
    let mut lanes: Vec<SealLane<'_>> = pairs
        .iter()
        .zip(&mut packets)
        .map(|(pair, packet)| SealLane { key: pair.client.auth_key(), packet })
        .collect();
    seal_batch(Sender::Server, &mut lanes).unwrap();
    for (pair, packet) in pairs.iter_mut().zip(packets) {
        assert_eq!(pair.client.open(packet).unwrap(), [ClientEvent::Update(body.to_vec())]);
        assert_eq!(pair.server.reconnected(), Resent::All);
        assert_eq!(pair.receive(), [ClientEvent::Update(body.to_vec())], "kept until acknowledged");
        pair.deliver();
        assert_eq!(pair.server.reconnected(), Resent::All);
        assert_eq!(pair.receive(), []);
    }
}

#[test]
fn quick_acks_agree_on_both_sides() {
    let mut pair = Pair::settled();
    let raw = pair.raw(&REQUEST, true);
    let mut packet = raw.seal(pair.client.auth_key(), &mut pair.rng).unwrap();
    let incoming = open_packet(pair.client.auth_key(), packet.clone()).unwrap();
    let opened = crypto::open(pair.client.auth_key(), Sender::Client, &mut packet).unwrap();
    assert_eq!(incoming.quick_ack, opened.quick_ack);
    assert_eq!(incoming.quick_ack >> 31, 1);
}

#[test]
fn nothing_is_forgotten_of_what_runs() {
    let mut pair = Pair::settled();
    let running = request(&mut pair);
    pair.pass(1000);
    request(&mut pair);
    assert_eq!(pair.server.finished(running), Finished::Pending);
    pair.server.answer(pair.now, running, result(&[1; 4]));
    assert!(
        pair.receive().contains(&ClientEvent::Answer { req_msg_id: running, body: vec![1; 4] })
    );
}

#[test]
fn sessions_print_nothing() {
    let session = Session::new(1, None, 2, &mut Seeded(1));
    assert_eq!(format!("{session:?}"), "Session(<redacted>)");
    let event = Event::Request { msg_id: 16, body: vec![0x41; 3] };
    assert_eq!(format!("{event:?}"), "Request(0000000000000010, 3 bytes)");
}
