//! `account.setGlobalPrivacySettings settings = GlobalPrivacySettings`. What is not offered (paid messages, gifts) is not kept, and the answer says so.

use services::settings;
use tl_api::{enums, functions};

use crate::convert::settings as convert;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::SetGlobalPrivacySettings,
) -> Result<enums::GlobalPrivacySettings, RpcError> {
    let user = call.signed_in()?.user;
    settings::set_global_privacy(&call.core, user, convert::from_global_privacy(&request.settings))
        .await?;
    Ok(convert::global_privacy(settings::global_privacy(&call.core, user).await?))
}
