//! `messages.sendVote`: votes in a poll; no options take the vote back.
//!
//! Errors: `MESSAGE_ID_INVALID`, `OPTION_INVALID`, `MESSAGE_POLL_CLOSED`.

use model::MessageId;
use services::messages::poll;
use tl_api::{enums, functions};

use super::get_poll_results::answer;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SendVote,
) -> Result<enums::Updates, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let id = MessageId(request.msg_id);
    let seen = poll::vote(&call.core, call.signed_in()?, peer, id, request.options).await?;
    answer(&call, &seen).await
}
