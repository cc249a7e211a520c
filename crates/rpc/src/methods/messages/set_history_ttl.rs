//! `messages.setHistoryTTL`: how long messages written from now on last in a chat.
//!
//! Errors: `TTL_PERIOD_INVALID`, `PEER_ID_INVALID`, `CHAT_NOT_MODIFIED`, `CHAT_ADMIN_REQUIRED`, `USER_IS_BLOCKED`.

use services::expiry;
use tl_api::{enums, functions};

use super::common::chat_error;
use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SetHistoryTTL,
) -> Result<enums::Updates, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let timed = expiry::set_timer(&call.core, call.signed_in()?, peer, request.period).await;
    let timed = timed.map_err(chat_error)?;
    updates::answer(&call, &timed.effect, &[timed.event]).await
}
