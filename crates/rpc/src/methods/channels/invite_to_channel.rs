//! `channels.inviteToChannel`: adds people. Those whose privacy forbids it are left out and named.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `USER_ID_INVALID`, `USERS_TOO_MUCH`, `FLOOD_WAIT_X`; for one
//! person also `USER_ALREADY_PARTICIPANT` and `USER_KICKED`.

use model::rights::Denial;
use services::Error;
use services::channels::members;
use tl_api::{enums, functions};

use super::answers::invited;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::InviteToChannel,
) -> Result<enums::messages::InvitedUsers, RpcError> {
    if request.users.len() > model::limits::IDS_PER_CALL {
        return Err(RpcError::bad_request("USERS_TOO_MUCH"));
    }
    let channel = peers::input_channel(&call, &request.channel).await?;
    let users = peers::input_users(&call, &request.users).await?;
    match members::invite(&call.core, call.signed_in()?, channel, &users).await {
        Err(Error::Denied(Denial::Banned)) => Err(RpcError::bad_request("USER_KICKED")),
        change => invited(&call, &change?).await,
    }
}
