//! `channels.editBanned`: restricts, removes or frees somebody. Channels as participants are not offered.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `PARTICIPANT_ID_INVALID`, `USER_ADMIN_INVALID` for the owner.

use model::rights::Denial;
use services::Error;
use services::channels::admins;
use tl_api::{enums, functions};

use super::answers::changed;
use super::participant_of;
use crate::convert::{chats, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::EditBanned,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let user = participant_of(&call, &request.participant).await?;
    let rights = chats::from_banned_rights(&request.banned_rights);
    let edited = admins::restrict(&call.core, call.signed_in()?, channel, user, rights).await;
    let edited = edited.map_err(|error| match error {
        Error::Denied(Denial::Owner) => RpcError::bad_request("USER_ADMIN_INVALID"),
        error => error.into(),
    })?;
    changed(&call, &edited).await
}
