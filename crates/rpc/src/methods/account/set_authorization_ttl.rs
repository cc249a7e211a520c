//! `account.setAuthorizationTTL authorization_ttl_days = Bool`: after how many idle days a session ends.
//!
//! Errors: `TTL_DAYS_INVALID`.

use services::devices;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::SetAuthorizationTTL,
) -> Result<bool, RpcError> {
    devices::set_ttl_days(&call.core, call.signed_in()?, request.authorization_ttl_days).await?;
    Ok(true)
}
