//! Reads and writes TL with limits: depth, allocation budget, lengths.
//!
//! Everything a peer sends passes through [`Reader`]: it never panics, never recurses further than [`Limits::depth`], and
//! counts memory against a [`Budget`] before it is allocated. [`Writer`] is the opposite direction and cannot fail.
//! [`inflate`] opens `gzip_packed` under the same budget.
//!
//! This crate knows the grammar of TL, not one constructor of the API; those are in `tl-api` and `layers`.

mod budget;
mod error;
mod gzip;
mod reader;
mod values;
mod writer;

pub use budget::{Budget, Limits};
pub use error::Error;
pub use gzip::{InflateLimits, gzip, inflate};
pub use reader::Reader;
pub use writer::Writer;

/// `boolTrue#997275b5 = Bool`.
pub const BOOL_TRUE: u32 = 0x9972_75b5;
/// `boolFalse#bc799737 = Bool`.
pub const BOOL_FALSE: u32 = 0xbc79_9737;
/// `vector#1cb5c415 {t:Type} # [ t ] = Vector t`.
pub const VECTOR: u32 = 0x1cb5_c415;
/// `gzip_packed#3072cfa1 packed_data:bytes = Object`.
pub const GZIP_PACKED: u32 = 0x3072_cfa1;

/// What a read gives.
pub type Result<T> = core::result::Result<T, Error>;

/// A value that can be written as TL.
///
/// Constructors (`tl_api::types`) write their fields only; types (`tl_api::enums`) and functions write their id first.
pub trait Serialize {
    /// Appends the value.
    fn serialize(&self, writer: &mut Writer);

    /// The value alone, as bytes.
    fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.serialize(&mut writer);
        writer.into_bytes()
    }
}

/// A value that can be read from TL.
///
/// Constructors and functions read their fields only (their id is already consumed); types read their id first.
pub trait Deserialize: Sized {
    /// Reads one value and leaves the reader behind it.
    ///
    /// # Errors
    /// Whatever is wrong with the bytes: always the sender's fault.
    fn deserialize(reader: &mut Reader<'_>) -> Result<Self>;

    /// Reads one value that fills `data` exactly, within the limits of a request.
    ///
    /// # Errors
    /// As [`Deserialize::deserialize`], and [`Error::TrailingBytes`].
    fn from_bytes(data: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(data);
        let value = Self::deserialize(&mut reader)?;
        reader.finish()?;
        Ok(value)
    }
}
