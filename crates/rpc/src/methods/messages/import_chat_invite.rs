//! `messages.importChatInvite`: joins a group or channel by a link.
//!
//! Errors: `INVITE_HASH_INVALID`, `INVITE_HASH_EXPIRED`, `USER_ALREADY_PARTICIPANT`, `INVITE_REQUEST_SENT` if approval is needed,
//! `USERS_TOO_MUCH`, `CHANNELS_TOO_MUCH`.

use services::chats::join;
use tl_api::{enums, functions, types};

use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ImportChatInvite,
) -> Result<enums::messages::ChatInviteJoinResult, RpcError> {
    if request.hash.is_empty() {
        return Err(RpcError::bad_request("INVITE_HASH_EMPTY"));
    }
    let joined = join::join(&call.core, call.signed_in()?, &request.hash).await?;
    let updates = updates::answer(&call, &joined.effect, &[joined.event]).await?;
    Ok(types::messages::ChatInviteJoinResultOk { updates }.into())
}
