//! Any bytes behind a sound obfuscated header, in any pieces: what a hostile client reaches that knows the cipher.
#![no_main]

use crypto::AesCtr;
use hoopoe_fuzz::{Input, Seeded};
use libfuzzer_sys::fuzz_target;
use mtproto::framing::{Framer, MAX_PACKET, Outcome, Secrets, TransportError};

const TAGS: [[u8; 4]; 4] = [[0xef; 4], [0xee; 4], [0xdd; 4], [0; 4]];

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let mode = input.byte();
    let step = usize::from(input.byte()).max(1);
    let mut header = [0x2b; 64];
    header[8..56].iter_mut().zip(input.array::<16>()).for_each(|(byte, new)| *byte = new);
    header[56..60].copy_from_slice(&TAGS[usize::from(mode & 3)]);
    header[60..62].copy_from_slice(&input.array::<2>());
    let (mut key, mut iv) = ([0; 32], [0; 16]);
    key.copy_from_slice(&header[8..40]);
    iv.copy_from_slice(&header[40..56]);
    let mut cipher = AesCtr::new(&key, &iv);
    let mut sealed = header;
    cipher.apply(&mut sealed);
    header[56..].copy_from_slice(&sealed[56..]);
    let mut bytes = input.0.to_vec();
    cipher.apply(&mut bytes);

    let secrets = Secrets::new([[7; 16]]);
    let mut framer =
        if mode & 4 == 0 { Framer::new(&secrets) } else { Framer::websocket(&secrets) };
    let mut rng = Seeded(1);
    let mut out = Vec::new();
    for piece in header.chunks(step).chain(bytes.chunks(step)) {
        framer.push(piece);
        while let Outcome::Packet(packet) = framer.next_outcome() {
            assert!(packet.bytes.len() <= MAX_PACKET && !packet.bytes.is_empty());
            framer.encode(&packet.bytes[..packet.bytes.len() & !3], &mut rng, &mut out);
        }
        framer.encode_transport_error(TransportError::NOT_FOUND, &mut rng, &mut out);
        out.clear();
    }
});
