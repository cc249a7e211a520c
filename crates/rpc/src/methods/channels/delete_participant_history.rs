//! `channels.deleteParticipantHistory` (before layer 135: `deleteUserHistory`): everything that one person wrote into a supergroup, or
//! what was written as one channel. The client calls again while `offset` is not 0.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `PARTICIPANT_ID_INVALID`, `CHAT_ADMIN_REQUIRED`.

use services::channels::delete;
use tl_api::{enums, functions, types};

use super::participant_of;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::DeleteParticipantHistory,
) -> Result<enums::messages::AffectedHistory, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let author = participant_of(&call, &request.participant).await?;
    let gone = delete::of_participant(&call.core, call.signed_in()?, channel, author).await?;
    Ok(types::messages::AffectedHistory {
        pts: gone.pts.0,
        pts_count: gone.pts_count,
        offset: gone.left,
    }
    .into())
}
