//! `channels.updateUsername`: sets a channel's public name; an empty one clears it. The owner only.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `USERNAME_INVALID`, `USERNAME_OCCUPIED`, `USERNAME_NOT_MODIFIED`,
//! `CHANNELS_ADMIN_PUBLIC_TOO_MUCH`.

use services::Error;
use services::channels::names;
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::UpdateUsername,
) -> Result<bool, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    match names::set(&call.core, call.signed_in()?, channel, &request.username).await {
        Err(Error::NotModified) => Err(RpcError::bad_request("USERNAME_NOT_MODIFIED")),
        set => Ok(set.map(|_| true)?),
    }
}
