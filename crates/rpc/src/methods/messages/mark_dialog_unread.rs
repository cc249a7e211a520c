//! `messages.markDialogUnread`: the mark by hand.
//!
//! Errors: `PEER_ID_INVALID`.

use services::dialogs;
use tl_api::functions;

use crate::convert::dialogs::input_dialog_peer;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::MarkDialogUnread,
) -> Result<bool, RpcError> {
    let peer = input_dialog_peer(&call, &request.peer).await?;
    dialogs::mark_unread(&call.core, call.signed_in()?, peer, request.unread).await?;
    Ok(true)
}
