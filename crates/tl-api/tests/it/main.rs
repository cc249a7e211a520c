//! The generated types through their public face: what is written is read back, and the limits hold.
#![cfg(test)]

use proptest as _;
use tl_api::{Deserialize, Function, Serialize, enums, functions, name_of, types};
use tl_codec::{Error, Reader, VECTOR, Writer};

#[test]
fn function_is_written_with_its_id_and_read_without() {
    let request = functions::messages::SendMessage {
        silent: true,
        peer: types::InputPeerUser { user_id: 7, access_hash: -1 }.into(),
        message: "hello".into(),
        random_id: 3,
        entities: Some(vec![types::MessageEntityBold { offset: 0, length: 5 }.into()]),
        ..Default::default()
    };
    let wire = request.to_bytes();
    assert_eq!(wire[..4], functions::messages::SendMessage::ID.to_le_bytes());
    assert_eq!(functions::messages::SendMessage::from_bytes(&wire[4..]), Ok(request));
}

#[test]
fn type_is_written_with_the_id_of_its_constructor() {
    let peer = enums::InputPeer::InputPeerSelf;
    assert_eq!(peer.to_bytes(), 0x7da0_7ec9u32.to_le_bytes());
    assert_eq!(enums::InputPeer::from_bytes(&peer.to_bytes()), Ok(peer));
}

#[test]
fn message_survives_with_every_kind_of_field() {
    let message = enums::Message::from(types::Message {
        out: true,
        id: 5,
        peer_id: types::PeerChannel { channel_id: 1 << 40 }.into(),
        message: "text".into(),
        date: 1_700_000_000,
        views: Some(10),
        forwards: Some(0),
        media: Some(types::MessageMediaGeo::default().into()),
        ..Default::default()
    });
    assert_eq!(enums::Message::from_bytes(&message.to_bytes()), Ok(message));
}

#[test]
fn fields_that_share_a_bit_are_written_together() {
    let message = types::Message { views: Some(10), ..Default::default() };
    let read = types::Message::from_bytes(&message.to_bytes()).unwrap();
    assert_eq!((read.views, read.forwards), (Some(10), Some(0)));
}

#[test]
fn unknown_constructor_names_the_type_it_is_not() {
    assert_eq!(
        enums::InputPeer::from_bytes(&[1, 2, 3, 4]),
        Err(Error::UnknownConstructor { id: 0x0403_0201, expected: "InputPeer" })
    );
}

#[test]
fn left_out_field_is_refused() {
    let mut wire = Writer::new();
    wire.u32(1 << 22); // rich_message of messages.sendMessage
    let read = functions::messages::SendMessage::from_bytes(wire.as_bytes());
    assert!(read.is_err());
}

#[test]
fn deep_nesting_is_an_error_and_not_an_overflow() {
    let mut wire = Writer::new();
    for _ in 0..5000 {
        wire.u32(0xf744_4763); // jsonArray
        wire.vector_len(1);
    }
    wire.u32(0x3f6d_7b68); // jsonNull
    assert_eq!(enums::JSONValue::from_bytes(wire.as_bytes()), Err(Error::TooDeep { limit: 32 }));
}

#[test]
fn a_million_small_elements_do_not_become_many_megabytes() {
    let count = 250_000u32;
    let mut wire = Writer::new();
    wire.u32(VECTOR);
    wire.u32(count);
    for _ in 0..count {
        wire.u32(0x9664_f57f); // inputMediaEmpty
    }
    assert!(matches!(
        Vec::<enums::InputMedia>::from_bytes(wire.as_bytes()),
        Err(Error::VectorTooLong { .. })
    ));
    let roomy = tl_codec::Limits { vector_len: 1 << 20, depth: 32 };
    let mut reader =
        Reader::with(wire.as_bytes(), roomy, tl_codec::Budget::for_request(wire.len()));
    assert!(matches!(
        Vec::<enums::InputMedia>::deserialize(&mut reader),
        Err(Error::Budget { .. })
    ));
}

#[test]
fn names_lead_both_ways() {
    assert_eq!(name_of(functions::help::GetConfig::ID), Some("help.getConfig"));
    assert_eq!(name_of(0x7da0_7ec9), Some("inputPeerSelf"));
    assert_eq!(name_of(1), None);
    assert!(tl_api::FUNCTIONS.is_sorted());
    assert!(tl_api::FUNCTIONS.iter().all(|(name, id)| name_of(*id) == Some(name)));
}

#[test]
fn wrapper_keeps_its_query_as_it_stands() {
    let inner = functions::help::GetConfig::default().to_bytes();
    let wrapper = functions::InvokeWithLayer { layer: 230, query: inner.clone() };
    let wire = wrapper.to_bytes();
    assert_eq!(wire.len(), 8 + inner.len());
    assert_eq!(functions::InvokeWithLayer::from_bytes(&wire[4..]), Ok(wrapper));
}
