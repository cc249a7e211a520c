//! `messages.hideAllChatJoinRequests`: of one link, or of all.
//!
//! Errors: `CHAT_ADMIN_REQUIRED`.

use services::chats::join;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::HideAllChatJoinRequests,
) -> Result<enums::Updates, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let (caller, link) = (call.signed_in()?, request.link.as_deref());
    let event = join::settle_all(&call.core, caller, peer, link, request.approved).await?;
    updates::account_answer(&call, &[event]).await
}
