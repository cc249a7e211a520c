//! `messages.hidePeerSettingsBar`: for good, on all devices.
//!
//! Errors: `PEER_ID_INVALID`.

use services::dialogs;
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::HidePeerSettingsBar,
) -> Result<bool, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    dialogs::hide_peer_bar(&call.core, call.signed_in()?, peer).await?;
    Ok(true)
}
