//! Messages that were opened and still have to be refused, by name and code.

use mtproto::client::{ClientEvent, RawMessage, ServerMessage, container};
use mtproto::session::limits::MAX_SEEN;
use mtproto::session::{BadMessage, Event, FirstSalt, RpcAnswer, Salts, Session};

use crate::support::{FIRST_SALT, Pair, REQUEST, SESSION, Seeded, at, auth_key, cases, ping};

struct Refusal {
    change: fn(&mut Pair, &mut RawMessage),
    code: BadMessage,
}

/// A request that would be taken, changed: it is refused with this code, told to the client, and not run.
fn is_refused(case: &Refusal) {
    let mut pair = Pair::settled();
    let mut raw = pair.raw(&REQUEST, true);
    (case.change)(&mut pair, &mut raw);
    let events = pair.send(&raw).unwrap();
    assert_eq!(events, [Event::Refused(case.code)]);
    let told = pair.receive();
    let expected = if case.code == BadMessage::Salt {
        ClientEvent::BadSalt { bad_msg_id: raw.msg_id }
    } else {
        ClientEvent::BadMsg { bad_msg_id: raw.msg_id, code: case.code.code() }
    };
    assert_eq!(told, [expected]);
    assert_eq!(pair.server.running(), 0);
}

const fn refusal(code: BadMessage, change: fn(&mut Pair, &mut RawMessage)) -> Refusal {
    Refusal { change, code }
}

fn secs(count: i64) -> i64 {
    count << 32
}

fn earlier(pair: &mut Pair, msg_id: i64, seq_no: i32) {
    let earlier = RawMessage { msg_id, seq_no, ..pair.raw(&REQUEST, true) };
    let events = pair.send(&earlier).unwrap();
    assert!(matches!(events.as_slice(), [Event::Request { .. }]), "{events:?}");
    pair.server.answer(pair.now, msg_id, RpcAnswer::Error { code: 400, text: "X".into() });
    pair.lose();
}

fn part(msg_id: i64, seq_no: i32, body: &[u8]) -> ServerMessage {
    ServerMessage { msg_id, seq_no, body: body.to_vec() }
}

/// Makes the message a container of these parts; their ids count down from the container's.
fn contain(raw: &mut RawMessage, bodies: &[&[u8]]) {
    let count = i32::try_from(bodies.len()).unwrap();
    let parts: Vec<ServerMessage> = (0..count)
        .zip(bodies)
        .map(|(i, body)| part(raw.msg_id - 4 * i64::from(count - i), raw.seq_no + 2 * i, body))
        .collect();
    raw.seq_no += 2 * count - 1;
    raw.body = container(&parts);
}

fn words(body: &mut [u8], at: usize, value: u32) {
    body[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

cases! { is_refused:
    salt_zero => &refusal(BadMessage::Salt, |_, raw| raw.salt = 0),
    salt_with_one_bit_changed => &refusal(BadMessage::Salt, |_, raw| raw.salt ^= 1),
    salt_of_another_key => &refusal(BadMessage::Salt, |pair, raw| raw.salt = pair.salts.current(auth_key(2).id(), pair.now.wall)),
    salt_of_another_boot => &refusal(BadMessage::Salt, |pair, raw| raw.salt = Salts::new([9; 32], 2).current(pair.client.auth_key().id(), pair.now.wall)),
    salt_of_another_node => &refusal(BadMessage::Salt, |pair, raw| raw.salt = Salts::new([8; 32], 1).current(pair.client.auth_key().id(), pair.now.wall)),
    salt_of_two_slots_ago => &refusal(BadMessage::Salt, |pair, raw| { pair.pass(3600); raw.msg_id += secs(3600); }),
    salt_of_the_next_slot_too_early => &refusal(BadMessage::Salt, |pair, raw| raw.salt = pair.salts.future(pair.client.auth_key().id(), pair.now.wall, 2)[1].salt),
    salt_wrong_and_time_wrong_tells_the_salt => &refusal(BadMessage::Salt, |_, raw| { raw.salt = 5; raw.msg_id -= secs(4000); }),
    first_salt_after_an_hour => &refusal(BadMessage::Salt, |pair, raw| { pair.pass(3600); raw.salt = FIRST_SALT; raw.msg_id += secs(3600); }),

    msg_id_one_modulo_four => &refusal(BadMessage::MsgIdParity, |_, raw| raw.msg_id += 1),
    msg_id_two_modulo_four => &refusal(BadMessage::MsgIdParity, |_, raw| raw.msg_id += 2),
    msg_id_three_modulo_four => &refusal(BadMessage::MsgIdParity, |_, raw| raw.msg_id += 3),
    msg_id_negative_and_odd => &refusal(BadMessage::MsgIdParity, |_, raw| raw.msg_id = -1),
    msg_id_zero => &refusal(BadMessage::MsgIdTooLow, |_, raw| raw.msg_id = 0),
    msg_id_negative => &refusal(BadMessage::MsgIdTooLow, |_, raw| raw.msg_id = -8),
    msg_id_lowest => &refusal(BadMessage::MsgIdTooLow, |_, raw| raw.msg_id = i64::MIN),
    msg_id_301_seconds_ago => &refusal(BadMessage::MsgIdTooLow, |_, raw| raw.msg_id -= secs(301)),
    msg_id_an_hour_ago => &refusal(BadMessage::MsgIdTooLow, |_, raw| raw.msg_id -= secs(3600)),
    msg_id_in_milliseconds => &refusal(BadMessage::MsgIdTooLow, |_, raw| raw.msg_id = (raw.msg_id >> 32) * 1000 * 4),
    msg_id_31_seconds_ahead => &refusal(BadMessage::MsgIdTooHigh, |_, raw| raw.msg_id += secs(31)),
    msg_id_a_day_ahead => &refusal(BadMessage::MsgIdTooHigh, |_, raw| raw.msg_id += secs(86_400)),
    msg_id_highest => &refusal(BadMessage::MsgIdTooHigh, |_, raw| raw.msg_id = i64::MAX & !3),

    seq_no_lower_than_before => &refusal(BadMessage::SeqNoTooLow, |pair, raw| { earlier(pair, raw.msg_id - 8, 41); raw.seq_no = 39; }),
    seq_no_same_as_before => &refusal(BadMessage::SeqNoTooLow, |pair, raw| { earlier(pair, raw.msg_id - 8, 41); raw.seq_no = 41; }),
    seq_no_negative => &refusal(BadMessage::SeqNoTooLow, |_, raw| raw.seq_no = -1),
    seq_no_lowest => &refusal(BadMessage::SeqNoTooLow, |_, raw| raw.seq_no = i32::MIN + 1),
    seq_no_higher_than_a_later_one => &refusal(BadMessage::SeqNoTooHigh, |pair, raw| { earlier(pair, raw.msg_id + 8, 41); raw.seq_no = 43; }),
    seq_no_same_as_a_later_one => &refusal(BadMessage::SeqNoTooHigh, |pair, raw| { earlier(pair, raw.msg_id + 8, 41); raw.seq_no = 41; }),
    seq_no_highest_before_a_later_one => &refusal(BadMessage::SeqNoTooHigh, |pair, raw| { earlier(pair, raw.msg_id + 8, 41); raw.seq_no = i32::MAX; }),
    seq_no_odd_on_a_container => &refusal(BadMessage::EvenSeqNoExpected, |_, raw| { contain(raw, &[&REQUEST]); raw.seq_no += 1; }),
    seq_no_even_on_a_request => &refusal(BadMessage::OddSeqNoExpected, |_, raw| raw.seq_no += 1),
    seq_no_even_on_a_packed_request => &refusal(BadMessage::OddSeqNoExpected, |_, raw| { raw.seq_no += 1; raw.body = packed(&REQUEST); }),

    container_nested => &refusal(BadMessage::Container, |_, raw| { let inner = container(&[part(raw.msg_id - 40, 1, &REQUEST)]); contain(raw, &[&inner]); }),
    container_nested_among_others => &refusal(BadMessage::Container, |_, raw| { let inner = container(&[]); contain(raw, &[&REQUEST, &inner, &REQUEST]); }),
    container_of_1021 => &refusal(BadMessage::Container, |_, raw| { let body = ping(1); contain(raw, &vec![body.as_slice(); 1021]); }),
    container_that_names_more_than_it_has => &refusal(BadMessage::Container, |_, raw| { contain(raw, &[&REQUEST]); words(&mut raw.body, 4, 2); }),
    container_that_names_less_than_it_has => &refusal(BadMessage::Container, |_, raw| { contain(raw, &[&REQUEST, &REQUEST]); words(&mut raw.body, 4, 1); }),
    container_that_names_four_thousand_million => &refusal(BadMessage::Container, |_, raw| { contain(raw, &[&REQUEST]); words(&mut raw.body, 4, u32::MAX); }),
    container_without_a_count => &refusal(BadMessage::Container, |_, raw| { contain(raw, &[]); raw.body.truncate(4); }),
    container_part_longer_than_the_rest => &refusal(BadMessage::Container, |_, raw| { contain(raw, &[&REQUEST]); words(&mut raw.body, 20, 400); }),
    container_part_of_negative_length => &refusal(BadMessage::Container, |_, raw| { contain(raw, &[&REQUEST]); words(&mut raw.body, 20, u32::MAX - 3); }),
    container_cut_in_a_part_header => &refusal(BadMessage::Container, |_, raw| { contain(raw, &[&REQUEST]); raw.body.truncate(16); }),
    container_with_trailing_bytes => &refusal(BadMessage::Container, |_, raw| { contain(raw, &[&REQUEST]); raw.body.extend([0; 4]); }),
    container_id_below_a_part => &refusal(BadMessage::Container, |_, raw| { contain(raw, &[&REQUEST]); raw.msg_id -= 8; }),
    container_id_equal_to_a_part => &refusal(BadMessage::Container, |_, raw| { contain(raw, &[&REQUEST]); raw.msg_id -= 4; }),
    container_id_of_an_earlier_request => &refusal(BadMessage::ContainerIdSeen, |pair, raw| { earlier(pair, raw.msg_id, raw.seq_no); contain(raw, &[&REQUEST]); }),
    container_id_one_modulo_four => &refusal(BadMessage::MsgIdParity, |_, raw| { contain(raw, &[&REQUEST]); raw.msg_id += 1; }),
    container_301_seconds_ago => &refusal(BadMessage::MsgIdTooLow, |_, raw| { raw.msg_id -= secs(301); contain(raw, &[&REQUEST]); }),
    container_31_seconds_ahead => &refusal(BadMessage::MsgIdTooHigh, |_, raw| { raw.msg_id += secs(31); contain(raw, &[&REQUEST]); }),
    container_packed => &refusal(BadMessage::Container, |_, raw| { let mut inner = raw.clone(); contain(&mut inner, &[&REQUEST]); raw.body = packed(&inner.body); }),
    container_seq_no_below_an_earlier_request => &refusal(BadMessage::SeqNoTooLow, |pair, raw| { earlier(pair, raw.msg_id - 4000, 41); contain(raw, &[&REQUEST]); }),
}

fn packed(body: &[u8]) -> Vec<u8> {
    let mut writer = tl_codec::Writer::new();
    writer.u32(tl_codec::GZIP_PACKED);
    writer.bytes(&tl_codec::gzip(body));
    writer.into_bytes()
}

/// One bad message inside a container is refused by itself; the good one beside it runs.
fn part_is_refused(case: (fn(&mut ServerMessage, i64), BadMessage)) {
    let (change, code) = case;
    let mut pair = Pair::settled();
    let mut raw = pair.raw(&[], true);
    let good = part(raw.msg_id - 400, raw.seq_no, &REQUEST);
    let mut bad = part(raw.msg_id - 200, raw.seq_no + 2, &REQUEST);
    change(&mut bad, raw.msg_id);
    raw.body = container(&[good.clone(), bad.clone()]);
    raw.seq_no += 3;
    let mut events = pair.send(&raw).unwrap();
    events.sort_by_key(|event| matches!(event, Event::Refused(_)));
    let request = Event::Request { msg_id: good.msg_id, body: REQUEST.to_vec() };
    assert_eq!(events, [request, Event::Refused(code)]);
    assert!(
        pair.receive().contains(&ClientEvent::BadMsg { bad_msg_id: bad.msg_id, code: code.code() })
    );
}

cases! { part_is_refused:
    part_msg_id_odd => (|part, _| part.msg_id += 1, BadMessage::MsgIdParity),
    part_301_seconds_ago => (|part, _| part.msg_id -= secs(301), BadMessage::MsgIdTooLow),
    part_negative_msg_id => (|part, _| part.msg_id = -4, BadMessage::MsgIdTooLow),
    part_even_request => (|part, _| part.seq_no += 1, BadMessage::OddSeqNoExpected),
    part_seq_no_too_low => (|part, _| part.seq_no -= 2, BadMessage::SeqNoTooLow),
    part_seq_no_beyond_its_container => (|part, _| part.seq_no = 99, BadMessage::SeqNoTooHigh),
    part_packed_container => (|part, id| part.body = packed(&container(&[ServerMessage { msg_id: id - 800, seq_no: 1, body: REQUEST.to_vec() }])), BadMessage::Container),
}

#[test]
fn an_id_below_the_window_is_refused() {
    let mut pair = Pair::settled();
    let first = pair.raw(&REQUEST, true);
    for i in 0..i64::try_from(MAX_SEEN).unwrap() + 1 {
        let raw = RawMessage {
            msg_id: first.msg_id + secs(1) + i * 4,
            seq_no: first.seq_no + 1,
            body: ping(i),
            ..first.clone()
        };
        assert_eq!(pair.send(&raw).unwrap(), []);
    }
    pair.lose();
    let raw = RawMessage { msg_id: first.msg_id + secs(1), ..first };
    assert_eq!(pair.send(&raw).unwrap(), [Event::Refused(BadMessage::TooOld)]);
}

#[test]
fn a_request_that_runs_is_answered_however_many_messages_came_since() {
    let mut pair = Pair::settled();
    let request = pair.raw(&REQUEST, true);
    assert_eq!(pair.send(&request).unwrap().len(), 1);
    for i in 0..i64::try_from(MAX_SEEN).unwrap() + 8 {
        let raw = RawMessage {
            msg_id: request.msg_id + secs(1) + i * 4,
            seq_no: request.seq_no + 1,
            body: ping(i),
            ..request.clone()
        };
        assert_eq!(pair.send(&raw).unwrap(), []);
    }
    pair.lose();
    // The first ping is forgotten, which is told as such; the request is not.
    let asked = [request.msg_id + secs(1), request.msg_id];
    let asks = [0xda69_fb52_u32, 0x1cb5_c415, 2].into_iter().flat_map(u32::to_le_bytes);
    let body = asks.chain(asked.into_iter().flat_map(i64::to_le_bytes)).collect();
    let ask = RawMessage {
        msg_id: request.msg_id + secs(20),
        seq_no: request.seq_no + 1,
        body,
        ..request.clone()
    };
    assert_eq!(pair.send(&ask).unwrap(), []);
    let states = ClientEvent::States { req_msg_id: ask.msg_id, info: vec![1, 4 | 32] };
    assert!(pair.receive().contains(&states));
    // Sent again it is known, and does not run twice.
    assert_eq!(pair.send(&request).unwrap(), []);
    let body = vec![1, 2, 3, 4];
    let answer = RpcAnswer::Result { body: body.clone(), compressible: false, repeatable: false };
    pair.server.answer(pair.now, request.msg_id, answer);
    let expected = ClientEvent::Answer { req_msg_id: request.msg_id, body };
    assert!(pair.receive().contains(&expected));
}

/// Bodies of a request that cannot be read are answered, and not run.
fn body_is_answered(body: fn() -> Vec<u8>) {
    let mut pair = Pair::settled();
    let raw = RawMessage { body: body(), ..pair.raw(&[], true) };
    assert_eq!(pair.send(&raw).unwrap(), []);
    let told = pair.receive();
    let expected = ClientEvent::Error {
        req_msg_id: raw.msg_id,
        code: 400,
        text: "INPUT_FETCH_FAIL".to_owned(),
    };
    assert_eq!(told, [expected]);
}

cases! { body_is_answered:
    request_empty => Vec::new,
    packed_nothing => || packed(&[]),
    packed_three_bytes => || packed(&[1, 2, 3]),
    packed_twice => || packed(&packed(&REQUEST)),
    packed_noise => || { let mut body = packed(&REQUEST); let len = body.len(); body[8..len - 4].fill(0x5a); body },
    packed_cut_short => || { let mut body = packed(&[7; 4000]); body.truncate(12); body },
    packed_bomb => || packed(&vec![0; 4 << 20]),
    packed_with_trailing_bytes => || { let mut body = packed(&REQUEST); body.extend([0; 4]); body },
    ping_cut_short => || ping(1)[..8].to_vec(),
    ping_with_trailing_bytes => || [ping(1), vec![0; 4]].concat(),
    future_salts_cut_short => || 0xb921_bd04_u32.to_le_bytes().to_vec(),
    state_request_that_names_more_than_it_has => || [0xda69_fb52_u32, 0x1cb5_c415, 9, 0, 0].map(u32::to_le_bytes).concat(),
    state_request_of_four_thousand_million => || [0xda69_fb52_u32, 0x1cb5_c415, u32::MAX, 0, 0].map(u32::to_le_bytes).concat(),
    resend_request_without_vector => || [0x7d86_1a08_u32, 1, 0, 0].map(u32::to_le_bytes).concat(),
    destroy_session_cut_short => || [0xe751_2126_u32, 1].map(u32::to_le_bytes).concat(),
    destroy_auth_key_with_trailing_bytes => || [0xd143_5160_u32, 1].map(u32::to_le_bytes).concat(),
    drop_answer_cut_short => || 0x58e4_a740_u32.to_le_bytes().to_vec(),
}

#[test]
fn a_message_of_another_session_or_key_is_not_ours() {
    let mut pair = Pair::settled();
    let raw = RawMessage { session_id: SESSION + 1, ..pair.raw(&REQUEST, true) };
    assert_eq!(pair.send(&raw).unwrap(), []);
    assert!(pair.receive().is_empty());
    let packet = pair.raw(&REQUEST, true).seal(&auth_key(2), &mut Seeded(1)).unwrap();
    let incoming = mtproto::session::open_packet(&auth_key(2), packet).unwrap();
    assert_eq!(pair.server.handle(pair.now, incoming, &pair.salts), []);
}

#[test]
fn packets_recorded_before_a_restart_run_nothing_after_it() {
    let mut pair = Pair::settled();
    let mut recorded = Vec::new();
    for _ in 0..20 {
        pair.client.request(pair.now, REQUEST.to_vec());
        let packet = pair.client.next_packet(pair.now, &mut pair.rng).unwrap().unwrap();
        recorded.push(packet.clone());
        assert_eq!(pair.accept(packet).unwrap().len(), 1);
    }
    // The first salt belongs to the boot that made the key, so it is not known any more; the node's secret is the same.
    let key = auth_key(1).id();
    pair.server = Session::new(key, None, SESSION, &mut Seeded(5));
    pair.salts = Salts::new([9; 32], 2);
    for packet in recorded {
        assert_eq!(pair.accept(packet).unwrap(), [Event::Refused(BadMessage::Salt)]);
    }
    assert_eq!(pair.server.running(), 0);
    // An honest client learns the new salt from the refusal and goes on.
    pair.receive();
    pair.client.request(pair.now, REQUEST.to_vec());
    assert!(matches!(pair.deliver().as_slice(), [Event::Request { .. }]));
}

#[test]
fn packets_sent_twice_run_once() {
    let mut pair = Pair::settled();
    for content in [true, false] {
        let raw = pair.raw(if content { &REQUEST } else { &[] }, true);
        let raw = if content { raw } else { RawMessage { body: packed(&REQUEST), ..raw } };
        assert_eq!(pair.send(&raw).unwrap().len(), 1);
        assert_eq!(pair.send(&raw).unwrap(), []);
    }
    pair.pass(5);
    let mut raw = pair.raw(&[], true);
    contain(&mut raw, &[&REQUEST, &REQUEST]);
    assert_eq!(pair.send(&raw).unwrap().len(), 2);
    assert_eq!(pair.send(&raw).unwrap(), []);
}

#[test]
fn a_first_salt_is_worth_nothing_to_another_session_of_a_later_boot() {
    let mut pair = Pair::new();
    pair.server = Session::new(auth_key(1).id(), None, SESSION, &mut Seeded(5));
    pair.client.request(pair.now, REQUEST.to_vec());
    assert_eq!(pair.deliver(), [Event::Refused(BadMessage::Salt)]);
    let first = FirstSalt { salt: FIRST_SALT, made: at(0).wall };
    pair.server = Session::new(auth_key(1).id(), Some(first), SESSION, &mut Seeded(5));
    let raw = RawMessage { salt: FIRST_SALT, ..pair.raw(&REQUEST, true) };
    assert_eq!(pair.send(&raw).unwrap().len(), 1);
}
