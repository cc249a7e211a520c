//! What can be wrong with bytes that a peer sent.

/// Why bytes are not the TL value they should be. Always the sender's fault, never ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The input ends inside a value.
    #[error("input ends early: {needed} bytes needed, {left} left")]
    Truncated {
        /// Bytes that the value needs.
        needed: usize,
        /// Bytes that were left.
        left: usize,
    },
    /// Bytes follow the value.
    #[error("{left} bytes follow the value")]
    TrailingBytes {
        /// How many.
        left: usize,
    },
    /// Values nested too deeply.
    #[error("values are nested deeper than {limit}")]
    TooDeep {
        /// The deepest level allowed.
        limit: u32,
    },
    /// The request would take more memory than its size allows.
    #[error("allocation budget exhausted: {wanted} bytes wanted, {left} left")]
    Budget {
        /// Bytes that were about to be allocated.
        wanted: usize,
        /// What the budget still had.
        left: usize,
    },
    /// A vector with more elements than one may have, or more than the rest of the input can hold.
    #[error("vector of {len} elements, at most {limit} here")]
    VectorTooLong {
        /// Elements announced.
        len: usize,
        /// Elements allowed.
        limit: usize,
    },
    /// An id that the expected type does not have.
    #[error("constructor {id:08x} is not a {expected}")]
    UnknownConstructor {
        /// The id read.
        id: u32,
        /// The type that stands here.
        expected: &'static str,
    },
    /// A string that is not UTF-8.
    #[error("string is not UTF-8")]
    NotUtf8,
    /// A compressed stream that does not decompress.
    #[error("compressed data is damaged")]
    DamagedStream,
    /// A compressed stream that grows beyond its limit.
    #[error("compressed data grows beyond {limit} bytes")]
    InflatesTooFar {
        /// Bytes allowed.
        limit: usize,
    },
}
