//! What can go wrong in this crate.

/// Why a cryptographic operation failed. Says nothing about secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A key, certificate or PEM text that cannot be read, or of a kind that does not fit.
    #[error("not an RSA key of 2048 bits with exponent 65537")]
    Key,
    /// The library below ran out of memory or refused its arguments.
    #[error("the cryptographic library failed")]
    Library,
    /// A length that the operation does not allow.
    #[error("wrong length: {got}")]
    Length {
        /// Length given, in bytes.
        got: usize,
    },
    /// A number outside the range that the protocol allows.
    #[error("number out of range")]
    Range,
    /// Authentication failed: wrong key, changed bytes or changed context.
    #[error("authentication failed")]
    Refused,
}
