//! `messages.sendReaction`: replaces the caller's reactions to a message; none take them back.
//!
//! Errors: `MESSAGE_ID_INVALID`, `REACTION_INVALID`, `REACTIONS_TOO_MANY`, `CHAT_ADMIN_REQUIRED`, `FLOOD_WAIT_X`.

use model::MessageId;
use services::messages::reaction;
use services::views::PeerSet;
use tl_api::{enums, functions};

use crate::convert::{messages, peers};
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SendReaction,
) -> Result<enums::Updates, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let emoji = messages::from_reactions(request.reaction.as_deref().unwrap_or_default())?;
    let caller = call.signed_in()?;
    let message =
        reaction::react(&call.core, caller, peer, MessageId(request.msg_id), emoji).await?;
    let mut people: PeerSet = std::iter::once(peer).collect();
    people.add_givers(&message.reactions.recent);
    updates::made(&call, vec![updates::reactions_update(call.viewer()?, &message)], people).await
}
