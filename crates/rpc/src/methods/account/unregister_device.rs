//! `account.unregisterDevice token_type token other_uids = Bool`.
//!
//! Errors: `TOKEN_INVALID` for an unknown one.

use services::settings;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::UnregisterDevice,
) -> Result<bool, RpcError> {
    let was_known = settings::unregister_push_token(
        &call.core,
        call.signed_in()?,
        request.token_type,
        &request.token,
    )
    .await?;
    if was_known { Ok(true) } else { Err(RpcError::bad_request("TOKEN_INVALID")) }
}
