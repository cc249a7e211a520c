//! `channels.toggleParticipantsHidden`: only admins see who is in a supergroup, or everyone.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `PARTICIPANTS_TOO_FEW` in a group of less than a hundred,
//! `CHAT_NOT_MODIFIED`.

use services::channels::manage;
use tl_api::{enums, functions};

use super::answers::chat_error;
use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::ToggleParticipantsHidden,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let caller = call.signed_in()?;
    let changed =
        manage::set_participants_hidden(&call.core, caller, channel, request.enabled).await;
    updates::account_answer(&call, &[changed.map_err(chat_error)?]).await
}
