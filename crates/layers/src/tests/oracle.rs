//! The tables of the canonical layer and the generated types read the same bytes in the same way.

use tl_api::{Deserialize, Serialize};
use tl_codec::{Reader, Writer};

use crate::random::Random;
use crate::table::{CANONICAL, Name, Ty, by_name};

/// Reads a value by its generated type and writes it again.
type Oracle = fn(&[u8]) -> tl_codec::Result<Vec<u8>>;

fn again<T: Deserialize + Serialize>(bytes: &[u8]) -> tl_codec::Result<Vec<u8>> {
    let mut reader = Reader::trusted(bytes);
    let value = T::deserialize(&mut reader)?;
    reader.finish()?;
    Ok(value.to_bytes())
}

include!(concat!(env!("OUT_DIR"), "/oracle.rs"));

#[test]
fn generated_type_writes_what_the_table_wrote() {
    let mut random = Random::new(CANONICAL, 0x0dd);
    for (name, again) in TYPES {
        for depth in 1..7 {
            let mut writer = Writer::new();
            random.value(Ty::Named(Name::find(name).unwrap()), depth, &mut writer);
            assert_eq!(again(writer.as_bytes()).as_deref(), Ok(writer.as_bytes()), "{name}");
        }
    }
}

#[test]
fn generated_method_writes_what_the_table_wrote() {
    let mut random = Random::new(CANONICAL, 0x1dd);
    for (name, again) in FUNCTIONS {
        let form = by_name(Name::find(name).unwrap(), true, CANONICAL).unwrap();
        for depth in 0..6 {
            let mut writer = Writer::new();
            random.fields(form, depth, &mut writer);
            let body = writer.into_bytes();
            let whole = [form.id.to_le_bytes().as_slice(), &body].concat();
            assert_eq!(again(&body), Ok(whole), "{name}");
        }
    }
}
