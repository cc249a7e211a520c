//! `messages.getPollVotes`: who voted for what in a public poll, for those who voted.
//!
//! Errors: `MESSAGE_ID_INVALID`, `POLL_VOTE_REQUIRED`, `BROADCAST_FORBIDDEN` for anonymous polls.

use model::MessageId;
use services::messages::poll;
use services::views::PeerSet;
use tl_api::{enums, functions};

use super::common::text_offset;
use crate::convert::{fetch_related, peers, polls};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetPollVotes,
) -> Result<enums::messages::VotesList, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let offset = text_offset(request.offset.as_ref())?;
    let at = (peer, MessageId(request.id));
    let votes = poll::votes(
        &call.core,
        call.signed_in()?,
        at,
        request.option.as_deref(),
        offset,
        request.limit,
    )
    .await?;
    let mut people = PeerSet::default();
    votes.0.iter().for_each(|(voter, ..)| people.add_peer(*voter));
    let viewer = call.viewer()?;
    let related = fetch_related(&call.core, viewer.user, &people, viewer.dc).await?;
    Ok(polls::votes_list(&votes, request.option.is_some(), offset, related))
}
