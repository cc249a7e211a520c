//! `messages.requestEncryption`: asks somebody for a secret chat.
//!
//! Errors: `USER_ID_INVALID`, `RANDOM_ID_INVALID`, `RANDOM_ID_DUPLICATE`, `DH_G_A_INVALID`, `USER_IS_BLOCKED`, `FLOOD_WAIT_X`.

use services::secret;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError};

use super::secret_answers::own_chat;

pub(super) async fn handle(
    call: Call,
    request: functions::messages::RequestEncryption,
) -> Result<enums::EncryptedChat, RpcError> {
    let user = peers::input_user(&call, &request.user_id).await?;
    let caller = call.signed_in()?;
    let chat = secret::request(&call.core, caller, user, request.random_id, request.g_a).await?;
    own_chat(&call, chat)
}
