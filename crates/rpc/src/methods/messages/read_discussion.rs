//! `messages.readDiscussion`: the read mark of a thread.
//!
//! Errors: `MSG_ID_INVALID`, `PEER_ID_INVALID`, `CHANNEL_PRIVATE`.

use model::MessageId;
use services::channels::discussion;
use tl_api::functions;

use super::common::thread_error;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ReadDiscussion,
) -> Result<bool, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let (id, max_id) = (MessageId(request.msg_id), MessageId(request.read_max_id));
    let read = discussion::read(&call.core, call.signed_in()?, peer, id, max_id).await;
    read.map_err(thread_error).map(|()| true)
}
