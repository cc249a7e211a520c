//! `messages.getExportedChatInvites`: the links of one admin, newest first.
//!
//! Errors: `CHAT_ADMIN_REQUIRED`, `USER_ID_INVALID`.

use model::UnixTime;
use services::chats::invites;
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, participants, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetExportedChatInvites,
) -> Result<enums::messages::ExportedChatInvites, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let admin = peers::input_user(&call, &request.admin_id).await?;
    let offset = request.offset_link.as_deref();
    let offset =
        offset.map(|link| (UnixTime(request.offset_date.unwrap_or_default().into()), link));
    let caller = call.signed_in()?;
    let (links, count) =
        invites::list(&call.core, caller, (peer, admin), request.revoked, offset, request.limit)
            .await?;
    let viewer = call.viewer()?;
    let set = std::iter::once(model::Peer::User(admin)).collect();
    let (users, _) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    let invites = links.iter().map(|link| participants::invite(&call.core, link)).collect();
    Ok(types::messages::ExportedChatInvites { count, invites, users }.into())
}
