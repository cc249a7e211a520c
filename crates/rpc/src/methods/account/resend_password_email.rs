//! `account.resendPasswordEmail = Bool`.
//!
//! Errors: `EMAIL_HASH_EXPIRED`, `EMAIL_NOT_ALLOWED`, `FLOOD_WAIT_X`.

use services::password;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::account::ResendPasswordEmail,
) -> Result<bool, RpcError> {
    password::resend_email(&call.core, call.signed_in()?).await?;
    Ok(true)
}
