//! `contacts.search broadcasts bots q limit = contacts.Found`: the caller's own chats by name, and others by public name.
//!
//! Errors: `SEARCH_QUERY_EMPTY`, `FLOOD_WAIT_X`.

use model::Peer;
use services::contacts::{self, Found};
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::Search,
) -> Result<enums::contacts::Found, RpcError> {
    let caller = call.signed_in()?;
    let mut found = contacts::search(&call.core, caller, &request.q, request.limit).await?;
    if request.broadcasts {
        found.mine.retain(|peer| matches!(peer, Peer::Channel(_)));
        found.public.retain(|peer| matches!(peer, Peer::Channel(_)));
    }
    if request.bots {
        // There are none yet.
        found = Found::default();
    }
    let people: PeerSet = found.mine.iter().chain(&found.public).copied().collect();
    let (users, chats) =
        fetch_related(&call.core, caller.user, &people, call.connection.dc).await?;
    let ids = |peers: Vec<Peer>| peers.into_iter().map(peers::peer).collect();
    Ok(types::contacts::Found {
        my_results: ids(found.mine),
        results: ids(found.public),
        chats,
        users,
    }
    .into())
}
