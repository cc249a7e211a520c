//! `messages.setTyping`: shows the others of a chat what the caller is doing.
//!
//! Errors: `PEER_ID_INVALID`, `CHAT_ID_INVALID`, `USER_NOT_PARTICIPANT`, `CHANNEL_PRIVATE`.

use services::messages::typing;
use tl_api::functions;

use crate::convert::{actions, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SetTyping,
) -> Result<bool, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let Some(action) = actions::from_typing(&request.action) else { return Ok(false) };
    typing::typing(&call.core, call.signed_in()?, peer, action).await?;
    Ok(true)
}
