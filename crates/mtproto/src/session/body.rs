//! The bytes of a message, shared by all that keep them. A result stays where the gateway made it, with its header before it: parts
//! of files are too large to be copied into a place of their own.

use std::sync::Arc;

use tl_codec::Writer;

use crate::schema::RPC_RESULT;

/// `rpc_result` and the request's id.
const HEAD: usize = 12;

/// The TL bytes of a message.
#[derive(Clone)]
pub(super) struct Body {
    head: Option<[u8; HEAD]>,
    bytes: Bytes,
}

#[derive(Clone)]
enum Bytes {
    Shared(Arc<[u8]>),
    #[expect(clippy::rc_buffer, reason = "into a slice of an Arc the bytes would be copied")]
    Own(Arc<Vec<u8>>),
}

impl Body {
    /// `rpc_result` around the boxed bytes of a result.
    pub(super) fn rpc_result(req_msg_id: i64, result: Vec<u8>) -> Self {
        let mut head = [0; HEAD];
        let (constructor, request) = head.split_at_mut(4);
        constructor.copy_from_slice(&RPC_RESULT.to_le_bytes());
        request.copy_from_slice(&req_msg_id.to_le_bytes());
        Self { head: Some(head), bytes: Bytes::Own(Arc::new(result)) }
    }

    pub(super) fn len(&self) -> usize {
        self.parts().iter().map(|part| part.len()).sum()
    }

    /// What it consists of, in order.
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        let head = self.head.as_ref().map_or(&[][..], |head| head.as_slice());
        let bytes = match &self.bytes {
            Bytes::Shared(bytes) => bytes.as_ref(),
            Bytes::Own(bytes) => bytes.as_slice(),
        };
        [head, bytes]
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        self.parts().iter().for_each(|part| writer.raw(part));
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self { head: None, bytes: Bytes::Own(Arc::new(bytes)) }
    }
}

impl From<Arc<[u8]>> for Body {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self { head: None, bytes: Bytes::Shared(bytes) }
    }
}
