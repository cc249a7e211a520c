//! `account.declinePasswordReset = Bool`: calls the reset of the two-step password off.
//!
//! Errors: `RESET_REQUEST_MISSING`.

use services::password;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::account::DeclinePasswordReset,
) -> Result<bool, RpcError> {
    password::call_off_reset(&call.core, call.signed_in()?).await?;
    Ok(true)
}
