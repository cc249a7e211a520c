//! `messages.hideChatJoinRequest`: lets somebody in who asked, or not.
//!
//! Errors: `HIDE_REQUESTER_MISSING`, `CHAT_ADMIN_REQUIRED`, `USER_ID_INVALID`.

use services::chats::join;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::HideChatJoinRequest,
) -> Result<enums::Updates, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let user = peers::input_user(&call, &request.user_id).await?;
    let event = join::settle(&call.core, call.signed_in()?, peer, user, request.approved).await?;
    updates::account_answer(&call, &[event]).await
}
