//! `help.getConfig = Config`. `this_dc` is the DC that the client dialled; with another one TDLib asks again without end.

use tl_api::{enums, functions};

use crate::methods::help::config;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::help::GetConfig,
) -> Result<enums::Config, RpcError> {
    Ok(config::config(&call))
}
