//! `messages.setEncryptedTyping`: shows the other side of a secret chat that the caller types.
//!
//! Errors: `CHAT_ID_INVALID`, `ENCRYPTION_DECLINED`.

use services::secret;
use tl_api::functions;

use crate::convert::secret::input_chat;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SetEncryptedTyping,
) -> Result<bool, RpcError> {
    let (caller, input) = (call.signed_in()?, input_chat(&request.peer));
    secret::typing(&call.core, caller, input, request.typing).await?;
    Ok(true)
}
