//! `channels.toggleSignatures`: posts of a broadcast channel carry their author's name, or not.
//!
//! Errors: `CHANNEL_INVALID` also for supergroups, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `CHAT_NOT_MODIFIED`; `METHOD_INVALID` for
//! links to the authors, which are not offered.

use services::channels::manage;
use tl_api::{enums, functions};

use super::answers::chat_error;
use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::ToggleSignatures,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    if request.profiles_enabled {
        return Err(RpcError::bad_request("METHOD_INVALID"));
    }
    let changed =
        manage::set_signatures(&call.core, call.signed_in()?, channel, request.signatures_enabled)
            .await;
    updates::account_answer(&call, &[changed.map_err(chat_error)?]).await
}
