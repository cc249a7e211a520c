//! `auth.checkRecoveryPassword code = Bool`.
//!
//! Errors: `CODE_INVALID`, `PASSWORD_RECOVERY_EXPIRED`, `FLOOD_WAIT_X`.

use services::password;
use tl_api::functions;

use super::answers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::CheckRecoveryPassword,
) -> Result<bool, RpcError> {
    let (device, user) = (answers::device(&call), answers::account_at_hand(&call)?);
    password::check_recovery_code(&call.core, device, user, &request.code)?;
    Ok(true)
}
