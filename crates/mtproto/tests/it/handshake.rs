//! Whole key exchanges: what has to work.

use std::time::Duration;

use crypto::{DhPair, RsaForm};
use mtproto::Now;
use mtproto::client::{ClientConfig, ClientHandshake, ClientKey, ClientStep, HandshakeError};
use mtproto::handshake::{Established, HandshakeConfig, Handshakes, Step, Verdict};

use crate::support::{Seeded, at, cases, first_key, keys};

pub(crate) const ORIGIN: u64 = 1;

pub(crate) fn handshakes() -> Handshakes {
    Handshakes::new(HandshakeConfig::default(), keys().fingerprints())
}

/// Runs whatever work a step holds.
pub(crate) fn settle(hands: &mut Handshakes, now: Now, step: Step, rng: &mut Seeded) -> Step {
    match step {
        Step::Work(work) => hands.finish(work.run(keys(), None, rng), now),
        other => other,
    }
}

/// The body that a step replies with.
pub(crate) fn reply(step: Step) -> Vec<u8> {
    match step {
        Step::Reply(body) => body,
        other => panic!("{other:?}"),
    }
}

fn send(step: ClientStep) -> Vec<u8> {
    match step {
        ClientStep::Send(body) => body,
        ClientStep::Done(_) => panic!("done early"),
    }
}

/// A whole exchange; the verdicts are given one after another.
fn exchange(
    hands: &mut Handshakes,
    config: ClientConfig,
    verdicts: &[Verdict],
    seed: u64,
) -> Result<(Vec<Established>, ClientKey), HandshakeError> {
    let mut rng = Seeded(seed);
    let key = first_key().public();
    let (mut client, hello) = ClientHandshake::start(config, &mut rng);
    let offer = reply(hands.handle(at(0), ORIGIN, &hello, &mut rng));
    let params = send(client.handle(&offer, key, &mut rng)?);
    let step = hands.handle(at(1), ORIGIN, &params, &mut rng);
    let answer = reply(settle(hands, at(1), step, &mut rng));
    let mut half = send(client.handle(&answer, key, &mut rng)?);
    let mut all = Vec::new();
    for verdict in verdicts {
        let step = hands.handle(at(2), ORIGIN, &half, &mut rng);
        let Step::Established(made) = settle(hands, at(2), step, &mut rng) else {
            panic!("no key")
        };
        let last = hands.conclude(&made, *verdict);
        all.push(*made);
        match client.handle(&last, key, &mut rng)? {
            ClientStep::Done(key) => return Ok((all, *key)),
            ClientStep::Send(again) => half = again,
        }
    }
    panic!("not enough verdicts")
}

struct Whole {
    form: RsaForm,
    dc: Option<i32>,
    expires_in: Option<i32>,
    lives: Option<u32>,
}

fn works(case: &Whole) {
    let config = ClientConfig { form: case.form, dc: case.dc, expires_in: case.expires_in };
    let (made, client) = exchange(&mut handshakes(), config, &[Verdict::Stored], 11).unwrap();
    let made = &made[0];
    assert_eq!(made.auth_key.expose(), client.auth_key.expose());
    assert_eq!(made.first_salt, client.first_salt);
    assert_eq!((made.form, made.dc, made.expires_in), (case.form, case.dc, case.lives));
    assert_eq!(client.server_time, at(1).wall.tl_date());
}

const DAY: u32 = 86_400;

cases! { works:
    pad_with_dc => &Whole { form: RsaForm::Pad, dc: Some(2), expires_in: None, lives: None },
    pad_without_dc => &Whole { form: RsaForm::Pad, dc: None, expires_in: None, lives: None },
    pad_temporary => &Whole { form: RsaForm::Pad, dc: None, expires_in: Some(3600), lives: Some(3600) },
    pad_temporary_with_dc => &Whole { form: RsaForm::Pad, dc: Some(4), expires_in: Some(DAY.cast_signed()), lives: Some(DAY) },
    pad_temporary_too_long_is_clamped => &Whole { form: RsaForm::Pad, dc: Some(4), expires_in: Some(i32::MAX), lives: Some(DAY) },
    pad_media_dc => &Whole { form: RsaForm::Pad, dc: Some(-2), expires_in: None, lives: None },
    pad_test_dc => &Whole { form: RsaForm::Pad, dc: Some(10_002), expires_in: None, lives: None },
    pad_test_media_dc => &Whole { form: RsaForm::Pad, dc: Some(-10_003), expires_in: None, lives: None },
    old_with_dc => &Whole { form: RsaForm::Old, dc: Some(2), expires_in: None, lives: None },
    old_without_dc => &Whole { form: RsaForm::Old, dc: None, expires_in: None, lives: None },
    old_temporary => &Whole { form: RsaForm::Old, dc: None, expires_in: Some(1), lives: Some(1) },
    old_temporary_with_dc => &Whole { form: RsaForm::Old, dc: Some(5), expires_in: Some(60), lives: Some(60) },
}

#[test]
fn a_collision_is_tried_again_with_its_retry_id() {
    let verdicts = [Verdict::Collision, Verdict::Collision, Verdict::Stored];
    let (made, client) =
        exchange(&mut handshakes(), ClientConfig::default(), &verdicts, 12).unwrap();
    assert_eq!(made.len(), 3);
    assert_eq!(made[2].auth_key.id(), client.auth_key.id());
    assert_ne!(made[0].auth_key.id(), made[1].auth_key.id());
    assert_ne!(made[1].auth_key.id(), made[2].auth_key.id());
}

#[test]
fn a_store_that_fails_is_told() {
    let result = exchange(&mut handshakes(), ClientConfig::default(), &[Verdict::Failed], 13);
    assert_eq!(result.err(), Some(HandshakeError::Failed));
}

#[test]
fn a_key_that_begins_with_zero_keeps_its_256_bytes() {
    // One exchange in 256 ends so; seeds are tried until one does.
    let found = (0..3000).find(|seed| {
        let mut rng = Seeded(*seed);
        let (a, b) = (DhPair::generate(&mut rng).unwrap(), DhPair::generate(&mut rng).unwrap());
        a.secret.shared(&b.public).unwrap()[0] == 0
    });
    let mut hands = handshakes();
    let mut rng = Seeded(found.expect("one in 256"));
    let pair = DhPair::generate(&mut rng).unwrap();

    // The same client, but its pair is drawn from where the found pair was.
    let mut other = Seeded(99);
    let key = first_key().public();
    let (mut client, hello) = ClientHandshake::start(ClientConfig::default(), &mut other);
    let offer = reply(hands.handle(at(0), ORIGIN, &hello, &mut other));
    let params = send(client.handle(&offer, key, &mut other).unwrap());
    let Step::Work(work) = hands.handle(at(0), ORIGIN, &params, &mut other) else {
        panic!("no work")
    };
    let answer = reply(hands.finish(work.run(keys(), Some(pair), &mut other), at(0)));
    let half = send(client.handle(&answer, key, &mut rng).unwrap());
    let step = hands.handle(at(0), ORIGIN, &half, &mut other);
    let Step::Established(made) = settle(&mut hands, at(0), step, &mut other) else {
        panic!("no key")
    };
    let last = hands.conclude(&made, Verdict::Stored);
    let ClientStep::Done(client) = client.handle(&last, key, &mut other).unwrap() else {
        panic!("not done")
    };
    assert_eq!(made.auth_key.expose()[0], 0);
    assert_eq!(made.auth_key.expose(), client.auth_key.expose());
    assert_eq!(made.auth_key.id(), client.auth_key.id());
}

#[test]
fn the_same_request_gets_the_same_bytes() {
    let mut hands = handshakes();
    let mut rng = Seeded(14);
    let key = first_key().public();
    let (mut client, hello) = ClientHandshake::start(ClientConfig::default(), &mut rng);
    let offer = reply(hands.handle(at(0), ORIGIN, &hello, &mut rng));
    assert_eq!(reply(hands.handle(at(0), ORIGIN, &hello, &mut rng)), offer);

    let params = send(client.handle(&offer, key, &mut rng).unwrap());
    let Step::Work(work) = hands.handle(at(1), ORIGIN, &params, &mut rng) else {
        panic!("no work")
    };
    assert!(matches!(hands.handle(at(1), ORIGIN, &params, &mut rng), Step::Ignore));
    let answer = reply(hands.finish(work.run(keys(), None, &mut rng), at(1)));
    assert_eq!(reply(hands.handle(at(2), ORIGIN, &params, &mut rng)), answer);

    let half = send(client.handle(&answer, key, &mut rng).unwrap());
    let step = hands.handle(at(3), ORIGIN, &half, &mut rng);
    let Step::Established(made) = settle(&mut hands, at(3), step, &mut rng) else {
        panic!("no key")
    };
    assert!(matches!(hands.handle(at(3), ORIGIN, &half, &mut rng), Step::Ignore));
    let last = hands.conclude(&made, Verdict::Stored);
    assert_eq!(reply(hands.handle(at(4), ORIGIN, &half, &mut rng)), last);
}

#[test]
fn an_exchange_replays_from_its_seed() {
    let once =
        exchange(&mut handshakes(), ClientConfig::default(), &[Verdict::Stored], 15).unwrap();
    let again =
        exchange(&mut handshakes(), ClientConfig::default(), &[Verdict::Stored], 15).unwrap();
    assert_eq!(once.1.auth_key.expose(), again.1.auth_key.expose());
}

#[test]
fn every_run_has_its_own_nonce_and_number() {
    let mut hands = handshakes();
    let mut rng = Seeded(16);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let (_, hello) = ClientHandshake::start(ClientConfig::default(), &mut rng);
        let body = reply(hands.handle(at(0), ORIGIN, &hello, &mut rng));
        let offer = mtproto::client::wire::ResPq::parse(&body).unwrap();
        assert_eq!(offer.fingerprints, keys().fingerprints());
        assert!(seen.insert(offer.server_nonce.to_vec()));
        assert!(seen.insert(offer.pq));
    }
}

#[test]
fn the_table_is_bounded_per_origin_and_in_total() {
    let config = HandshakeConfig { max_total: 5, max_per_origin: 2, ..HandshakeConfig::default() };
    let mut hands = Handshakes::new(config, keys().fingerprints());
    let mut rng = Seeded(17);
    let mut hello = || ClientHandshake::start(ClientConfig::default(), &mut rng).1;
    let (first, second) = (hello(), hello());
    let mut rng = Seeded(18);
    let offer = reply(hands.handle(at(0), ORIGIN, &first, &mut rng));
    for _ in 0..4 {
        hands.handle(at(0), ORIGIN, &hello(), &mut rng);
    }
    assert_eq!(hands.len(), 2);
    assert_ne!(reply(hands.handle(at(0), ORIGIN, &first, &mut rng)), offer, "the oldest gave way");
    for origin in 2..20 {
        hands.handle(at(0), origin, &second, &mut rng);
    }
    assert_eq!(hands.len(), 5);
}

#[test]
fn an_exchange_lives_ten_minutes() {
    let mut hands = handshakes();
    let mut rng = Seeded(19);
    let (_, hello) = ClientHandshake::start(ClientConfig::default(), &mut rng);
    let offer = reply(hands.handle(at(0), ORIGIN, &hello, &mut rng));
    assert_eq!(reply(hands.handle(at(599), ORIGIN, &hello, &mut rng)), offer);
    assert_ne!(reply(hands.handle(at(601), ORIGIN, &hello, &mut rng)), offer);
    let long = Now { mono: at(601).mono + Duration::from_secs(10_000), ..at(601) };
    hands.handle(long, 2, &hello, &mut rng);
    assert_eq!(hands.len(), 1);
}
