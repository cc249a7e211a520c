//! `messages.sendScheduledMessages`: sends before their time what waits for it.
//!
//! Errors: `MESSAGE_ID_INVALID` if none is there, those of `messages.getScheduledHistory` and of sending.

use model::MessageId;
use services::messages::schedule;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SendScheduledMessages,
) -> Result<enums::Updates, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let ids: Vec<MessageId> = request.id.into_iter().map(MessageId).collect();
    let (effect, event) = schedule::send_now(&call.core, call.signed_in()?, peer, &ids).await?;
    updates::answer(&call, &effect, &[event]).await
}
