//! What several methods of this namespace answer.

use model::rights::Denial;
use model::{ChannelId, Peer};
use services::Error;
use services::channels::Changed;
use tl_api::{enums, types};

use crate::convert::fetch_related;
use crate::{Call, RpcError, updates};

/// For channels, "nothing would change" has a text of its own.
pub(super) fn chat_error(error: Error) -> RpcError {
    match error {
        Error::NotModified => RpcError::bad_request("CHAT_NOT_MODIFIED"),
        error => error.into(),
    }
}

/// The updates of a change.
pub(super) async fn changed(call: &Call, changed: &Changed) -> Result<enums::Updates, RpcError> {
    updates::answer(call, &changed.effect, changed.event.as_slice()).await
}

/// `messages.invitedUsers`.
pub(super) async fn invited(
    call: &Call,
    change: &Changed,
) -> Result<enums::messages::InvitedUsers, RpcError> {
    let updates = changed(call, change).await?;
    let missing = |user: &model::UserId| {
        types::MissingInvitee { user_id: user.0, ..Default::default() }.into()
    };
    let missing_invitees = change.missing.iter().map(missing).collect();
    Ok(types::messages::InvitedUsers { updates, missing_invitees }.into())
}

/// Channels as the caller sees them, in the order given.
pub(super) async fn shown(call: &Call, ids: &[ChannelId]) -> Result<Vec<enums::Chat>, RpcError> {
    let viewer = call.viewer()?;
    let set = ids.iter().copied().map(Peer::Channel).collect();
    let (_, mut chats) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    chats.sort_by_key(|chat| ids.iter().position(|id| Some(id.0) == id_of(chat)));
    Ok(chats)
}

const fn id_of(chat: &enums::Chat) -> Option<i64> {
    match chat {
        enums::Chat::Channel(channel) => Some(channel.id),
        enums::Chat::ChannelForbidden(channel) => Some(channel.id),
        _ => None,
    }
}

/// `messages.chats`.
pub(super) async fn chats(
    call: &Call,
    ids: &[ChannelId],
) -> Result<enums::messages::Chats, RpcError> {
    Ok(types::messages::Chats { chats: shown(call, ids).await? }.into())
}

/// Acts on the messages of others have a text of their own for those who may not.
pub(super) fn delete_error(error: Error) -> RpcError {
    match error {
        Error::NotParticipant | Error::Denied(Denial::AdminRequired | Denial::NotAuthor) => {
            RpcError::new(403, "MESSAGE_DELETE_FORBIDDEN")
        }
        error => error.into(),
    }
}
