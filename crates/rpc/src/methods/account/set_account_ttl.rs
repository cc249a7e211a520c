//! `account.setAccountTTL ttl = Bool`: 30 to 730 days.
//!
//! Errors: `TTL_DAYS_INVALID`.

use services::account;
use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::SetAccountTTL,
) -> Result<bool, RpcError> {
    let enums::AccountDaysTTL::AccountDaysTTL(ttl) = request.ttl;
    account::set_ttl_days(&call.core, call.signed_in()?, ttl.days).await?;
    Ok(true)
}
