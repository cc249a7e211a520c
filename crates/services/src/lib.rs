//! The rules: accounts, private chats, groups, channels, media, updates.
//!
//! A service is a module of async functions over [`Core`]. A function checks what its caller may do, makes one call of a
//! storage port (one transaction) for its effect, and publishes notices after the commit. Services know domain values only:
//! no TL, no SQL, no socket, no clock of their own.
//!
//! Neighbours: `rpc` calls down into services; services call the ports of `store`.

pub mod access;
pub mod channels;
pub mod core;
pub mod error;
pub mod media;
pub mod ports;

pub use access::AccessHashes;
pub use core::{Caller, Core, Policy, Registration};
pub use error::{Error, Result};
