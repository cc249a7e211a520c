//! `help.getCdnConfig = CdnConfig`. There is no CDN.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::help::GetCdnConfig,
) -> Result<enums::CdnConfig, RpcError> {
    Ok(types::CdnConfig::default().into())
}
