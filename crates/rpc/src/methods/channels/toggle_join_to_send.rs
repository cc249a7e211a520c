//! `channels.toggleJoinToSend`: whether only members write in a discussion group, or every reader of its channel.
//!
//! Errors: `CHANNEL_INVALID`, `CHAT_ID_INVALID` outside of discussion groups, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`,
//! `CHAT_NOT_MODIFIED`.

use services::channels::manage;
use tl_api::{enums, functions};

use super::answers::chat_error;
use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::ToggleJoinToSend,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let changed =
        manage::set_join_to_send(&call.core, call.signed_in()?, channel, request.enabled).await;
    updates::account_answer(&call, &[changed.map_err(chat_error)?]).await
}
