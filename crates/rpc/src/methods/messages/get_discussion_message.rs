//! `messages.getDiscussionMessage`: where a post is discussed: its copy in the group (or copies, of an album), how far the
//! caller has read there. Of a supergroup's message: the first of its thread.
//!
//! Errors: `MSG_ID_INVALID`, `PEER_ID_INVALID`, `CHANNEL_PRIVATE`.

use model::message::Message;
use model::{MessageId, Peer};
use services::channels::discussion;
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use super::common::thread_error;
use crate::convert::{messages, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetDiscussionMessage,
) -> Result<enums::messages::DiscussionMessage, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let caller = call.signed_in()?;
    let found = discussion::discussion(&call.core, caller, peer, MessageId(request.msg_id)).await;
    let found = found.map_err(thread_error)?;
    let shown: Vec<&Message> = found.messages.iter().collect();
    let also: PeerSet = [peer, Peer::Channel(found.thread.group)].into_iter().collect();
    let shown = messages::show(&call.core, call.viewer()?, &shown, also).await?;
    let some = |id: MessageId| Some(id.0).filter(|id| *id > 0);
    Ok(types::messages::DiscussionMessage {
        messages: shown.messages,
        max_id: found.thread.max_id.map(|id| id.0),
        read_inbox_max_id: some(found.thread.read_inbox_max),
        read_outbox_max_id: some(found.thread.read_outbox_max),
        unread_count: found.thread.unread_count,
        chats: shown.chats,
        users: shown.users,
    }
    .into())
}
