//! `account.getContentSettings = account.ContentSettings`.

use services::settings::{self, SENSITIVE_CONTENT};
use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::account::GetContentSettings,
) -> Result<enums::account::ContentSettings, RpcError> {
    let sensitive_enabled =
        settings::flag(&call.core, call.signed_in()?.user, SENSITIVE_CONTENT).await?;
    Ok(types::account::ContentSettings { sensitive_enabled, sensitive_can_change: true }.into())
}
