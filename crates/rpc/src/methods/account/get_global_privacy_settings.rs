//! `account.getGlobalPrivacySettings = GlobalPrivacySettings`.

use services::settings;
use tl_api::{enums, functions};

use crate::convert::settings as convert;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::account::GetGlobalPrivacySettings,
) -> Result<enums::GlobalPrivacySettings, RpcError> {
    Ok(convert::global_privacy(settings::global_privacy(&call.core, call.signed_in()?.user).await?))
}
