//! `channels.toggleSlowMode`: the pause between two messages of a member of a supergroup.
//!
//! Errors: `SECONDS_INVALID`, `CHANNEL_INVALID` also for broadcast channels, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `CHAT_NOT_MODIFIED`.

use services::Error;
use services::channels::manage;
use tl_api::{enums, functions};

use super::answers::chat_error;
use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::ToggleSlowMode,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    match manage::set_slow_mode(&call.core, call.signed_in()?, channel, request.seconds).await {
        Err(Error::LimitInvalid) => Err(RpcError::bad_request("SECONDS_INVALID")),
        changed => updates::account_answer(&call, &[changed.map_err(chat_error)?]).await,
    }
}
