//! `channels.editBanned`: restricts, removes or frees somebody, or in a supergroup a channel that people write as: until it is freed,
//! its owner is refused `SEND_AS_PEER_INVALID` when they write as any channel of theirs.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `PARTICIPANT_ID_INVALID`, `USER_ADMIN_INVALID` for the owner,
//! for the group itself, the channel that it belongs to, and any channel in a broadcast channel; `BANNED_RIGHTS_INVALID` for
//! restrictions of which none exists here.

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
    let whom = participant_of(&call, &request.participant).await?;
    let rights = chats::from_restriction(&request.banned_rights)?;
    let edited = admins::restrict(&call.core, call.signed_in()?, channel, whom, rights).await;
    let edited = edited.map_err(|error| match error {
        Error::Denied(Denial::Owner) => RpcError::bad_request("USER_ADMIN_INVALID"),
        error => error.into(),
    })?;
    changed(&call, &edited).await
}
