//! `messages.getMessageReactionsList`: who reacted, newest first; the author is told what they have not seen.
//!
//! Errors: `MESSAGE_ID_INVALID`, `BROADCAST_FORBIDDEN` for posts.

use model::MessageId;
use services::messages::reaction;
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use super::common::text_offset;
use crate::convert::{count, fetch_related, messages, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetMessageReactionsList,
) -> Result<enums::messages::MessageReactionsList, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let offset = text_offset(request.offset.as_ref())?;
    let wanted = messages::from_reactions(request.reaction.as_slice())?;
    let emoji = wanted.first().map(String::as_str);
    let (id, caller) = (MessageId(request.id), call.signed_in()?);
    let (given, total) =
        reaction::list(&call.core, caller, (peer, id), emoji, offset, request.limit).await?;
    let mut people: PeerSet = std::iter::once(peer).collect();
    people.add_givers(&given);
    let viewer = call.viewer()?;
    let (users, chats) = fetch_related(&call.core, viewer.user, &people, viewer.dc).await?;
    let next = offset.saturating_add(count(given.len()));
    Ok(types::messages::MessageReactionsList {
        count: total,
        reactions: given
            .iter()
            .map(|reaction| messages::peer_reaction(reaction, viewer.user))
            .collect(),
        chats,
        users,
        next_offset: (next < total && !given.is_empty()).then(|| next.to_string()),
    }
    .into())
}
