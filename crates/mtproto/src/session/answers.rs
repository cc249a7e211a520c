//! What a gateway gives back for a request.

use tl_codec::{GZIP_PACKED, Writer};

use super::body::Body;
use super::limits::GZIP_FROM;
use crate::schema::{DESTROY_AUTH_KEY_FAIL, DESTROY_AUTH_KEY_NONE, DESTROY_AUTH_KEY_OK, RPC_ERROR};

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RpcAnswer {
    /// A result.
    Result {
        /// The TL bytes of the result, boxed.
        body: Vec<u8>,
        /// Whether compression may pay. False for parts of files, which are compressed already.
        compressible: bool,
        /// The request changed nothing: too large to be kept, its answer is made anew when it is asked for again. All other answers are
        /// kept whatever their size, since nothing may run twice.
        repeatable: bool,
    },
    /// `rpc_error`.
    Error {
        /// Such as 400.
        code: i32,
        /// Such as `PEER_ID_INVALID`.
        text: String,
    },
}

/// The answer to `destroy_auth_key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestroyOutcome {
    /// The key is gone.
    Ok,
    /// There was none.
    None,
    /// It could not be removed.
    Fail,
}

impl DestroyOutcome {
    pub(super) const fn constructor(self) -> u32 {
        match self {
            Self::Ok => DESTROY_AUTH_KEY_OK,
            Self::None => DESTROY_AUTH_KEY_NONE,
            Self::Fail => DESTROY_AUTH_KEY_FAIL,
        }
    }
}

impl RpcAnswer {
    pub(super) const fn is_ok(&self) -> bool {
        matches!(self, Self::Result { .. })
    }

    /// `rpc_result` around it.
    pub(super) fn into_rpc_result(self, req_msg_id: i64) -> Body {
        match self {
            Self::Result { body, compressible, .. } => {
                let packed =
                    if compressible && body.len() >= GZIP_FROM { gzip_packed(&body) } else { None };
                Body::rpc_result(req_msg_id, packed.unwrap_or(body))
            }
            Self::Error { code, text } => {
                let mut error = Writer::new();
                error.u32(RPC_ERROR);
                error.i32(code);
                error.string(&text);
                Body::rpc_result(req_msg_id, error.into_bytes())
            }
        }
    }
}

/// `None` when less than a tenth is saved: then the client's work is not worth it.
fn gzip_packed(body: &[u8]) -> Option<Vec<u8>> {
    let packed = tl_codec::gzip(body);
    if packed.len() > body.len() - body.len() / 10 {
        return None;
    }
    let mut writer = Writer::with_capacity(packed.len() + 12);
    writer.u32(GZIP_PACKED);
    writer.bytes(&packed);
    Some(writer.into_bytes())
}
