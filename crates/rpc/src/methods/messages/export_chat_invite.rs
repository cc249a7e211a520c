//! `messages.exportChatInvite`: a new link to a group or channel.
//!
//! Errors: `CHAT_ADMIN_REQUIRED`, `EXPIRE_DATE_INVALID`, `USAGE_LIMIT_INVALID`.

use model::UnixTime;
use services::chats::invites::{self, Wanted};
use tl_api::{enums, functions};

use crate::convert::{participants, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ExportChatInvite,
) -> Result<enums::ExportedChatInvite, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let wanted = Wanted {
        expires: request.expire_date.map(|date| UnixTime(date.into())),
        usage_limit: request.usage_limit,
        request_needed: request.request_needed.then_some(true),
        title: request.title,
    };
    let renew = request.legacy_revoke_permanent;
    let invite = invites::export(&call.core, call.signed_in()?, peer, renew, wanted).await?;
    Ok(participants::invite(&call.core, &invite))
}
