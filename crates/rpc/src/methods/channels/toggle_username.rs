//! `channels.toggleUsername`: takes a bought name of a channel in or out of use. There are none to buy here, and the name that a channel has
//! is in use for as long as it has it.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `CHAT_NOT_MODIFIED` for the name in use, else
//! `USERNAME_INVALID`.

use services::channels::names;
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::ToggleUsername,
) -> Result<bool, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let own = names::own(&call.core, call.signed_in()?, channel).await?;
    let in_use = own.is_some_and(|own| own.eq_ignore_ascii_case(&request.username));
    let text = if in_use && request.active { "CHAT_NOT_MODIFIED" } else { "USERNAME_INVALID" };
    Err(RpcError::bad_request(text))
}
