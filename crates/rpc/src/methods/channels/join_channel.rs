//! `channels.joinChannel`: joins a public channel.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `USER_ALREADY_PARTICIPANT`, `CHANNELS_TOO_MUCH`, `INVITE_REQUEST_SENT` if approval is
//! needed, `FLOOD_WAIT_X`.

use services::channels::members;
use tl_api::{enums, functions, types};

use super::answers::changed;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::JoinChannel,
) -> Result<enums::messages::ChatInviteJoinResult, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let joined = members::join(&call.core, call.signed_in()?, channel).await?;
    Ok(types::messages::ChatInviteJoinResultOk { updates: changed(&call, &joined).await? }.into())
}
