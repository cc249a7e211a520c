//! `payments.getStarsTopupOptions = Vector<StarsTopupOption>`. Nothing is for sale.

use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::payments::GetStarsTopupOptions,
) -> Result<Vec<enums::StarsTopupOption>, RpcError> {
    Ok(Vec::new())
}
