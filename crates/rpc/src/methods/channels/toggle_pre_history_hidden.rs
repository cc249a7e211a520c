//! `channels.togglePreHistoryHidden`: newcomers of a supergroup do not see what was before them, or do.
//!
//! Errors: `CHANNEL_INVALID` also for broadcast channels, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `CHAT_NOT_MODIFIED`.

use services::channels::manage;
use tl_api::{enums, functions};

use super::answers::chat_error;
use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::TogglePreHistoryHidden,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let changed =
        manage::set_prehistory_hidden(&call.core, call.signed_in()?, channel, request.enabled)
            .await;
    updates::account_answer(&call, &[changed.map_err(chat_error)?]).await
}
