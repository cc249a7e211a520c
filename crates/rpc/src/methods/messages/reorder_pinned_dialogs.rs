//! `messages.reorderPinnedDialogs`: the order of a folder's pinned chats; with `force`, those not named are unpinned.
//!
//! Errors: `PEER_ID_INVALID`, `FOLDER_ID_INVALID`, `PINNED_DIALOGS_TOO_MUCH`.

use services::dialogs;
use tl_api::functions;

use crate::convert::dialogs::input_dialog_peer;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ReorderPinnedDialogs,
) -> Result<bool, RpcError> {
    let mut order = Vec::with_capacity(request.order.len());
    for peer in request.order.iter().take(model::limits::PINNED_DIALOGS + 1) {
        order.push(input_dialog_peer(&call, peer).await?);
    }
    dialogs::reorder_pinned(
        &call.core,
        call.signed_in()?,
        request.folder_id,
        &order,
        request.force,
    )
    .await?;
    Ok(true)
}
