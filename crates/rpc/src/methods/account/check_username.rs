//! `account.checkUsername username = Bool`: whether it is free.
//!
//! Errors: `USERNAME_INVALID`.

use services::profile;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::CheckUsername,
) -> Result<bool, RpcError> {
    Ok(profile::is_username_free(&call.core, call.signed_in()?, &request.username).await?)
}
