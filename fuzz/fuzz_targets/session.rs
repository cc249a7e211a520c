//! Any sequence of opened messages to a session, mixed with answers, news, time and lost connections.
#![no_main]

use std::sync::Arc;

use crypto::{AuthKey, Sender};
use hoopoe_fuzz::{Input, Seeded, at};
use libfuzzer_sys::fuzz_target;
use mtproto::client::ClientSession;
use mtproto::session::limits::{MAX_RUNNING, MAX_WAITING_BYTES};
use mtproto::session::{DestroyOutcome, Event, FirstSalt, Incoming, RpcAnswer, Salts, Session};

const SALT: i64 = 0x5a17;

fuzz_target!(|data: &[u8]| {
    let key = AuthKey::new([0x5a; 256]);
    let salts = Salts::new([1; 32], 1);
    let mut rng = Seeded(1);
    let first = FirstSalt { salt: SALT, made: at(0).wall };
    let mut session = Session::new(key.id(), Some(first), 1, &mut rng);
    let mut client = ClientSession::new(key.clone(), 1, SALT);
    let mut running = Vec::new();
    let mut secs = 400;
    let mut input = Input(data);
    for _ in 0..64 {
        if input.is_empty() {
            break;
        }
        let now = at(secs);
        match input.byte() & 7 {
            0..=3 => {
                let salt = if input.byte() == 0xff { 0 } else { SALT };
                let shift = i64::from(i16::from_le_bytes(input.array())) * 4
                    + (i64::from(input.byte() & 0xc0) << 26);
                let seq_no = i32::from(input.byte());
                let len = usize::from(u16::from_le_bytes(input.array()) & 0x3ff);
                let incoming = Incoming::for_fuzzing(
                    key.id(),
                    (salt, 1, now.wall.msg_id() + shift, seq_no),
                    input.bytes(len),
                );
                for event in session.handle(now, incoming, &salts) {
                    collect(event, &mut running);
                }
            }
            4 => {
                if let Some(event) = running.pop() {
                    answer(&mut session, now, event, input.byte());
                }
            }
            5 => {
                let body: Arc<[u8]> = vec![3; usize::from(input.byte()) * 64].into();
                let _ = session.push(now, body);
            }
            6 => secs += u64::from(input.byte()),
            _ => drop(session.reconnected()),
        }
        assert!(session.running() <= MAX_RUNNING + 64);
        assert!(session.waiting_bytes() <= 8 * MAX_WAITING_BYTES);
        if input.byte() & 1 == 0 {
            while let Some(mut packet) = session.next_packet(at(secs), &salts, &mut rng) {
                crypto::seal(&key, Sender::Server, &mut packet).expect("whole blocks");
                client.open_messages(packet).expect("what a server says, a client reads");
            }
            assert!(!session.wants_flush(at(secs).mono));
        }
    }
});

fn collect(event: Event, running: &mut Vec<Event>) {
    match event {
        Event::Request { .. } | Event::DestroySession { .. } | Event::DestroyAuthKey { .. } => {
            running.push(event)
        }
        Event::CloseAfter(_)
        | Event::DropAnswer { .. }
        | Event::HttpWait(_)
        | Event::Refused(_) => {}
    }
}

fn answer(session: &mut Session, now: mtproto::Now, event: Event, kind: u8) {
    match event {
        Event::Request { msg_id, .. } if kind & 1 == 0 => {
            let body = vec![kind; usize::from(kind) * 320];
            session.answer(
                now,
                msg_id,
                RpcAnswer::Result { body, compressible: kind & 2 == 0, repeatable: kind & 4 == 0 },
            );
        }
        Event::Request { msg_id, .. } => {
            session.answer(now, msg_id, RpcAnswer::Error { code: 400, text: "X".to_owned() });
        }
        Event::DestroySession { msg_id, session_id } => {
            session.session_destroyed(now, msg_id, session_id, kind & 1 == 0);
        }
        Event::DestroyAuthKey { msg_id } => {
            session.auth_key_destroyed(now, msg_id, DestroyOutcome::Ok)
        }
        _ => {}
    }
}
