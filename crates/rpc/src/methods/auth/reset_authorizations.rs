//! `auth.resetAuthorizations = Bool`: ends all other sessions.
//!
//! Errors: 406 `FRESH_RESET_AUTHORISATION_FORBIDDEN` from a new session while there is an older one.

use services::devices;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::auth::ResetAuthorizations,
) -> Result<bool, RpcError> {
    devices::end_others(&call.core, call.signed_in()?).await?;
    Ok(true)
}
