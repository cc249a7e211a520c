//! `help.getNearestDc = NearestDc`: the one that was dialled.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::help::GetNearestDc,
) -> Result<enums::NearestDc, RpcError> {
    let dc = call.connection.dc;
    Ok(types::NearestDc { country: String::new(), this_dc: dc, nearest_dc: dc }.into())
}
