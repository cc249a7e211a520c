//! `messages.getDefaultHistoryTTL = DefaultHistoryTTL`.

use services::expiry;
use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::messages::GetDefaultHistoryTTL,
) -> Result<enums::DefaultHistoryTTL, RpcError> {
    let period = expiry::default_timer(&call.core, call.signed_in()?.user).await?;
    Ok(types::DefaultHistoryTTL { period }.into())
}
