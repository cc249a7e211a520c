//! `channels.getChannelRecommendations`: public channels with the same subscribers. Without a channel it would be a guess at
//! what the caller likes, which is not made: none.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`.

use model::Peer;
use services::channels::similar;
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::GetChannelRecommendations,
) -> Result<enums::messages::Chats, RpcError> {
    let Some(channel) = &request.channel else {
        return Ok(types::messages::Chats::default().into());
    };
    let channel = peers::input_channel(&call, channel).await?;
    let found = similar::similar(&call.core, call.signed_in()?, channel).await?;
    let people: PeerSet = found.into_iter().map(Peer::Channel).collect();
    let viewer = call.viewer()?;
    let (_, chats) = fetch_related(&call.core, viewer.user, &people, viewer.dc).await?;
    Ok(types::messages::Chats { chats }.into())
}
