//! `channels.toggleJoinRequest`: joining a supergroup needs approval, or not.
//!
//! Errors: `CHANNEL_INVALID` also for broadcast channels, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `CHAT_NOT_MODIFIED`; `METHOD_INVALID`
//! for a bot that approves and for links, each of which says by itself whether it asks: neither is offered.

use services::channels::manage;
use tl_api::{enums, functions};

use super::answers::chat_error;
use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::ToggleJoinRequest,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    if request.guard_bot.is_some() || request.apply_to_invites {
        return Err(RpcError::bad_request("METHOD_INVALID"));
    }
    let changed =
        manage::set_join_request(&call.core, call.signed_in()?, channel, request.enabled).await;
    updates::account_answer(&call, &[changed.map_err(chat_error)?]).await
}
