//! Backends of the store's ports: SQLite, blobs in a folder, in-process bus.
//!
//! Only `server` and the tools name this crate. No row, handle or driver's type leaves it.

mod folder;
mod open;
pub mod sqlite;

pub use folder::Folder;
pub use open::{OpenError, Opened, open};
