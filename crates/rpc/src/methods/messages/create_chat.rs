//! `messages.createChat`: a basic group of the caller and others.
//!
//! The answer holds exactly one new message and exactly one `updateMessageID`: clients look for both. People whose privacy
//! forbids it are left out and named. Errors: `CHAT_TITLE_EMPTY`, `USERS_TOO_MUCH`, `FLOOD_WAIT_X`.

use services::chats::{Changed, create};
use tl_api::{enums, functions, types};

use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::CreateChat,
) -> Result<enums::messages::InvitedUsers, RpcError> {
    if request.users.len() > model::limits::CHAT_MEMBERS {
        return Err(RpcError::bad_request("USERS_TOO_MUCH"));
    }
    let users = peers::input_users(&call, &request.users).await?;
    let changed =
        create::create(&call.core, call.signed_in()?, &request.title, &users, request.ttl_period)
            .await?;
    invited(&call, &changed).await
}

/// `messages.invitedUsers`.
pub(super) async fn invited(
    call: &Call,
    changed: &Changed,
) -> Result<enums::messages::InvitedUsers, RpcError> {
    let updates = updates::answer(call, &changed.effect, changed.event.as_slice()).await?;
    let missing = |user: &model::UserId| {
        types::MissingInvitee { user_id: user.0, ..Default::default() }.into()
    };
    let missing_invitees = changed.missing.iter().map(missing).collect();
    Ok(types::messages::InvitedUsers { updates, missing_invitees }.into())
}

/// The updates of a change.
pub(super) async fn changed(call: &Call, changed: &Changed) -> Result<enums::Updates, RpcError> {
    updates::answer(call, &changed.effect, changed.event.as_slice()).await
}
