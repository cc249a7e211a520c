//! `messages.getMessagesViews`: the counters of posts, and one view more of each for those who look.
//!
//! Errors: `PEER_ID_INVALID`, `CHANNEL_PRIVATE`.

use model::{MessageId, Peer};
use services::channels::views;
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetMessagesViews,
) -> Result<enums::messages::MessageViews, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let ids: Vec<MessageId> = request.id.iter().copied().map(MessageId).collect();
    let counters = match peer {
        Peer::Channel(channel) => {
            views::views(&call.core, call.signed_in()?, channel, &ids, request.increment).await?
        }
        Peer::User(_) | Peer::Chat(_) => Vec::new(),
    };
    let of = |id: &MessageId| {
        let found =
            counters.iter().find(|(counted, _)| counted == id).map(|(_, counters)| counters);
        types::MessageViews {
            views: found.map(|counters| counters.views),
            forwards: found.map(|counters| counters.forwards),
            replies: None,
        }
        .into()
    };
    let viewer = call.viewer()?;
    let set = Some(peer).filter(|peer| matches!(peer, Peer::Channel(_))).into_iter().collect();
    let (users, chats) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    Ok(types::messages::MessageViews { views: ids.iter().map(of).collect(), chats, users }.into())
}
