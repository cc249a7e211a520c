//! `auth.recoverPassword code new_settings? = auth.Authorization`: removes the two-step password, or sets a new one, and finishes the sign-in that waits.
//!
//! Errors: `CODE_INVALID`, `PASSWORD_RECOVERY_EXPIRED`, `NEW_SETTINGS_INVALID`, `FLOOD_WAIT_X`.

use services::sign_in;
use tl_api::{enums, functions};

use super::answers;
use crate::convert::password;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::RecoverPassword,
) -> Result<enums::auth::Authorization, RpcError> {
    let user = answers::account_at_hand(&call)?;
    let new = match &request.new_settings {
        Some(settings) => password::settings_change(settings)?.password.flatten(),
        None => None,
    };
    let device = answers::device(&call);
    services::password::recover(&call.core, device, user, &request.code, new).await?;
    if call.caller.is_none() {
        sign_in::finish_pending(&call.core, device).await?;
    }
    answers::authorization(&call, user).await
}
