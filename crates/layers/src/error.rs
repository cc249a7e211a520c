//! What can go wrong between layers, and whose fault it is.

/// Who is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The client sent something wrong: a clean error for it, nothing for us to do.
    Client,
    /// We built something wrong, or a case is missing in the tables.
    Server,
}

/// Why a request or an answer has no form on the other side.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A layer before 133: `CONNECTION_LAYER_INVALID`.
    #[error("layer {layer} is not served, the first one is 133")]
    LayerTooOld {
        /// The layer that the client named.
        layer: i32,
    },
    /// A request with wrappers that contradict or repeat each other, or with too many of them.
    #[error("wrappers nested wrongly")]
    BadWrappers,
    /// A request for something that we do not do, such as acting for a business account.
    #[error("wrapper {id:08x} is not served")]
    UnservedWrapper {
        /// Its id.
        id: u32,
    },
    /// No method that we serve: `METHOD_INVALID`.
    #[error("method {id:08x} is not served")]
    UnknownMethod {
        /// Its id.
        id: u32,
    },
    /// The request does not decode: `INPUT_CONSTRUCTOR_INVALID` or `INPUT_REQUEST_INVALID`.
    #[error("request does not decode: {0}")]
    Malformed(#[from] tl_codec::Error),
    /// Bytes that we wrote do not decode.
    #[error("our own bytes do not decode: {0}")]
    Unreadable(tl_codec::Error),
    /// The value means nothing on the other layer: `INPUT_CONSTRUCTOR_INVALID` for a request.
    #[error("{name} has no form on layer {layer}")]
    NotExpressible {
        /// The constructor or method.
        name: &'static str,
        /// The layer that lacks it.
        layer: u16,
    },
}

impl Error {
    /// Whose fault it is.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        match self {
            Self::LayerTooOld { .. }
            | Self::BadWrappers
            | Self::UnservedWrapper { .. }
            | Self::UnknownMethod { .. }
            | Self::Malformed(_)
            | Self::NotExpressible { layer: 230, .. } => Fault::Client,
            Self::Unreadable(_) | Self::NotExpressible { .. } => Fault::Server,
        }
    }
}
