//! `messages.getScheduledHistory`: what waits for its time in a chat, latest first.
//!
//! Errors: `PEER_ID_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED` in a broadcast channel for those who may not post.

use model::MessageId;
use model::message::Message;
use services::messages::schedule;
use services::views::PeerSet;
use tl_api::{enums, functions};

use crate::convert::{messages, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetScheduledHistory,
) -> Result<enums::messages::Messages, RpcError> {
    listed(&call, &request.peer, None).await
}

/// A schedule, or some of it.
pub(super) async fn listed(
    call: &Call,
    peer: &enums::InputPeer,
    ids: Option<&[MessageId]>,
) -> Result<enums::messages::Messages, RpcError> {
    let peer = peers::input_peer(call, peer).await?;
    let found = schedule::list(&call.core, call.signed_in()?.user, peer, ids).await?;
    let found: Vec<&Message> = found.iter().collect();
    let also = std::iter::once(peer).collect::<PeerSet>();
    Ok(messages::whole(messages::show(&call.core, call.viewer()?, &found, also).await?))
}
