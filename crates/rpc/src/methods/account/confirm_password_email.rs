//! `account.confirmPasswordEmail code = Bool`: confirms the recovery address; the password that waited for it comes into force.
//!
//! Errors: `CODE_INVALID`, `EMAIL_HASH_EXPIRED`.

use services::password;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::ConfirmPasswordEmail,
) -> Result<bool, RpcError> {
    password::confirm_email(&call.core, call.signed_in()?, &request.code).await?;
    Ok(true)
}
