//! `account.resetNotifySettings = Bool`: back to the defaults everywhere.

use services::settings;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::account::ResetNotifySettings,
) -> Result<bool, RpcError> {
    settings::reset_notify(&call.core, call.signed_in()?).await?;
    Ok(true)
}
