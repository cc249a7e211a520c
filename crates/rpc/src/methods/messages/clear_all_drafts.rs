//! `messages.clearAllDrafts`: on all devices.

use services::messages::draft;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _: functions::messages::ClearAllDrafts,
) -> Result<bool, RpcError> {
    draft::clear_all(&call.core, call.signed_in()?).await?;
    Ok(true)
}
