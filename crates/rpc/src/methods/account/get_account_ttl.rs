//! `account.getAccountTTL = AccountDaysTTL`.

use services::account;
use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::account::GetAccountTTL,
) -> Result<enums::AccountDaysTTL, RpcError> {
    let days = account::ttl_days(&call.core, call.signed_in()?).await?;
    Ok(types::AccountDaysTTL { days }.into())
}
