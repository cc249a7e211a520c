//! `channels.leaveChannel`.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `USER_NOT_PARTICIPANT`.

use services::channels::members;
use tl_api::{enums, functions};

use super::answers::changed;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::LeaveChannel,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    changed(&call, &members::leave(&call.core, call.signed_in()?, channel).await?).await
}
