//! Any bytes as requests and as the types with the most nesting, lists and flags. What decodes is written, and read again as
//! the same value.
#![no_main]

use core::fmt::Debug;

use libfuzzer_sys::fuzz_target;
use tl_api::{enums, functions};
use tl_codec::{Deserialize, Reader, Serialize};

/// A type: on the wire with its id.
fn boxed<T: Deserialize + Serialize + PartialEq + Debug>(data: &[u8]) {
    if let Ok(value) = T::from_bytes(data) {
        let bytes = value.to_bytes();
        let again =
            T::deserialize(&mut Reader::trusted(&bytes)).expect("what is written can be read");
        assert!(again.to_bytes() == bytes);
    }
}

/// A method: written with its id, read without.
fn method<T: Deserialize + Serialize>(data: &[u8]) {
    if let Ok(value) = T::from_bytes(data) {
        let bytes = value.to_bytes();
        let fields = bytes.get(4..).expect("an id comes first");
        let again =
            T::deserialize(&mut Reader::trusted(fields)).expect("what is written can be read");
        assert!(again.to_bytes() == bytes);
    }
}

const TARGETS: [fn(&[u8]); 20] = [
    boxed::<enums::JSONValue>,
    boxed::<enums::InputMedia>,
    boxed::<enums::Updates>,
    boxed::<enums::Message>,
    boxed::<enums::MessageEntity>,
    boxed::<enums::ReplyMarkup>,
    boxed::<enums::InputPeer>,
    boxed::<Vec<enums::InputMedia>>,
    boxed::<Vec<enums::Message>>,
    boxed::<Vec<i64>>,
    method::<functions::InitConnection>,
    method::<functions::help::SaveAppLog>,
    method::<functions::bots::SetBotCommands>,
    method::<functions::contacts::ImportContacts>,
    method::<functions::messages::SendMessage>,
    method::<functions::messages::SendMedia>,
    method::<functions::messages::SendMultiMedia>,
    method::<functions::messages::Report>,
    method::<functions::upload::SaveFilePart>,
    method::<functions::users::GetUsers>,
];

fuzz_target!(|data: &[u8]| {
    if let Some((&which, data)) = data.split_first() {
        TARGETS[usize::from(which) % TARGETS.len()](data);
    }
});
