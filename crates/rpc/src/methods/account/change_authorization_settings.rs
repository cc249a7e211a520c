//! `account.changeAuthorizationSettings confirmed hash encrypted_requests_disabled? call_requests_disabled? = Bool`.
//!
//! Errors: `HASH_INVALID`, also for a session that would confirm itself.

use model::AuthorizationHash;
use services::devices::{self, DeviceChange};
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::ChangeAuthorizationSettings,
) -> Result<bool, RpcError> {
    let change = DeviceChange {
        confirmed: request.confirmed,
        secret_chats_off: request.encrypted_requests_disabled,
        calls_off: request.call_requests_disabled,
    };
    devices::change(&call.core, call.signed_in()?, AuthorizationHash(request.hash), change).await?;
    Ok(true)
}
