//! Any sequence of plain messages to the table of key exchanges. Works are run at most once an input: they are slow, and
//! what they parse has a target of its own.
#![no_main]

use std::sync::LazyLock;

use crypto::RsaKeyPair;
use hoopoe_fuzz::{Input, Seeded, at};
use libfuzzer_sys::fuzz_target;
use mtproto::client::wire::ResPq;
use mtproto::handshake::{HandshakeConfig, Handshakes, Keys, Step};
use mtproto::schema::{REQ_DH_PARAMS, REQ_PQ_MULTI, SET_CLIENT_DH_PARAMS};

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let pem = include_str!("../../crates/crypto/tests/data/rsa_pkcs1.pem");
    Keys::new(RsaKeyPair::from_pem(pem).expect("a key of the tests"), Vec::new())
});

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let config = HandshakeConfig { max_total: 8, max_per_origin: 3, ..HandshakeConfig::default() };
    let mut hands = Handshakes::new(config, KEYS.fingerprints());
    let mut rng = Seeded(1);
    let mut server_nonce = [0; 16];
    let mut may_work = true;
    let mut secs = 0;
    for _ in 0..32 {
        if input.is_empty() {
            break;
        }
        let kind = input.byte();
        secs += u64::from(input.byte());
        let origin = u64::from(kind >> 6);
        let body = body(kind, server_nonce, &mut input);
        let mut step = hands.handle(at(secs), origin, &body, &mut rng);
        if let Step::Work(work) = step {
            if !may_work {
                continue;
            }
            may_work = false;
            step = hands.finish(work.run(&KEYS, None, &mut rng), at(secs));
        }
        if let Step::Reply(reply) = step
            && let Ok(offer) = ResPq::parse(&reply)
        {
            server_nonce = offer.server_nonce;
        }
        assert!(hands.len() <= 8);
    }
});

/// A request with plausible nonces, or bytes as they come.
fn body(kind: u8, server_nonce: [u8; 16], input: &mut Input<'_>) -> Vec<u8> {
    let nonce = [kind & 3; 16];
    let constructor = match kind & 0x1c {
        0x00 | 0x04 => REQ_PQ_MULTI,
        0x08 | 0x0c => REQ_DH_PARAMS,
        0x10 | 0x14 => SET_CLIENT_DH_PARAMS,
        _ => {
            let len = usize::from(input.byte());
            return input.bytes(len).to_vec();
        }
    };
    let mut body = [&constructor.to_le_bytes(), nonce.as_slice()].concat();
    if constructor != REQ_PQ_MULTI {
        body.extend_from_slice(&server_nonce);
        let len = usize::from(input.byte()) * 2;
        body.extend_from_slice(input.bytes(len));
    }
    body
}
