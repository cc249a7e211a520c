//! `messages.deleteExportedChatInvite`: forgets a link that was ended.
//!
//! Errors: `INVITE_HASH_INVALID`, `INVITE_REVOKED_MISSING` for an open one, `CHAT_ADMIN_REQUIRED`.

use services::chats::invites;
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::DeleteExportedChatInvite,
) -> Result<bool, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    invites::delete(&call.core, call.signed_in()?, peer, &request.link).await?;
    Ok(true)
}
