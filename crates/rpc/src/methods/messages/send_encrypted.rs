//! `messages.sendEncrypted`: a message into a secret chat.
//!
//! Errors: `CHAT_ID_INVALID`, `ENCRYPTION_DECLINED`, `USER_IS_BLOCKED`, `DATA_INVALID`, `DATA_TOO_LONG`, `RANDOM_ID_INVALID`, `FLOOD_WAIT_X`.

use services::secret::{self, Draft};
use tl_api::{enums, functions};

use crate::convert::secret::input_chat;
use crate::{Call, RpcError};

use super::secret_answers::sent;

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SendEncrypted,
) -> Result<enums::messages::SentEncryptedMessage, RpcError> {
    let draft = Draft { random_id: request.random_id, data: request.data, ..Draft::default() };
    let (caller, input) = (call.signed_in()?, input_chat(&request.peer));
    sent(&call, &secret::send(&call.core, caller, input, draft).await?)
}
