//! `channels.checkUsername`: whether a public name is free for a channel; an empty channel is one that is yet to be made.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `USERNAME_INVALID`, `CHANNELS_ADMIN_PUBLIC_TOO_MUCH`.

use services::channels::names;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::CheckUsername,
) -> Result<bool, RpcError> {
    let channel = match &request.channel {
        enums::InputChannel::InputChannelEmpty => None,
        channel => Some(peers::input_channel(&call, channel).await?),
    };
    Ok(names::is_free(&call.core, call.signed_in()?, channel, &request.username).await?)
}
