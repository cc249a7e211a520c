//! The rules: accounts, private chats, groups, channels, media, updates.
//!
//! A service is a module of async functions over [`Core`]. A function checks what its caller may do, makes one call of a
//! storage port (one transaction) for its effect, and publishes notices after the commit. Services know domain values only:
//! no TL, no SQL, no socket, no clock of their own.
//!
//! Neighbours: `rpc` calls down into services; services call the ports of `store`.

pub mod access;
pub mod account;
pub mod account_events;
pub mod channels;
pub mod chats;
pub mod contacts;
pub mod core;
pub mod devices;
pub mod dialogs;
pub mod error;
pub mod expiry;
mod guesses;
mod label;
mod lookalike;
pub mod mail;
pub mod media;
pub mod memory;
pub mod messages;
pub mod password;
pub mod person;
pub mod ports;
pub mod presence;
pub mod privacy;
pub mod profile;
pub mod public;
pub mod rate_limit;
pub mod secret;
pub mod settings;
pub mod sign_in;
pub mod statistics;
pub mod updates;
pub mod views;
pub mod webhook;

pub use access::AccessHashes;
pub use core::{Caller, Core, Policy, Registration};
pub use error::{Error, Result};
