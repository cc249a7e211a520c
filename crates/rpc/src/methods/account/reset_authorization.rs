//! `account.resetAuthorization hash = Bool`: ends another session.
//!
//! Errors: `HASH_INVALID`, 406 `FRESH_RESET_AUTHORISATION_FORBIDDEN`.

use model::AuthorizationHash;
use services::devices;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::ResetAuthorization,
) -> Result<bool, RpcError> {
    devices::end(&call.core, call.signed_in()?, AuthorizationHash(request.hash)).await?;
    Ok(true)
}
