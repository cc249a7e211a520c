//! `channels.toggleSignatures`: posts of a broadcast channel carry their author's name, with a link to the profile if that is
//! wanted, or not.
//!
//! Errors: `CHANNEL_INVALID` also for supergroups, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `CHAT_NOT_MODIFIED`.

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
    let (caller, names, profiles) =
        (call.signed_in()?, request.signatures_enabled, request.profiles_enabled);
    let changed = manage::set_signatures(&call.core, caller, channel, names, profiles).await;
    updates::account_answer(&call, &[changed.map_err(chat_error)?]).await
}
