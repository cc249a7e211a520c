//! Packets that have to be refused before a session sees them, by name.

use crypto::Sender;
use mtproto::client::RawMessage;
use mtproto::framing::MAX_PACKET;
use mtproto::session::{PacketKind, open_packet};

use crate::support::{REQUEST, SESSION, Seeded, auth_key, cases};

fn raw() -> RawMessage {
    RawMessage {
        salt: 1,
        session_id: SESSION,
        msg_id: 4,
        seq_no: 1,
        len: None,
        body: REQUEST.to_vec(),
        padding: None,
    }
}

fn sealed(raw: &RawMessage) -> Vec<u8> {
    raw.seal(&auth_key(1), &mut Seeded(2)).unwrap()
}

#[test]
fn the_unchanged_packet_is_opened() {
    let incoming = open_packet(&auth_key(1), sealed(&raw())).unwrap();
    assert_eq!(
        (incoming.salt, incoming.session_id, incoming.msg_id, incoming.seq_no),
        (1, SESSION, 4, 1)
    );
    assert_eq!(incoming.body(), REQUEST);
}

#[test]
fn every_padding_that_the_protocol_allows_is_taken() {
    for padding in (24..=1016).step_by(16) {
        assert!(
            open_packet(&auth_key(1), sealed(&RawMessage { padding: Some(padding), ..raw() }))
                .is_ok(),
            "{padding}"
        );
    }
}

#[test]
fn an_empty_body_is_opened() {
    let empty = RawMessage { body: Vec::new(), ..raw() };
    assert!(open_packet(&auth_key(1), sealed(&empty)).is_ok());
}

fn is_refused(packet: fn() -> Vec<u8>) {
    assert!(open_packet(&auth_key(1), packet()).is_err());
}

fn changed(at: usize) -> Vec<u8> {
    let mut packet = sealed(&raw());
    packet[at] ^= 0x80;
    packet
}

fn cut(len: usize) -> Vec<u8> {
    let mut packet = sealed(&raw());
    packet.truncate(len);
    packet
}

fn with(body: usize, padding: usize, len: Option<i32>) -> Vec<u8> {
    sealed(&RawMessage { body: vec![1; body], padding: Some(padding), len, ..raw() })
}

cases! { is_refused:
    packet_empty => Vec::new,
    packet_of_a_key_id_alone => || cut(8),
    packet_of_a_header_alone => || cut(24),
    packet_one_block_of_data => || cut(40),
    packet_a_byte_short => || { let mut packet = sealed(&raw()); packet.pop(); packet },
    packet_a_byte_long => || { let mut packet = sealed(&raw()); packet.push(0); packet },
    packet_a_block_short => || { let packet = sealed(&raw()); cut(packet.len() - 16) },
    packet_a_block_long => || { let mut packet = sealed(&raw()); packet.extend([0; 16]); packet },
    packet_over_the_limit => || with(MAX_PACKET, 16, None),
    packet_key_id_changed => || changed(0),
    packet_msg_key_changed_in_front => || changed(8),
    packet_msg_key_changed_at_the_end => || changed(23),
    packet_salt_changed => || changed(24),
    packet_session_changed => || changed(32),
    packet_msg_id_changed => || changed(40),
    packet_length_changed => || changed(53),
    packet_body_changed => || changed(57),
    packet_padding_changed => || { let packet = sealed(&raw()); changed(packet.len() - 1) },
    packet_blocks_swapped => || { let mut packet = sealed(&raw()); let first = packet[24..40].to_vec(); packet.copy_within(40..56, 24); packet[40..56].copy_from_slice(&first); packet },
    packet_under_another_key => || raw().seal(&auth_key(2), &mut Seeded(2)).unwrap(),
    packet_under_another_key_with_our_id => || { let mut packet = raw().seal(&auth_key(2), &mut Seeded(2)).unwrap(); packet[..8].copy_from_slice(&auth_key(1).id().to_le_bytes()); packet },
    packet_sealed_as_a_server_does => || { let mut packet = vec![7; 24 + 64]; crypto::seal(&auth_key(1), Sender::Server, &mut packet).unwrap(); packet },
    packet_of_random_bytes => || { let mut packet = vec![0x6b; 24 + 96]; packet[..8].copy_from_slice(&auth_key(1).id().to_le_bytes()); packet },
    packet_of_mtproto_1 => || { let data = vec![3; 64]; crypto::seal_v1(&auth_key(1), &data, &[]).unwrap() },
    packet_two_messages_joined => || [sealed(&raw()), sealed(&raw())].concat(),
    packet_negative_length => || with(8, 24, Some(-4)),
    packet_lowest_length => || with(8, 24, Some(i32::MIN)),
    packet_highest_length => || with(8, 24, Some(i32::MAX)),
    packet_length_beyond_the_data => || with(8, 24, Some(36)),
    packet_length_that_leaves_no_padding => || with(16, 16, Some(32)),
    packet_length_that_leaves_eight_bytes => || with(16, 16, Some(24)),
    packet_length_not_in_words => || with(8, 24, Some(7)),
    packet_length_odd_by_two => || with(8, 24, Some(6)),
    packet_without_padding => || with(16, 0, None),
    packet_with_four_bytes_of_padding => || with(12, 4, None),
    packet_with_eleven_bytes_of_padding => || with(5, 11, None),
    packet_with_1040_bytes_of_padding => || with(16, 1040, None),
    packet_with_1028_bytes_of_padding => || with(12, 1028, None),
    packet_length_zero_hides_a_body => || with(1040, 16, Some(0)),
}

#[test]
fn the_kind_of_a_packet_is_told_by_its_first_bytes() {
    assert_eq!(PacketKind::of(&[]), PacketKind::Malformed);
    assert_eq!(PacketKind::of(&[0; 7]), PacketKind::Malformed);
    assert_eq!(PacketKind::of(&[0; 20]), PacketKind::Malformed);
    assert_eq!(PacketKind::of(&[0; 64]), PacketKind::Malformed);
    let packet = sealed(&raw());
    assert_eq!(PacketKind::of(&packet), PacketKind::Encrypted { auth_key_id: auth_key(1).id() });
    let plain = mtproto::plain::encode(8, &[1, 2, 3, 4]);
    assert!(matches!(PacketKind::of(&plain), PacketKind::Plain(message) if message.msg_id == 8));
}
