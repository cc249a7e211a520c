//! What is parsed of a key exchange once a hash was right: both inner bodies, and the client's parsers.
#![no_main]

use crypto::TmpAes;
use libfuzzer_sys::fuzz_target;
use mtproto::client::wire::{ResPq, ServerDh};
use mtproto::handshake::for_fuzzing;

fuzz_target!(|data: &[u8]| {
    for_fuzzing::parse_inner_bodies(data);
    if let Ok(offer) = ResPq::parse(data) {
        assert!(offer.fingerprints.len() <= data.len() / 8);
    }
    let _ = ServerDh::open(data, &TmpAes::new(&[1; 32], &[2; 16]));
});
