//! `channels.getGroupsForDiscussion`: the groups of one's own that a channel's posts could be discussed in. Basic groups among
//! them have to be upgraded first.

use model::Peer;
use services::channels::discussion;
use tl_api::{enums, functions, types};

use crate::convert::fetch_related;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::channels::GetGroupsForDiscussion,
) -> Result<enums::messages::Chats, RpcError> {
    let found = discussion::candidates(&call.core, call.signed_in()?).await?;
    let chats = found.chats.into_iter().map(Peer::Chat);
    let set = chats.chain(found.channels.into_iter().map(Peer::Channel)).collect();
    let viewer = call.viewer()?;
    let (_, chats) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    Ok(types::messages::Chats { chats }.into())
}
