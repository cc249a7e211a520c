//! `messages.getExportedChatInvite`: one link of a group or channel, for its admins.
//!
//! Errors: `INVITE_HASH_INVALID`, `CHAT_ADMIN_REQUIRED`.

use services::chats::invites;
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, participants, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetExportedChatInvite,
) -> Result<enums::messages::ExportedChatInvite, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let invite = invites::one(&call.core, call.signed_in()?, peer, &request.link).await?;
    let viewer = call.viewer()?;
    let set = std::iter::once(model::Peer::User(invite.admin)).collect();
    let (users, _) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    let invite = participants::invite(&call.core, &invite);
    Ok(types::messages::ExportedChatInvite { invite, users }.into())
}
