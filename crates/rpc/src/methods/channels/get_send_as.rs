//! `channels.getSendAs`: in whose name the caller may write here: a broadcast channel's own for those who post in it, the group's for
//! anonymous admins, else their own; in public and linked supergroups also in the name of public channels of theirs.
//!
//! Errors: `PEER_ID_INVALID` outside of channels, `CHANNEL_INVALID`, `CHANNEL_PRIVATE`.

use model::Peer;
use services::channels::send_as;
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
    let names = send_as::names(&call.core, call.signed_in()?, channel).await?;
    let viewer = call.viewer()?;
    let set = names.iter().copied().chain([Peer::Channel(channel)]).collect();
    let (users, chats) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    let offered =
        |name| types::SendAsPeer { premium_required: false, peer: peers::peer(name) }.into();
    let peers = names.into_iter().map(offered).collect();
    Ok(types::channels::SendAsPeers { peers, chats, users }.into())
}
