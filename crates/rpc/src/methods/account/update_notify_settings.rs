//! `account.updateNotifySettings peer settings = Bool`.

use services::settings;
use tl_api::functions;

use crate::convert::settings as convert;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::UpdateNotifySettings,
) -> Result<bool, RpcError> {
    let scope = convert::from_notify_scope(&call, &request.peer).await?;
    let new = convert::from_notify_settings(&request.settings);
    settings::set_notify(&call.core, call.signed_in()?, scope, new).await?;
    Ok(true)
}
