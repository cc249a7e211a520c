//! `channels.getParticipants`: a page of the members, admins, removed or restricted people of a channel.
//!
//! The answer is always whole: rights change without the list of ids, which is all that `hash` covers. There are no bots among
//! members. Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`.

use services::channels;
use services::channels::lists::{self, ParticipantFilter};
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::{channels_full, fetch_related, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::GetParticipants,
) -> Result<enums::channels::ChannelParticipants, RpcError> {
    let id = peers::input_channel(&call, &request.channel).await?;
    let caller = call.signed_in()?;
    let viewer = call.viewer()?;
    let (channel, _) = channels::visible(&call.core, caller.user, id).await?;
    let (rows, count) = match filter(request.filter) {
        Some(filter) => {
            lists::participants(&call.core, caller, id, filter, request.offset, request.limit)
                .await?
        }
        None => (Vec::new(), 0),
    };
    let mut people = PeerSet::default();
    people.add_peers(rows.iter().flat_map(channels_full::named));
    people.add_peer(model::Peer::Channel(id));
    let (users, chats) = fetch_related(&call.core, viewer.user, &people, viewer.dc).await?;
    let participants =
        rows.iter().map(|row| channels_full::participant(&channel, row, viewer.user)).collect();
    Ok(types::channels::ChannelParticipants { count, participants, chats, users }.into())
}

fn filter(filter: enums::ChannelParticipantsFilter) -> Option<ParticipantFilter> {
    use enums::ChannelParticipantsFilter as F;
    Some(match filter {
        F::ChannelParticipantsRecent => ParticipantFilter::Recent,
        F::ChannelParticipantsAdmins => ParticipantFilter::Admins,
        F::ChannelParticipantsKicked(filter) => ParticipantFilter::Kicked(filter.q),
        F::ChannelParticipantsBanned(filter) => ParticipantFilter::Banned(filter.q),
        F::ChannelParticipantsSearch(filter) => ParticipantFilter::Search(filter.q),
        F::ChannelParticipantsContacts(filter) => ParticipantFilter::Contacts(filter.q),
        F::ChannelParticipantsMentions(filter) => {
            ParticipantFilter::Search(filter.q.unwrap_or_default())
        }
        F::ChannelParticipantsBots => return None,
    })
}
