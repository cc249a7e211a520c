//! `account.getPrivacy key = account.PrivacyRules`.
//!
//! Errors: `PRIVACY_KEY_INVALID` for what is not offered here.

use services::privacy;
use tl_api::{enums, functions};

use crate::convert::settings;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::GetPrivacy,
) -> Result<enums::account::PrivacyRules, RpcError> {
    let caller = call.signed_in()?;
    let rules =
        privacy::rules(&call.core, caller, settings::from_privacy_key(&request.key)?).await?;
    super::privacy_rules(&call, &rules).await
}
