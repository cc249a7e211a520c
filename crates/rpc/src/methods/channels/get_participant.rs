//! `channels.getParticipant`: somebody's relation to a channel.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `PARTICIPANT_ID_INVALID`, `USER_NOT_PARTICIPANT`.

use services::channels::{self, lists};
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use super::participant_of;
use crate::convert::{channels_full, fetch_related, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::GetParticipant,
) -> Result<enums::channels::ChannelParticipant, RpcError> {
    let id = peers::input_channel(&call, &request.channel).await?;
    let whom = participant_of(&call, &request.participant).await?;
    let caller = call.signed_in()?;
    let viewer = call.viewer()?;
    let (channel, _) = channels::visible(&call.core, caller.user, id).await?;
    let row = lists::participant(&call.core, caller, id, whom).await?;
    let mut people = PeerSet::default();
    people.add_peers(channels_full::named(&row));
    people.add_peer(model::Peer::Channel(id));
    let (users, chats) = fetch_related(&call.core, viewer.user, &people, viewer.dc).await?;
    let participant = channels_full::participant(&channel, &row, viewer.user);
    Ok(types::channels::ChannelParticipant { participant, chats, users }.into())
}
