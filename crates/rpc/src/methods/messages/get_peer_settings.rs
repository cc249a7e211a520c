//! `messages.getPeerSettings`: what the bar above a chat offers.
//!
//! Errors: `PEER_ID_INVALID`, `CHANNEL_INVALID`.

use services::dialogs;
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, peers, settings};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetPeerSettings,
) -> Result<enums::messages::PeerSettings, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let viewer = call.viewer()?;
    let bar = dialogs::peer_bar(&call.core, viewer.user, peer).await?;
    let set = std::iter::once(peer).collect();
    let (users, chats) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    Ok(types::messages::PeerSettings { settings: settings::peer_settings(&bar), chats, users }.into())
}
