//! Generates the canonical API types, and the tables of every other layer, from `schema/`.
//!
//! It runs at build time only ([`api`] for `tl-api`, [`tables`] for `layers`) and in `cargo xtask schema`
//! ([`derive`]). It knows TL's notation and Rust's; it does not know one constructor by name.

pub mod api;
pub mod compare;
pub mod derive;
mod names;
pub mod oracle;
pub mod schema;
mod shape;
pub mod tables;
