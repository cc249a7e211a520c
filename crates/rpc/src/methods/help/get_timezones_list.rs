//! `help.getTimezonesList hash = help.TimezonesList`. Only opening hours of businesses would need it, which are not offered.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::help::GetTimezonesList,
) -> Result<enums::help::TimezonesList, RpcError> {
    Ok(types::help::TimezonesList::default().into())
}
