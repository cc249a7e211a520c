//! `account.cancelPasswordEmail = Bool`: gives the new address up, and the password that waited with it.
//!
//! Errors: `EMAIL_HASH_EXPIRED`.

use services::password;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::account::CancelPasswordEmail,
) -> Result<bool, RpcError> {
    password::cancel_email(&call.core, call.signed_in()?)?;
    Ok(true)
}
