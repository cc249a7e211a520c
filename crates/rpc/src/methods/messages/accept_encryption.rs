//! `messages.acceptEncryption`: accepts a secret chat on this device. The first device of the account has it.
//!
//! Errors: `CHAT_ID_INVALID`, `DH_G_A_INVALID`, `ENCRYPTION_ALREADY_ACCEPTED`, `ENCRYPTION_ALREADY_DECLINED`.

use services::secret;
use tl_api::{enums, functions};

use crate::convert::secret::input_chat;
use crate::{Call, RpcError};

use super::secret_answers::own_chat;

pub(super) async fn handle(
    call: Call,
    request: functions::messages::AcceptEncryption,
) -> Result<enums::EncryptedChat, RpcError> {
    let (caller, input) = (call.signed_in()?, input_chat(&request.peer));
    let fingerprint = request.key_fingerprint;
    let chat = secret::accept(&call.core, caller, input, request.g_b, fingerprint).await?;
    own_chat(&call, chat)
}
