//! `messages.toggleDialogPin`: pins a chat to the top of its folder, or unpins it.
//!
//! Errors: `PEER_ID_INVALID`, `PINNED_DIALOGS_TOO_MUCH`.

use services::dialogs;
use tl_api::functions;

use crate::convert::dialogs::input_dialog_peer;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ToggleDialogPin,
) -> Result<bool, RpcError> {
    let peer = input_dialog_peer(&call, &request.peer).await?;
    dialogs::set_pinned(&call.core, call.signed_in()?, peer, request.pinned).await?;
    Ok(true)
}
