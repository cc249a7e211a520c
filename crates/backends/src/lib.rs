//! Backends of the store's ports: SQLite, blobs in a folder, in-process bus.
//!
//! Only `server` and the tools name this crate. No row, handle or driver's type leaves it.

pub mod folder;
mod lock;
mod open;
pub mod sqlite;

pub use lock::FolderLock;
pub use open::{DATABASE, EXPIRY_KEYS, enroll, enroll_devices, open, unseal};
pub use sqlite::{Enrolled, ViewKey};
