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
    password::check_recovery_code(&call.core, answers::account_at_hand(&call)?, &request.code)?;
    Ok(true)
}
