//! `account.setContentSettings sensitive_enabled = Bool`.

use services::settings::{self, SENSITIVE_CONTENT};
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::SetContentSettings,
) -> Result<bool, RpcError> {
    settings::set_flag(
        &call.core,
        call.signed_in()?.user,
        SENSITIVE_CONTENT,
        request.sensitive_enabled,
    )
    .await?;
    Ok(true)
}
