//! `messages.getAdminsWithInvites`: admins with the numbers of their links. The owner only.
//!
//! Errors: `CHAT_ADMIN_REQUIRED`.

use model::Peer;
use services::chats::invites;
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetAdminsWithInvites,
) -> Result<enums::messages::ChatAdminsWithInvites, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let found = invites::admins(&call.core, call.signed_in()?, peer).await?;
    let viewer = call.viewer()?;
    let set = found.iter().map(|(admin, ..)| Peer::User(*admin)).collect();
    let (users, _) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    let admin = |(admin, open, revoked): &(model::UserId, i32, i32)| {
        types::ChatAdminWithInvites {
            admin_id: admin.0,
            invites_count: *open,
            revoked_invites_count: *revoked,
        }
        .into()
    };
    Ok(types::messages::ChatAdminsWithInvites { admins: found.iter().map(admin).collect(), users }
        .into())
}
