//! What a port may answer instead of a result.

use model::rights::Denial;

/// Result of a port's method.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a port's method did nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The object does not exist.
    #[error("not found")]
    NotFound,
    /// It exists already, or changed meanwhile.
    #[error("conflict")]
    Conflict,
    /// A rule forbids it; nothing was written.
    #[error("denied: {0}")]
    Denied(#[from] Denial),
    /// Nothing would change.
    #[error("not modified")]
    NotModified,
    /// The store cannot write or read now (disk full, connection lost); nothing was written.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// What is stored contradicts itself. An operator must look.
    #[error("corrupt: {0}")]
    Corrupt(String),
}
