//! What the generated code calls for each field.

use tl_codec::{Deserialize, Error, Reader, Result, Serialize, Writer};

use crate::{Nothing, Raw};

/// Reads a required field.
pub(crate) fn get<T: Deserialize>(reader: &mut Reader<'_>) -> Result<T> {
    T::deserialize(reader)
}

/// Reads a field that is there if its flag is set.
pub(crate) fn opt<T: Deserialize>(reader: &mut Reader<'_>, is_there: bool) -> Result<Option<T>> {
    if is_there { T::deserialize(reader).map(Some) } else { Ok(None) }
}

/// Reads everything to the end.
pub(crate) fn rest(reader: &mut Reader<'_>) -> Result<Vec<u8>> {
    reader.charge(reader.remaining())?;
    Ok(reader.raw_rest().to_vec())
}

/// Writes a field that is there if it has a value.
pub(crate) fn put<T: Serialize>(writer: &mut Writer, value: &Option<T>) {
    if let Some(value) = value {
        value.serialize(writer);
    }
}

/// Writes a field whose flag is set by another field as well.
pub(crate) fn shared<T: Serialize + Default>(
    writer: &mut Writer,
    is_there: bool,
    value: &Option<T>,
) {
    match value {
        Some(value) => value.serialize(writer),
        None if is_there => T::default().serialize(writer),
        None => {}
    }
}

impl Serialize for Nothing {
    fn serialize(&self, _: &mut Writer) {
        match *self {}
    }
}

impl Deserialize for Nothing {
    fn deserialize(reader: &mut Reader<'_>) -> Result<Self> {
        Err(Error::UnknownConstructor { id: reader.u32()?, expected: "Nothing" })
    }
}

impl Serialize for Raw {
    fn serialize(&self, writer: &mut Writer) {
        writer.raw(&self.0);
    }
}

impl Deserialize for Raw {
    fn deserialize(reader: &mut Reader<'_>) -> Result<Self> {
        rest(reader).map(Self)
    }
}
