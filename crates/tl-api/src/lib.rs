//! The canonical API types (layer 230), generated from `schema/` at build time.
//!
//! - [`types`]: a struct for each constructor that has fields; on the wire its fields alone, without the id.
//! - [`enums`]: an enum for each type, a variant for each constructor under its full name; on the wire with the id. A
//!   constructor without fields is a variant without content. `From<types::X>` leads from the first to the second.
//! - [`functions`]: a struct for each method. It is *written* with its id and *read* without: the dispatcher has consumed
//!   the id to choose the method.
//!
//! Names are those of TL with a capital first letter; fields keep theirs (`self` is `is_self`, keywords take `r#`).
//! `flags.N?true` is a `bool`, `flags.N?T` an `Option<T>`; the flags themselves are computed when a value is written. Where
//! two fields share a bit, setting one writes the other's default. [`Nothing`] stands where a type is left out.
//!
//! Every struct and every enum has a [`Default`]: the first constructor without fields, else the first that ends.
//!
//! # Fields in a box
//!
//! Only where a type would contain itself by value:
//!
//! ```text
#![doc = include_str!(concat!(env!("OUT_DIR"), "/boxed.txt"))]
//! ```
//!
//! Decoding is bounded by [`tl_codec::Reader`]: depth, vector length, memory. There is no other way to read a value.

mod field;

pub use tl_codec::{Deserialize, Serialize};

/// The canonical layer.
pub const LAYER: i32 = 230;

/// A constructor with fields.
pub trait Constructor: Serialize + Deserialize {
    /// Its id on the wire.
    const ID: u32;
    /// Its name in TL.
    const NAME: &'static str;
}

/// A method: written with its id, read without.
pub trait Function: Serialize + Deserialize {
    /// Its id on the wire.
    const ID: u32;
    /// Its name in TL.
    const NAME: &'static str;
    /// What it returns.
    type Return: Serialize + Deserialize;
}

/// A value of a type that is left out (`schema/left-out.txt`): there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {}

/// The answer of a wrapper: whatever its inner request returns, as it stands on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raw(pub Vec<u8>);

/// The name of a constructor or method of the canonical layer.
#[must_use]
pub fn name_of(id: u32) -> Option<&'static str> {
    let at = names::NAMES.binary_search_by_key(&id, |(id, _)| *id).ok()?;
    names::NAMES.get(at).map(|(_, name)| *name)
}

pub use names::FUNCTIONS;

mod names {
    include!(concat!(env!("OUT_DIR"), "/names.rs"));
}

/// Constructors with fields.
#[expect(missing_docs, clippy::struct_excessive_bools, reason = "generated: the protocol's words")]
pub mod types {
    include!(concat!(env!("OUT_DIR"), "/types.rs"));
}

/// Types.
#[expect(
    clippy::large_enum_variant,
    reason = "generated: boxes would be in the way of everybody who builds a value"
)]
pub mod enums {
    include!(concat!(env!("OUT_DIR"), "/enums.rs"));
}

/// Methods.
#[expect(missing_docs, clippy::struct_excessive_bools, reason = "generated: the protocol's words")]
pub mod functions {
    include!(concat!(env!("OUT_DIR"), "/functions.rs"));
}
