//! `auth.requestPasswordRecovery = auth.PasswordRecovery`: sends a code to the confirmed address, during sign-in or after.
//!
//! Errors: `PASSWORD_EMPTY`, `PASSWORD_RECOVERY_NA`, `FLOOD_WAIT_X`.

use services::password;
use tl_api::{enums, functions, types};

use super::answers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::auth::RequestPasswordRecovery,
) -> Result<enums::auth::PasswordRecovery, RpcError> {
    let user = answers::account_at_hand(&call)?;
    let email_pattern = password::request_recovery(&call.core, user).await?;
    Ok(types::auth::PasswordRecovery { email_pattern }.into())
}
