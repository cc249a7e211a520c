//! `messages.getPollResults`: a poll as the caller sees it now.
//!
//! Errors: `MESSAGE_ID_INVALID`.

use model::MessageId;
use services::messages::poll::{self, Seen};
use services::views::PeerSet;
use tl_api::{enums, functions};

use crate::convert::{peers, polls};
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetPollResults,
) -> Result<enums::Updates, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let seen =
        poll::of_message(&call.core, call.signed_in()?, peer, MessageId(request.msg_id)).await?;
    answer(&call, &seen).await
}

/// A poll as updates.
pub(super) async fn answer(call: &Call, seen: &Seen) -> Result<enums::Updates, RpcError> {
    let mut people = PeerSet::default();
    polls::add_people(&mut people, seen);
    updates::made(call, vec![polls::update(seen)], people).await
}
