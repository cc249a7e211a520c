//! `messages.getChatInviteImporters`: who came by a link, or waits for approval.
//!
//! Errors: `INVITE_HASH_INVALID`, `CHAT_ADMIN_REQUIRED`.

use model::{Peer, UnixTime, UserId};
use services::chats::invites;
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, participants, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetChatInviteImporters,
) -> Result<enums::messages::ChatInviteImporters, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let last = match &request.offset_user {
        enums::InputUser::InputUserEmpty => UserId(0),
        user => peers::input_user(&call, user).await?,
    };
    let offset = (UnixTime(request.offset_date.into()), last);
    let (caller, link) = (call.signed_in()?, request.link.as_deref());
    let part = (offset, request.limit);
    let (found, count) =
        invites::importers(&call.core, caller, peer, link, request.requested, part).await?;
    let viewer = call.viewer()?;
    let people = found.iter().flat_map(|importer| [Some(importer.user), importer.approved_by]);
    let set = people.flatten().map(Peer::User).collect();
    let (users, _) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    let importers = found.iter().map(participants::importer).collect();
    Ok(types::messages::ChatInviteImporters { count, importers, users }.into())
}
