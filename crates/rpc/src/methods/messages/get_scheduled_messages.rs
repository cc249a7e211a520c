//! `messages.getScheduledMessages`: messages that wait for their time, by number.
//!
//! Errors: those of `messages.getScheduledHistory`, `LIMIT_INVALID`.

use model::MessageId;
use tl_api::{enums, functions};

use super::get_scheduled_history::listed;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetScheduledMessages,
) -> Result<enums::messages::Messages, RpcError> {
    let ids: Vec<MessageId> = request.id.into_iter().map(MessageId).collect();
    listed(&call, &request.peer, Some(&ids)).await
}
