//! `messages.reportEncryptedSpam`: complains of a secret chat. It is kept for whoever moderates; there is no content with it.
//!
//! Errors: `CHAT_ID_INVALID`.

use services::secret;
use tl_api::functions;

use crate::convert::secret::input_chat;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ReportEncryptedSpam,
) -> Result<bool, RpcError> {
    let (caller, input) = (call.signed_in()?, input_chat(&request.peer));
    secret::report_spam(&call.core, caller, input).await?;
    Ok(true)
}
