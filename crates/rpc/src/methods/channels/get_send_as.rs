//! `channels.getSendAs`: in whose name the caller may write here: a broadcast channel's own for those who post in it, the group's for anonymous admins, else their own.
//!
//! Errors: `PEER_ID_INVALID` outside of channels, `CHANNEL_INVALID`, `CHANNEL_PRIVATE`.

use model::Peer;
use services::channels::lists;
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::GetSendAs,
) -> Result<enums::channels::SendAsPeers, RpcError> {
    let Peer::Channel(channel) = peers::input_peer(&call, &request.peer).await? else {
        return Err(RpcError::bad_request("PEER_ID_INVALID"));
    };
    let as_channel = lists::speaks_as_channel(&call.core, call.signed_in()?, channel).await?;
    let viewer = call.viewer()?;
    let name = if as_channel { Peer::Channel(channel) } else { Peer::User(viewer.user) };
    let set = [name, Peer::Channel(channel)].into_iter().collect();
    let (users, chats) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    let peers = vec![types::SendAsPeer { premium_required: false, peer: peers::peer(name) }.into()];
    Ok(types::channels::SendAsPeers { peers, chats, users }.into())
}
