//! Storage ports, the in-memory reference and the conformance suite.
//!
//! A port's method is **one transaction, named for what it means**, with plain data of `model` in and out. No handle, row or
//! driver's type leaves a backend. Rules that must hold together with an effect (rights, uniqueness, bounds) are pure
//! functions of `model`, called by every backend inside the transaction.
//!
//! Neighbours: `services` call the ports; `backends` and [`memory`] implement them; [`conformance`] holds every
//! implementation to the same behaviour.
//!
//! **Order and durability.** When a method that writes has returned `Ok`, its effect survives a crash. Everything that one
//! method wrote becomes visible at once, or not at all.

#[cfg(feature = "conformance")]
pub mod conformance;
pub mod error;
pub mod holds;
pub mod memory;
pub mod ports;
pub mod settled;

pub use error::{Error, Result};
pub use ports::Stores;
