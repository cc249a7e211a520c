//! Every transport, client half against server half, in pieces of every size.

use mtproto::client::{ClientFramer, ClientOutcome, Transport};
use mtproto::framing::{
    CloseReason, Framer, Framing, MAX_PACKET, Outcome, Secrets, TransportError,
};
use mtproto::plain;
use proptest::prelude::*;

use crate::support::{Seeded, cases};

const FRAMINGS: [Framing; 4] =
    [Framing::Abridged, Framing::Full, Framing::Intermediate, Framing::PaddedIntermediate];
const SECRET: [u8; 16] = *b"0123456789abcdef";

fn transports() -> Vec<Transport> {
    let mut all: Vec<Transport> = FRAMINGS.into_iter().map(Transport::clear).collect();
    for framing in [Framing::Abridged, Framing::Intermediate, Framing::PaddedIntermediate] {
        all.push(Transport::obfuscated(framing));
        for prefix in [&[][..], &[0xdd], &[0xee]] {
            let mut secret = [prefix, &SECRET].concat();
            if prefix == [0xee] {
                secret.extend_from_slice(b"example.org");
            }
            all.push(Transport { secret: Some(secret), ..Transport::obfuscated(framing) });
        }
    }
    all
}

fn secrets() -> Secrets {
    Secrets::new([[&[0xdd], SECRET.as_slice()].concat(), vec![1; 3], vec![7; 16]])
}

/// Packets as they occur: plain messages, and encrypted ones of whole blocks.
fn packets() -> Vec<Vec<u8>> {
    let encrypted = |len: usize| (1..=255).cycle().take(len).collect::<Vec<u8>>();
    vec![
        plain::encode(4, &[1, 2, 3, 4]),
        encrypted(24 + 32),
        encrypted(24 + 16 * 40),
        plain::encode(8, &[9; 340]),
        encrypted(24 + 16 * 4096),
        encrypted(24 + 48),
    ]
}

fn drain(framer: &mut Framer) -> Vec<(Vec<u8>, bool)> {
    let mut got = Vec::new();
    loop {
        match framer.next_outcome() {
            Outcome::Packet(packet) => got.push((packet.bytes, packet.quick_ack)),
            Outcome::Incomplete => return got,
            other => panic!("{other:?}"),
        }
    }
}

fn drain_client(framer: &mut ClientFramer) -> Vec<ClientOutcome> {
    let mut got = Vec::new();
    loop {
        match framer.next_outcome() {
            ClientOutcome::Incomplete => return got,
            ClientOutcome::Close(reason) => panic!("{reason}"),
            other => got.push(other),
        }
    }
}

fn check_round_trip(transport: &Transport, cut: impl Fn(&[u8]) -> Vec<Vec<u8>>) {
    let mut rng = Seeded(3);
    let (mut client, mut bytes) = ClientFramer::new(transport, &mut rng);
    let packets = packets();
    for (i, packet) in packets.iter().enumerate() {
        client.encode(packet, i % 2 == 1, &mut rng, &mut bytes);
    }
    let mut server = Framer::new(&secrets());
    let mut got = Vec::new();
    for piece in cut(&bytes) {
        server.push(&piece);
        got.extend(drain(&mut server));
    }
    let may_ask = transport.framing != Framing::Full;
    let sent: Vec<_> = packets
        .iter()
        .cloned()
        .enumerate()
        .map(|(i, packet)| (packet, may_ask && i % 2 == 1))
        .collect();
    assert!(got == sent, "{transport:?}");
    assert_eq!(server.framing(), Some(transport.framing));
    assert_eq!(server.is_obfuscated(), transport.obfuscated);

    let mut back = Vec::new();
    for packet in &packets {
        server.encode(packet, &mut rng, &mut back);
    }
    server.encode_transport_error(TransportError::NOT_FOUND, &mut rng, &mut back);
    server.encode_quick_ack(0x8123_4567, &mut back);
    server.encode(&packets[1], &mut rng, &mut back);
    let mut got = Vec::new();
    for piece in cut(&back) {
        client.push(&piece);
        got.extend(drain_client(&mut client));
    }
    let mut sent: Vec<ClientOutcome> = packets.iter().cloned().map(ClientOutcome::Packet).collect();
    sent.push(ClientOutcome::Error(-404));
    if may_ask {
        sent.push(ClientOutcome::QuickAck(0x8123_4567));
    }
    sent.push(ClientOutcome::Packet(packets[1].clone()));
    assert!(got == sent, "{transport:?} back");
}

#[test]
fn every_transport_in_one_piece_and_byte_by_byte() {
    for transport in transports() {
        check_round_trip(&transport, |bytes| vec![bytes.to_vec()]);
        check_round_trip(&transport, |bytes| bytes.chunks(1).map(<[u8]>::to_vec).collect());
    }
}

#[test]
fn every_transport_split_at_every_byte_of_its_first_kilobyte() {
    for transport in transports() {
        let mut rng = Seeded(4);
        let (mut client, mut bytes) = ClientFramer::new(&transport, &mut rng);
        let packets = [plain::encode(4, &[1, 2, 3, 4]), vec![7; 24 + 16 * 40], vec![8; 24 + 32]];
        for packet in &packets {
            client.encode(packet, false, &mut rng, &mut bytes);
        }
        for split in 0..=bytes.len() {
            let mut server = Framer::new(&secrets());
            server.push(&bytes[..split]);
            let mut got = drain(&mut server);
            server.push(&bytes[split..]);
            got.extend(drain(&mut server));
            assert!(got.iter().map(|(packet, _)| packet).eq(&packets), "{transport:?} at {split}");
        }
    }
}

#[test]
fn a_websocket_carries_obfuscated_streams_only() {
    for transport in transports() {
        let mut rng = Seeded(5);
        let (mut client, mut bytes) = ClientFramer::new(&transport, &mut rng);
        client.encode(&[7; 24 + 64], false, &mut rng, &mut bytes);
        let mut server = Framer::websocket(&secrets());
        server.push(&bytes);
        let outcome = server.next_outcome();
        if transport.obfuscated {
            assert!(matches!(outcome, Outcome::Packet(_)), "{transport:?}");
        } else {
            assert!(matches!(outcome, Outcome::Close(CloseReason::Protocol)), "{transport:?}");
        }
    }
}

#[test]
fn the_header_names_a_data_centre() {
    let mut rng = Seeded(6);
    let transport = Transport { dc: -3, ..Transport::obfuscated(Framing::Intermediate) };
    let (_, bytes) = ClientFramer::new(&transport, &mut rng);
    let mut server = Framer::new(&Secrets::none());
    server.push(&bytes);
    assert_eq!(server.next_outcome(), Outcome::Incomplete);
    assert_eq!(server.header_dc(), Some(-3));
}

#[test]
fn http_is_recognised_and_handed_over_whole() {
    for start in [
        "GET /apiws HTTP/1.1\r\n",
        "POST /api HTTP/1.1\r\n",
        "HEAD / HTTP/1.1\r\n",
        "OPTIONS / HTTP/1.1\r\n",
    ] {
        let mut server = Framer::new(&Secrets::none());
        for byte in start.bytes() {
            server.push(&[byte]);
            server.next_outcome();
        }
        assert_eq!(server.next_outcome(), Outcome::Http);
        assert_eq!(server.into_buffered(), start.as_bytes());
    }
}

#[test]
fn a_frame_opened_and_closed_by_hand_is_the_same() {
    for transport in transports() {
        let mut rng = Seeded(8);
        let (mut client, first) = ClientFramer::new(&transport, &mut rng);
        let mut server = Framer::new(&secrets());
        server.push(&first);
        let mut hello = Vec::new();
        client.encode(&[5; 24 + 32], false, &mut rng, &mut hello);
        server.push(&hello);
        drain(&mut server);
        let mut out = vec![0xaa; 3];
        let mark = server.open_frame(24 + 64, &mut rng, &mut out).unwrap();
        out.extend_from_slice(&[6; 24 + 64]);
        server.close_frame(mark, &mut rng, &mut out);
        client.push(&out[3..]);
        assert_eq!(
            drain_client(&mut client),
            [ClientOutcome::Packet(vec![6; 24 + 64])],
            "{transport:?}"
        );
        // And what is framed where it is goes on in the same stream.
        let mut packet = vec![7; 24 + 4096];
        let head = server.encode_in_place(&mut packet, &mut rng).unwrap();
        client.push(head.as_slice());
        client.push(&packet);
        assert_eq!(
            drain_client(&mut client),
            [ClientOutcome::Packet(vec![7; 24 + 4096])],
            "{transport:?}"
        );
    }
}

#[test]
fn nothing_is_written_before_the_transport_is_known() {
    let mut server = Framer::new(&Secrets::none());
    let mut out = Vec::new();
    server.encode(&[1; 24 + 32], &mut Seeded(1), &mut out);
    server.encode_quick_ack(1, &mut out);
    assert!(server.encode_in_place(&mut vec![1; 24 + 32], &mut Seeded(1)).is_none());
    assert!(out.is_empty());
}

#[test]
fn the_largest_packet_passes() {
    let len = MAX_PACKET - (MAX_PACKET - 24) % 16;
    for framing in FRAMINGS {
        let mut rng = Seeded(9);
        let (mut client, mut bytes) = ClientFramer::new(&Transport::clear(framing), &mut rng);
        let padded_room = if framing == Framing::PaddedIntermediate { 16 } else { 0 };
        client.encode(&vec![3; len - padded_room], false, &mut rng, &mut bytes);
        let mut server = Framer::new(&Secrets::none());
        server.push(&bytes);
        assert!(matches!(server.next_outcome(), Outcome::Packet(_)), "{framing:?}");
    }
}

/// A full frame of this payload with its right CRC.
fn full(sequence: u32, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len() + 12).unwrap();
    let mut frame = [&len.to_le_bytes(), sequence.to_le_bytes().as_slice(), payload].concat();
    frame.extend_from_slice(&crc32fast::hash(&frame).to_le_bytes());
    frame
}

fn closes(case: (Vec<u8>, CloseReason)) {
    let (bytes, reason) = case;
    let mut server = Framer::new(&Secrets::none());
    server.push(&bytes);
    let mut outcome = server.next_outcome();
    while matches!(outcome, Outcome::Packet(_)) {
        outcome = server.next_outcome();
    }
    assert_eq!(outcome, Outcome::Close(reason));
    server.push(&full(0, &[1; 8]));
    assert_eq!(server.next_outcome(), Outcome::Close(reason), "it stays closed");
}

fn changed(mut frame: Vec<u8>, at: usize) -> Vec<u8> {
    frame[at] ^= 1;
    frame
}

cases! { closes:
    abridged_empty_frame => (vec![0xef, 0], CloseReason::Length),
    abridged_long_form_of_nothing => (vec![0xef, 0x7f, 0, 0, 0], CloseReason::Length),
    abridged_too_long => (vec![0xef, 0x7f, 0xff, 0xff, 0xff], CloseReason::TooLong),
    abridged_one_word_too_long => (vec![0xef, 0x7f, 0x01, 0x00, 0x04], CloseReason::TooLong),
    intermediate_empty_frame => ([[0xee; 4], [0; 4]].concat(), CloseReason::Length),
    intermediate_too_long => ([[0xee; 4], [0, 0, 0, 0x40]].concat(), CloseReason::TooLong),
    intermediate_half_a_word => ([[0xee; 4], [6, 0, 0, 0]].concat(), CloseReason::Length),
    intermediate_largest_number_with_quick_ack => ([[0xee; 4], [0xff; 4]].concat(), CloseReason::TooLong),
    padded_shorter_than_a_word => ([[0xdd; 4], [3, 0, 0, 0]].concat(), CloseReason::Length),
    padded_too_long => ([[0xdd; 4], [1, 0, 0x10, 0]].concat(), CloseReason::TooLong),
    full_shorter_than_its_frame => ([[11, 0, 0, 0], [0; 4]].concat(), CloseReason::Length),
    full_empty => (full(0, &[]), CloseReason::Length),
    full_half_a_word => (full(0, &[1; 6]), CloseReason::Length),
    full_too_long => ([[0, 0, 0, 0x7f], [0; 4]].concat(), CloseReason::TooLong),
    full_negative_length => ([[0xff; 4], [0; 4]].concat(), CloseReason::TooLong),
    full_wrong_crc => (changed(full(0, &[1; 8]), 18), CloseReason::Crc),
    full_changed_payload => (changed(full(0, &[1; 8]), 10), CloseReason::Crc),
    full_sequence_repeated => ([full(0, &[1; 8]), full(0, &[1; 8])].concat(), CloseReason::Sequence),
    full_sequence_skipped => ([full(0, &[1; 8]), full(2, &[1; 8])].concat(), CloseReason::Sequence),
    obfuscated_with_unknown_tag => (vec![0x11; 64], CloseReason::Protocol),
    obfuscated_with_a_secret_we_do_not_have => (with_secret(), CloseReason::Protocol),
}

fn with_secret() -> Vec<u8> {
    let transport =
        Transport { secret: Some(vec![5; 16]), ..Transport::obfuscated(Framing::Abridged) };
    ClientFramer::new(&transport, &mut Seeded(2)).1
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_never_panic(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20)) {
        let mut server = Framer::new(&secrets());
        for piece in pieces {
            server.push(&piece);
            for _ in 0..200 {
                if !matches!(server.next_outcome(), Outcome::Packet(_)) {
                    break;
                }
            }
        }
    }

    #[test]
    fn any_packets_in_any_pieces_arrive(
        transport in 0_usize..16,
        bodies in prop::collection::vec(1_usize..80, 1..10),
        size in 1_usize..200,
    ) {
        let all = transports();
        let transport = &all[transport % all.len()];
        let mut rng = Seeded(1);
        let (mut client, mut bytes) = ClientFramer::new(transport, &mut rng);
        let packets: Vec<Vec<u8>> = bodies.iter().map(|blocks| vec![0x21; 24 + 16 * (1 + blocks)]).collect();
        for packet in &packets {
            client.encode(packet, false, &mut rng, &mut bytes);
        }
        let mut server = Framer::new(&secrets());
        let mut got = Vec::new();
        for piece in bytes.chunks(size) {
            server.push(piece);
            got.extend(drain(&mut server).into_iter().map(|(packet, _)| packet));
        }
        prop_assert_eq!(got, packets);
    }
}
