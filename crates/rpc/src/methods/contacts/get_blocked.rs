//! `contacts.getBlocked my_stories_from offset limit = contacts.Blocked`: blocked people, newest first.

use model::Peer;
use services::contacts;
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::{count, date, fetch_related, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::GetBlocked,
) -> Result<enums::contacts::Blocked, RpcError> {
    let caller = call.signed_in()?;
    if request.my_stories_from {
        return Ok(types::contacts::Blocked::default().into());
    }
    let (page, total) =
        contacts::blocked(&call.core, caller, request.offset, request.limit).await?;
    let people: PeerSet = page.iter().map(|(user, _)| Peer::User(*user)).collect();
    let (users, chats) =
        fetch_related(&call.core, caller.user, &people, call.connection.dc).await?;
    let is_whole = count(page.len()) == total;
    let blocked = page.into_iter().map(|(user, at)| {
        types::PeerBlocked { peer_id: peers::peer(Peer::User(user)), date: date(at) }.into()
    });
    let blocked = blocked.collect();
    Ok(if is_whole {
        types::contacts::Blocked { blocked, chats, users }.into()
    } else {
        types::contacts::BlockedSlice { count: total, blocked, chats, users }.into()
    })
}
