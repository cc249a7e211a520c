//! `channels.setDiscussionGroup`: links a channel with the supergroup where its posts are discussed; an empty one on either side
//! ends the link of the other.
//!
//! Errors: `BROADCAST_ID_INVALID`, `MEGAGROUP_ID_INVALID`, `MEGAGROUP_PREHISTORY_HIDDEN`, `LINK_NOT_MODIFIED`, `CHANNEL_PRIVATE`,
//! `CHAT_ADMIN_REQUIRED`.

use services::channels::discussion;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::SetDiscussionGroup,
) -> Result<bool, RpcError> {
    let broadcast = optional(&call, &request.broadcast).await?;
    let group = optional(&call, &request.group).await?;
    discussion::link(&call.core, call.signed_in()?, broadcast, group).await?;
    Ok(true)
}

async fn optional(
    call: &Call,
    input: &enums::InputChannel,
) -> Result<Option<model::ChannelId>, RpcError> {
    match input {
        enums::InputChannel::InputChannelEmpty => Ok(None),
        named => peers::input_channel(call, named).await.map(Some),
    }
}
