//! [`Serialize`] and [`Deserialize`] for what every schema has: numbers, strings, vectors.

use crate::{Deserialize, Reader, Result, Serialize, Writer};

macro_rules! plain {
    ($($type:ty, $method:ident;)*) => {$(
        impl Serialize for $type {
            fn serialize(&self, writer: &mut Writer) {
                writer.$method(*self);
            }
        }

        impl Deserialize for $type {
            fn deserialize(reader: &mut Reader<'_>) -> Result<Self> {
                reader.$method()
            }
        }
    )*};
}

plain! {
    i32, i32;
    i64, i64;
    f64, f64;
    u32, u32;
    bool, bool;
}

impl Serialize for [u8; 16] {
    fn serialize(&self, writer: &mut Writer) {
        writer.raw(self);
    }
}

impl Deserialize for [u8; 16] {
    fn deserialize(reader: &mut Reader<'_>) -> Result<Self> {
        reader.i128()
    }
}

impl Serialize for [u8; 32] {
    fn serialize(&self, writer: &mut Writer) {
        writer.raw(self);
    }
}

impl Deserialize for [u8; 32] {
    fn deserialize(reader: &mut Reader<'_>) -> Result<Self> {
        reader.i256()
    }
}

impl Serialize for String {
    fn serialize(&self, writer: &mut Writer) {
        writer.string(self);
    }
}

impl Deserialize for String {
    fn deserialize(reader: &mut Reader<'_>) -> Result<Self> {
        reader.string()
    }
}

impl Serialize for Vec<u8> {
    fn serialize(&self, writer: &mut Writer) {
        writer.bytes(self);
    }
}

impl Deserialize for Vec<u8> {
    fn deserialize(reader: &mut Reader<'_>) -> Result<Self> {
        reader.bytes_owned()
    }
}

impl<T: Serialize> Serialize for Vec<T> {
    fn serialize(&self, writer: &mut Writer) {
        writer.vector_len(self.len());
        for value in self {
            value.serialize(writer);
        }
    }
}

impl<T: Deserialize> Deserialize for Vec<T> {
    fn deserialize(reader: &mut Reader<'_>) -> Result<Self> {
        let len = reader.vector_len()?;
        reader.charge(len.saturating_mul(size_of::<T>()))?;
        let mut values = Self::with_capacity(len);
        for _ in 0..len {
            values.push(T::deserialize(reader)?);
        }
        Ok(values)
    }
}

impl<T: Serialize> Serialize for Box<T> {
    fn serialize(&self, writer: &mut Writer) {
        T::serialize(self, writer);
    }
}

impl<T: Deserialize> Deserialize for Box<T> {
    fn deserialize(reader: &mut Reader<'_>) -> Result<Self> {
        reader.charge(size_of::<T>())?;
        T::deserialize(reader).map(Self::new)
    }
}
