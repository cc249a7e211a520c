//! Any bytes to the client's half; and what a client sends arrives at a server, whatever the pieces.
#![no_main]

use hoopoe_fuzz::{Input, Seeded};
use libfuzzer_sys::fuzz_target;
use mtproto::client::{ClientFramer, ClientOutcome, Transport};
use mtproto::framing::{Framer, Framing, Outcome, Secrets};

const FRAMINGS: [Framing; 4] =
    [Framing::Abridged, Framing::Full, Framing::Intermediate, Framing::PaddedIntermediate];

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let mode = input.byte();
    let framing = FRAMINGS[usize::from(mode & 3)];
    let obfuscated = mode & 4 != 0 && framing != Framing::Full;
    let transport = Transport {
        obfuscated,
        secret: (mode & 8 != 0).then(|| vec![7; 16]),
        ..Transport::clear(framing)
    };
    let mut rng = Seeded(u64::from(input.byte()));
    let (mut client, mut bytes) = ClientFramer::new(&transport, &mut rng);
    let (count, step) = (usize::from(input.byte() & 7), usize::from(input.byte()).max(1));
    let packets: Vec<Vec<u8>> =
        (0..count).map(|i| vec![0x11; 24 + 16 * (2 + usize::from(input.byte()) + i)]).collect();
    for packet in &packets {
        client.encode(packet, mode & 16 != 0, &mut rng, &mut bytes);
    }
    let mut server = Framer::new(&Secrets::new([[7; 16]]));
    let mut got = Vec::new();
    for piece in bytes.chunks(step) {
        server.push(piece);
        while let Outcome::Packet(packet) = server.next_outcome() {
            got.push(packet.bytes);
        }
    }
    assert_eq!(got, packets);

    client.push(input.0);
    while !matches!(client.next_outcome(), ClientOutcome::Incomplete | ClientOutcome::Close(_)) {}
});
