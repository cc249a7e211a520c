//! `messages.getDialogUnreadMarks`: chats that were marked as unread by hand.

use services::dialogs;
use tl_api::{enums, functions};

use crate::convert::dialogs::dialog_peer;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _: functions::messages::GetDialogUnreadMarks,
) -> Result<Vec<enums::DialogPeer>, RpcError> {
    let marked = dialogs::unread_marks(&call.core, call.signed_in()?).await?;
    Ok(marked.into_iter().map(dialog_peer).collect())
}
