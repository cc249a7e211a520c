//! `messages.discardEncryption`: ends a secret chat, or declines it.
//!
//! Errors: `ENCRYPTION_ID_INVALID`, `ENCRYPTION_ALREADY_DECLINED`.

use model::SecretChatId;
use services::secret;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::DiscardEncryption,
) -> Result<bool, RpcError> {
    let (caller, id) = (call.signed_in()?, SecretChatId(request.chat_id));
    secret::discard(&call.core, caller, id, request.delete_history).await?;
    Ok(true)
}
