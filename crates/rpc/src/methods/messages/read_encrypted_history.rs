//! `messages.readEncryptedHistory`: the caller has read a secret chat up to a moment; timers of its messages begin.
//!
//! Errors: `CHAT_ID_INVALID`, `ENCRYPTION_DECLINED`, `DATE_INVALID`.

use model::UnixTime;
use services::secret;
use tl_api::functions;

use crate::convert::secret::input_chat;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ReadEncryptedHistory,
) -> Result<bool, RpcError> {
    let (caller, input) = (call.signed_in()?, input_chat(&request.peer));
    secret::read(&call.core, caller, input, UnixTime(request.max_date.into())).await?;
    Ok(true)
}
