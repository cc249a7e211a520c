//! `help.getAppConfig hash = help.AppConfig`: our limits under the names that clients know.

use tl_api::{enums, functions, types};

use crate::methods::help::app_config;
use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    request: functions::help::GetAppConfig,
) -> Result<enums::help::AppConfig, RpcError> {
    let (hash, config) = app_config::app_config();
    Ok(if request.hash == hash {
        enums::help::AppConfig::AppConfigNotModified
    } else {
        types::help::AppConfig { hash, config }.into()
    })
}
