//! `messages.setDefaultHistoryTTL`: the timer that the caller's new private chats begin with.
//!
//! Errors: `TTL_PERIOD_INVALID`.

use services::expiry;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SetDefaultHistoryTTL,
) -> Result<bool, RpcError> {
    expiry::set_default_timer(&call.core, call.signed_in()?, request.period).await?;
    Ok(true)
}
