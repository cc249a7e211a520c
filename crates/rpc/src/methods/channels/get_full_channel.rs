//! `channels.getFullChannel`: everything about a channel.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`.

use model::Peer;
use services::channels::full;
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::media::FileContext;
use crate::convert::{channels_full, fetch_related, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::GetFullChannel,
) -> Result<enums::messages::ChatFull, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let full = full::full(&call.core, call.signed_in()?, channel).await?;
    let viewer = call.viewer()?;
    let mut people: PeerSet = std::iter::once(Peer::Channel(channel)).collect();
    people.add_users(full.requesters.iter().copied());
    if let Some((chat, _)) = full.channel.migrated_from {
        people.add_peer(Peer::Chat(chat));
    }
    if let Some(other) = full.channel.linked {
        people.add_peer(Peer::Channel(other));
    }
    if let Some(name) = full.send_as {
        people.add_peer(name);
    }
    let (users, chats) = fetch_related(&call.core, viewer.user, &people, viewer.dc).await?;
    let context = FileContext { core: &call.core, viewer: viewer.user, dc: viewer.dc };
    Ok(types::messages::ChatFull { full_chat: channels_full::full(&context, &full), chats, users }
        .into())
}
