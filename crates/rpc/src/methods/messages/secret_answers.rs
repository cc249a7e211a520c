//! What methods of secret chats answer.

use model::secret::SecretChat;
use services::secret::{SeenChat, Sent};
use tl_api::{enums, types};

use crate::convert::date;
use crate::convert::secret::SecretContext;
use crate::{Call, RpcError};

/// A chat of the caller's device.
pub(super) fn own_chat(call: &Call, chat: SecretChat) -> Result<enums::EncryptedChat, RpcError> {
    let view = chat.seen_by(call.key).ok_or(RpcError::bad_request("CHAT_ID_INVALID"))?;
    let context = SecretContext { core: &call.core, viewer: call.viewer()? };
    Ok(context.chat(&SeenChat { chat, view }))
}

/// That a message was accepted, and the file that went with it.
pub(super) fn sent(
    call: &Call,
    sent: &Sent,
) -> Result<enums::messages::SentEncryptedMessage, RpcError> {
    let date = date(sent.date);
    if sent.file.is_none() {
        return Ok(types::messages::SentEncryptedMessage { date }.into());
    }
    let context = SecretContext { core: &call.core, viewer: call.viewer()? };
    let file = context.file(sent.file.as_ref());
    Ok(types::messages::SentEncryptedFile { date, file }.into())
}
