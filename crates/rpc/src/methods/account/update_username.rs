//! `account.updateUsername username = User`; an empty one clears it.
//!
//! Errors: `USERNAME_INVALID`, `USERNAME_OCCUPIED`, `USERNAME_NOT_MODIFIED`.

use services::{Error, profile};
use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::UpdateUsername,
) -> Result<enums::User, RpcError> {
    match profile::set_username(&call.core, call.signed_in()?, &request.username).await {
        Err(Error::NotModified) => return Err(RpcError::bad_request("USERNAME_NOT_MODIFIED")),
        result => drop(result?),
    }
    super::own_user(&call).await
}
