//! Row bodies: MessagePack with named fields, so that a field can be added without touching what is stored.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Result;

/// The stored form of a model value.
pub(super) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    Ok(rmp_serde::to_vec_named(value)?)
}

/// The inverse of [`encode`]; bytes that do not fit are [`store::Error::Corrupt`].
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    Ok(rmp_serde::from_slice(bytes)?)
}
