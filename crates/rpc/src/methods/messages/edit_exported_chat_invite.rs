//! `messages.editExportedChatInvite`: changes a link or ends it; a permanent one that ends is replaced.
//!
//! Errors: `INVITE_HASH_INVALID`, `INVITE_HASH_EXPIRED`, `CHAT_ADMIN_REQUIRED`, `EXPIRE_DATE_INVALID`, `USAGE_LIMIT_INVALID`.

use model::UnixTime;
use services::chats::invites::{self, Wanted};
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, participants, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::EditExportedChatInvite,
) -> Result<enums::messages::ExportedChatInvite, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let wanted = Wanted {
        expires: request.expire_date.map(|date| UnixTime(date.into())),
        usage_limit: request.usage_limit,
        request_needed: request.request_needed,
        title: request.title,
    };
    let caller = call.signed_in()?;
    let (invite, new) =
        invites::edit(&call.core, caller, peer, &request.link, request.revoked, wanted).await?;
    let viewer = call.viewer()?;
    let set = std::iter::once(model::Peer::User(invite.admin)).collect();
    let (users, _) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    let invite = participants::invite(&call.core, &invite);
    Ok(match new {
        None => types::messages::ExportedChatInvite { invite, users }.into(),
        Some(new) => {
            let new_invite = participants::invite(&call.core, &new);
            types::messages::ExportedChatInviteReplaced { invite, new_invite, users }.into()
        }
    })
}
