//! `messages.getPeerSettings`: what the bar above a chat offers.
//!
//! Errors: `PEER_ID_INVALID`, `CHANNEL_INVALID`, `CHANNEL_PRIVATE`.

use model::Peer;
use services::{channels, dialogs};
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, peers, settings};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetPeerSettings,
) -> Result<enums::messages::PeerSettings, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let viewer = call.viewer()?;
    if let Peer::Channel(channel) = peer {
        channels::visible(&call.core, viewer.user, channel).await?;
    }
    let bar = dialogs::peer_bar(&call.core, viewer.user, peer).await?;
    // A group tells nothing of itself here: its title is for those who are in it.
    let set = Some(peer).filter(|peer| !matches!(peer, Peer::Chat(_))).into_iter().collect();
    let (users, chats) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    Ok(types::messages::PeerSettings { settings: settings::peer_settings(&bar), chats, users }
        .into())
}
