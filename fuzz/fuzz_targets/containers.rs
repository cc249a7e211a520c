//! Containers of any messages, nested, cut, miscounted, with any ids and lengths, to a session.
#![no_main]

use crypto::AuthKey;
use hoopoe_fuzz::{Input, Seeded, at};
use libfuzzer_sys::fuzz_target;
use mtproto::schema::MSG_CONTAINER;
use mtproto::session::limits::{MAX_RUNNING, MAX_WAITING_BYTES};
use mtproto::session::{Event, FirstSalt, Incoming, Salts, Session};

const SALT: i64 = 0x5a17;

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let key = AuthKey::new([0x5a; 256]);
    let salts = Salts::new([1; 32], 1);
    let first = FirstSalt { salt: SALT, made: at(0).wall };
    let mut session = Session::new(key.id(), Some(first), 1, &mut Seeded(1));
    let now = at(400);
    for outer in 1..=4 {
        if input.is_empty() {
            break;
        }
        let msg_id = now.wall.msg_id() + outer * 0x400;
        let body = container(msg_id, &mut input, 2);
        let incoming = Incoming::for_fuzzing(key.id(), (SALT, 1, msg_id, 2), &body);
        let requests = session
            .handle(now, incoming, &salts)
            .into_iter()
            .filter(|event| matches!(event, Event::Request { .. }))
            .count();
        assert!(requests <= MAX_RUNNING);
        assert!(session.running() <= MAX_RUNNING + 64);
        assert!(session.waiting_bytes() <= 8 * MAX_WAITING_BYTES);
    }
});

/// A container whose count, ids, lengths and bodies the input chooses, mostly near the truth.
fn container(msg_id: i64, input: &mut Input<'_>, depth: u8) -> Vec<u8> {
    let shape = input.byte();
    let count = i32::from(shape & 15);
    let told = if shape & 0x10 == 0 { count } else { i32::from_le_bytes(input.array()) };
    let mut out = [MSG_CONTAINER.to_le_bytes(), told.to_le_bytes()].concat();
    for number in 0..count {
        let kind = input.byte();
        let body = if kind & 0xf0 == 0xf0 && depth > 0 {
            container(msg_id, input, depth - 1)
        } else {
            let len = usize::from(input.byte()) & !3;
            let mut body = input.bytes(len).to_vec();
            body.resize(len, 0);
            body
        };
        let shift = i64::from(number) * 4 - 0x200 + i64::from(kind & 3) * 0x200;
        let len = i32::try_from(body.len()).unwrap_or(i32::MAX);
        let len = if kind & 0xc == 0xc { i32::from_le_bytes(input.array()) } else { len };
        out.extend_from_slice(&(msg_id + shift).to_le_bytes());
        out.extend_from_slice(&(2 * number + i32::from(kind & 1)).to_le_bytes());
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&body);
    }
    out
}
