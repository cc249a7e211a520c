//! `messages.getMessagesViews`: the counters of posts, and one view more of each for those who look.
//!
//! Errors: `PEER_ID_INVALID`, `CHANNEL_PRIVATE`.

use std::collections::BTreeMap;

use model::{MessageId, Peer};
use services::channels::views;
use services::messages::in_chat;
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, messages, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetMessagesViews,
) -> Result<enums::messages::MessageViews, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let ids: Vec<MessageId> = request.id.iter().copied().map(MessageId).collect();
    let mut replies = BTreeMap::new();
    let counters = match peer {
        Peer::Channel(channel) => {
            let caller = call.signed_in()?;
            let counted =
                views::views(&call.core, caller, channel, &ids, request.increment).await?;
            let found = in_chat(&call.core, caller.user, peer, &ids).await?;
            let counters = found.into_iter().filter_map(|post| Some((post.id, post.replies?)));
            replies.extend(counters);
            counted
        }
        Peer::User(_) | Peer::Chat(_) => Vec::new(),
    };
    let of = |id: &MessageId| {
        let found =
            counters.iter().find(|(counted, _)| counted == id).map(|(_, counters)| counters);
        types::MessageViews {
            views: found.map(|counters| counters.views),
            forwards: found.map(|counters| counters.forwards),
            replies: found.and(replies.get(id)).map(messages::replies),
        }
        .into()
    };
    let viewer = call.viewer()?;
    let mut set: PeerSet =
        Some(peer).filter(|peer| matches!(peer, Peer::Channel(_))).into_iter().collect();
    replies.values().for_each(|replies| set.add_replies(replies));
    let (users, chats) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    Ok(types::messages::MessageViews { views: ids.iter().map(of).collect(), chats, users }.into())
}
