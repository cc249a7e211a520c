//! `channels.reorderUsernames`: the order of a channel's names. It has one at most, and one is in order.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `USERNAME_INVALID` for names that it has not, else
//! `CHAT_NOT_MODIFIED`.

use services::channels::names;
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::ReorderUsernames,
) -> Result<bool, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let own = names::own(&call.core, call.signed_in()?, channel).await?;
    let in_order = request
        .order
        .iter()
        .all(|name| own.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(name)));
    let text = if in_order { "CHAT_NOT_MODIFIED" } else { "USERNAME_INVALID" };
    Err(RpcError::bad_request(text))
}
