//! `help.getPromoData = help.PromoData`. Nothing is promoted.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::help::GetPromoData,
) -> Result<enums::help::PromoData, RpcError> {
    Ok(types::help::PromoDataEmpty { expires: super::in_a_day(&call) }.into())
}
