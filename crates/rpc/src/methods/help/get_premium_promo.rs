//! `help.getPremiumPromo = help.PremiumPromo`. Nothing is for sale.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::help::GetPremiumPromo,
) -> Result<enums::help::PremiumPromo, RpcError> {
    Ok(types::help::PremiumPromo {
        status_text: "There is no premium here.".to_owned(),
        ..Default::default()
    }
    .into())
}
