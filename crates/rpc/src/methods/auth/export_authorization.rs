//! `auth.exportAuthorization dc_id = auth.ExportedAuthorization`. All DCs are this server, so that a client's second key signs in here as well.
//!
//! Errors: `DC_ID_INVALID`.

use services::sign_in;
use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::ExportAuthorization,
) -> Result<enums::auth::ExportedAuthorization, RpcError> {
    let caller = call.signed_in()?;
    if !(1..=1000).contains(&request.dc_id) {
        return Err(RpcError::bad_request("DC_ID_INVALID"));
    }
    Ok(types::auth::ExportedAuthorization {
        id: caller.user.0,
        bytes: sign_in::export(&call.core, caller),
    }
    .into())
}
