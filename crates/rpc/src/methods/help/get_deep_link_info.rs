//! `help.getDeepLinkInfo path = help.DeepLinkInfo`. Nothing is known of any link.

use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::help::GetDeepLinkInfo,
) -> Result<enums::help::DeepLinkInfo, RpcError> {
    Ok(enums::help::DeepLinkInfo::DeepLinkInfoEmpty)
}
