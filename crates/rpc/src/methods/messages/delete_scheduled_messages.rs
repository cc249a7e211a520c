//! `messages.deleteScheduledMessages`: takes back what waits for its time.
//!
//! Errors: those of `messages.getScheduledHistory`, `LIMIT_INVALID`; `CHAT_ADMIN_REQUIRED` for another admin's post without the
//! right to delete.

use model::MessageId;
use services::messages::schedule;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::DeleteScheduledMessages,
) -> Result<enums::Updates, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let ids: Vec<MessageId> = request.id.into_iter().map(MessageId).collect();
    let event = schedule::delete(&call.core, call.signed_in()?, peer, &ids).await?;
    updates::account_answer(&call, &[event]).await
}
