//! `messages.getMessagesReactions`: the present reactions to messages, as updates.
//!
//! Errors: `PEER_ID_INVALID`, `CHANNEL_PRIVATE`.

use model::MessageId;
use services::messages::reaction;
use services::views::PeerSet;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetMessagesReactions,
) -> Result<enums::Updates, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let ids: Vec<MessageId> = request.id.into_iter().map(MessageId).collect();
    let found = reaction::of_messages(&call.core, call.signed_in()?, peer, &ids).await?;
    let mut people: PeerSet = found.iter().map(|message| message.peer).collect();
    found.iter().for_each(|message| people.add_givers(&message.reactions.recent));
    let viewer = call.viewer()?;
    let updates = found.iter().map(|message| updates::reactions_update(viewer, message)).collect();
    updates::made(&call, updates, people).await
}
