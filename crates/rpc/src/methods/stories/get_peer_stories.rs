//! `stories.getPeerStories peer = stories.PeerStories`. There are no stories, so there are none of this peer.

use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::stories::GetPeerStories,
) -> Result<enums::stories::PeerStories, RpcError> {
    let viewer = call.signed_in()?.user;
    let peer = peers::input_peer(&call, &request.peer).await?;
    let (users, chats) =
        fetch_related(&call.core, viewer, &PeerSet::from_iter([peer]), call.connection.dc).await?;
    let none = types::PeerStories { peer: peers::peer(peer), ..Default::default() };
    Ok(types::stories::PeerStories { stories: none.into(), chats, users }.into())
}
