//! `auth.cancelCode phone_number phone_code_hash = Bool`.
//!
//! Errors: `PHONE_CODE_EXPIRED`.

use services::sign_in;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::CancelCode,
) -> Result<bool, RpcError> {
    sign_in::cancel(&call.core, &request.phone_number, &request.phone_code_hash)?;
    Ok(true)
}
