//! Any bytes in any pieces, to the server's half of every transport.
#![no_main]

use hoopoe_fuzz::{Input, Seeded};
use libfuzzer_sys::fuzz_target;
use mtproto::framing::{Framer, MAX_PACKET, Outcome, Secrets, TransportError};

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let mode = input.byte();
    let secrets = Secrets::new([[7; 16], [8; 16]]);
    let mut framer =
        if mode & 1 == 0 { Framer::new(&secrets) } else { Framer::websocket(&secrets) };
    let step = usize::from(input.byte()).max(1);
    let mut rng = Seeded(1);
    let mut out = Vec::new();
    while !input.is_empty() {
        framer.push(input.bytes(step));
        while let Outcome::Packet(packet) = framer.next_outcome() {
            assert!(packet.bytes.len() <= MAX_PACKET && !packet.bytes.is_empty());
            framer.encode(&packet.bytes[..packet.bytes.len() & !3], &mut rng, &mut out);
            framer.encode_quick_ack(0x8000_0001, &mut out);
        }
        framer.encode_transport_error(TransportError::NOT_FOUND, &mut rng, &mut out);
        out.clear();
    }
});
