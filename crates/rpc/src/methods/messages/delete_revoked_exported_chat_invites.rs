//! `messages.deleteRevokedExportedChatInvites`: forgets all ended links of one admin.
//!
//! Errors: `CHAT_ADMIN_REQUIRED`, `USER_ID_INVALID`.

use services::chats::invites;
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::DeleteRevokedExportedChatInvites,
) -> Result<bool, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let admin = peers::input_user(&call, &request.admin_id).await?;
    invites::delete_revoked(&call.core, call.signed_in()?, peer, admin).await?;
    Ok(true)
}
