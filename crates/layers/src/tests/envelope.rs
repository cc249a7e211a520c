//! Wrappers around requests, and the limits of what is in them.

use proptest::prelude::*;
use tl_api::{Serialize, functions, types};
use tl_codec::{Budget, GZIP_PACKED, Writer, gzip};

use crate::{Envelope, Error, Layer, peel, upgrade_request};

fn opened(body: &[u8]) -> Result<Envelope<'_>, Error> {
    peel(body, &mut Budget::for_request(body.len()))
}

fn packed(data: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.u32(GZIP_PACKED);
    writer.bytes(&gzip(data));
    writer.into_bytes()
}

fn query() -> Vec<u8> {
    functions::updates::GetState {}.to_bytes()
}

fn init(query: Vec<u8>) -> functions::InitConnection {
    functions::InitConnection {
        api_id: 4,
        device_model: "hand".into(),
        lang_code: "ar".into(),
        proxy: Some(types::InputClientProxy { address: "::1".into(), port: 1 }.into()),
        params: Some(tl_api::enums::JSONValue::JsonNull),
        query,
        ..Default::default()
    }
}

#[test]
fn request_without_wrappers_is_not_copied() {
    let body = query();
    let envelope = opened(&body).unwrap();
    assert!(matches!(envelope.query, std::borrow::Cow::Borrowed(bytes) if bytes == body));
    assert_eq!((envelope.layer, envelope.init), (None, None));
}

#[test]
fn first_request_of_a_connection_is_peeled() {
    let inner = functions::InvokeAfterMsg { msg_id: 12, query: query() }.to_bytes();
    let inner = functions::InvokeWithoutUpdates { query: inner }.to_bytes();
    let body = functions::InvokeWithLayer { layer: 150, query: init(inner).to_bytes() }.to_bytes();
    let envelope = opened(&body).unwrap();
    assert_eq!(envelope.layer, Some(150));
    assert_eq!(envelope.after, [12]);
    assert!(envelope.without_updates);
    assert_eq!(envelope.query, query());
    let info = envelope.init.unwrap();
    assert_eq!(
        (info.api_id, info.device_model.as_str(), info.lang_code.as_str()),
        (4, "hand", "ar")
    );
}

#[test]
fn older_id_of_init_connection_is_peeled() {
    // TDLib 1.8.0 to 1.8.14, inside invokeWithLayer(133).
    for flags in 0..4 {
        let mut writer = Writer::new();
        writer.u32(0x7851_88b8);
        writer.u32(flags);
        writer.i32(94_575);
        for text in ["test", "Linux", "1", "en", "", "en"] {
            writer.string(text);
        }
        if flags & 1 != 0 {
            let proxy = types::InputClientProxy { address: "::1".into(), port: 1 };
            writer.raw(&tl_api::enums::InputClientProxy::from(proxy).to_bytes());
        }
        if flags & 2 != 0 {
            writer.raw(&tl_api::enums::JSONValue::JsonNull.to_bytes());
        }
        writer.raw(&query());
        let body = functions::InvokeWithLayer { layer: 133, query: writer.into_bytes() }.to_bytes();
        let envelope = opened(&body).unwrap();
        assert_eq!(envelope.init.unwrap().api_id, 94_575);
        assert_eq!(envelope.query, query());
    }
}

#[test]
fn packed_query_opens_wherever_it_stands() {
    let inside =
        functions::InvokeWithLayer { layer: 230, query: init(packed(&query())).to_bytes() }
            .to_bytes();
    let outside = packed(
        &functions::InvokeWithLayer { layer: 230, query: init(query()).to_bytes() }.to_bytes(),
    );
    for body in [inside, outside] {
        let envelope = opened(&body).unwrap();
        assert_eq!(envelope.layer, Some(230));
        assert_eq!(envelope.query, query());
    }
}

#[test]
fn other_wrappers_are_peeled() {
    let body = functions::InvokeWithTakeout { takeout_id: 3, query: query() }.to_bytes();
    assert_eq!(opened(&body).unwrap().takeout, Some(3));
    let range = types::MessageRange { min_id: 1, max_id: 2 }.into();
    let body = functions::InvokeWithMessagesRange { range, query: query() }.to_bytes();
    assert_eq!(opened(&body).unwrap().messages_range, Some((1, 2)));
    let body = functions::InvokeAfterMsgs { msg_ids: vec![1, 2], query: query() }.to_bytes();
    assert_eq!(opened(&body).unwrap().after, [1, 2]);
    let body = functions::InvokeWithReCaptcha { token: "t".into(), query: query() }.to_bytes();
    assert_eq!(opened(&body).unwrap().query, query());
}

#[test]
fn request_for_a_business_account_is_refused() {
    let body =
        functions::InvokeWithBusinessConnection { connection_id: "c".into(), query: query() }
            .to_bytes();
    assert!(matches!(opened(&body), Err(Error::UnservedWrapper { .. })));
}

#[test]
fn wrappers_have_a_limit_and_a_layer_is_named_once() {
    let mut body = query();
    for msg_id in 0..20 {
        body = functions::InvokeAfterMsg { msg_id, query: body }.to_bytes();
    }
    assert_eq!(opened(&body), Err(Error::BadWrappers));
    let inner = functions::InvokeWithLayer { layer: 150, query: query() }.to_bytes();
    let body = functions::InvokeWithLayer { layer: 160, query: inner }.to_bytes();
    assert_eq!(opened(&body), Err(Error::BadWrappers));
    assert_eq!(opened(&packed(&packed(&query()))), Err(Error::BadWrappers));
}

#[test]
fn damaged_body_is_an_error() {
    for body in [&[][..], &[1, 2, 3], &[0x0d, 0x0d, 0x9b, 0xda], &packed(&query())[..12]] {
        assert!(matches!(opened(body), Err(Error::Malformed(_))), "{body:?}");
    }
}

#[test]
fn deep_json_in_a_wrapper_is_an_error_and_not_an_overflow() {
    let mut params = Writer::new();
    for _ in 0..5000 {
        params.u32(0xf744_4763);
        params.vector_len(1);
    }
    let mut body = Writer::new();
    body.u32(0xc1cd_5ea9);
    body.u32(2);
    body.i32(1);
    for _ in 0..6 {
        body.string("");
    }
    body.raw(params.as_bytes());
    let too_deep = tl_codec::Error::TooDeep { limit: 32 };
    assert_eq!(opened(body.as_bytes()), Err(Error::Malformed(too_deep)));
}

/// `help.saveAppLog` of layer 150 with `data` nested 5000 levels deep, and `messages.sendMultiMedia` with a million bytes of
/// empty media: the two ways in which another decoder could be brought down.
#[test]
fn hostile_requests_of_an_old_layer_stay_within_their_budget() {
    let layer = Layer::supported(150).unwrap();
    let mut deep = Writer::new();
    deep.u32(
        crate::table::by_name(crate::table::Name::find("help.saveAppLog").unwrap(), true, 150)
            .unwrap()
            .id,
    );
    deep.vector_len(1);
    deep.u32(0x1d1b_1245);
    deep.f64(0.0);
    deep.string("");
    deep.i64(0);
    for _ in 0..5000 {
        deep.u32(0xf744_4763);
        deep.vector_len(1);
    }
    let deep = deep.into_bytes();
    let result = upgrade_request(layer, &deep, &mut Budget::for_request(deep.len()));
    // Nothing in this request differs from the canonical one, so that it passes on to the decoder that refuses it.
    assert!(
        matches!(&result, Ok(std::borrow::Cow::Borrowed(_)) | Err(Error::Malformed(_))),
        "{result:?}"
    );

    let mut wide = Writer::new();
    wide.u32(
        crate::table::by_name(
            crate::table::Name::find("messages.sendMultiMedia").unwrap(),
            true,
            150,
        )
        .unwrap()
        .id,
    );
    wide.u32(0);
    wide.u32(0x7da0_7ec9);
    wide.vector_len(250_000);
    for _ in 0..250_000 {
        wide.u32(0x9664_f57f);
    }
    let wide = wide.into_bytes();
    let result = upgrade_request(layer, &wide, &mut Budget::for_request(wide.len()));
    let too_long = tl_codec::Error::VectorTooLong { len: 250_000, limit: 16_384 };
    assert_eq!(result, Err(Error::Malformed(too_long)));
}

proptest! {
    /// Random bytes behind every kind of head end in an answer or an error, never in a panic.
    #[test]
    fn random_bytes_are_peeled_and_upgraded_without_panic(
        head in prop::sample::select(crate::table::FORMS.iter().filter(|form| form.is_function).map(|form| form.id).collect::<Vec<_>>()),
        mut tail: Vec<u8>,
        number in 133..230i32,
    ) {
        let mut body = head.to_le_bytes().to_vec();
        body.append(&mut tail);
        let mut budget = Budget::for_request(body.len());
        if let Ok(envelope) = peel(&body, &mut budget) {
            drop(upgrade_request(Layer::supported(number).unwrap(), &envelope.query, &mut budget));
        }
    }
}
