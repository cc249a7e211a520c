//! `messages.unpinAllMessages`: of one chat.
//!
//! Errors: `PEER_ID_INVALID`, `CHAT_ADMIN_REQUIRED`, `CHANNEL_PRIVATE`.

use services::messages::pin;
use tl_api::{enums, functions};

use super::common::affected_history;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::UnpinAllMessages,
) -> Result<enums::messages::AffectedHistory, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    Ok(affected_history(pin::unpin_all(&call.core, call.signed_in()?, peer).await?))
}
