//! `messages.getOnlines`: how many members of a group are online.
//!
//! Errors: `PEER_ID_INVALID`, `CHAT_ID_INVALID`.

use services::chats::read;
use tl_api::{enums, functions, types};

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetOnlines,
) -> Result<enums::ChatOnlines, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let onlines = read::onlines(&call.core, call.signed_in()?, peer).await?;
    Ok(types::ChatOnlines { onlines }.into())
}
