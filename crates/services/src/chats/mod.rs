//! Basic groups, and the invite links of groups and channels.
//!
//! What happens in a group is told by a service message in every member's box; the list of members and the rights follow
//! as account events, which name the group and let the reader fetch its present state.

pub mod create;
pub mod edit;
pub mod invites;
pub mod join;
pub mod members;
pub mod migrate;
pub mod read;

use model::chat::Chat;
use model::event::{AccountEntry, AccountEvent};
use model::{ChatId, Peer, UserId};

use crate::label::label;
use crate::messages::Effect;
use crate::{Caller, Core, Error, Result, account_events};

/// What a change of a group did: the group afterwards, and what the caller's answer tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// The group.
    pub chat: Chat,
    /// The service message.
    pub effect: Effect,
    /// What else the caller's devices are told.
    pub event: Option<AccountEvent>,
    /// People who could not be added because their privacy forbids it.
    pub missing: Vec<UserId>,
}

/// A group that exists.
///
/// # Errors
/// `ChatInvalid`.
pub async fn known(core: &Core, chat: ChatId) -> Result<Chat> {
    core.stores.chats.chats(&[chat]).await?.pop().ok_or(Error::ChatInvalid)
}

/// A group that the caller is in.
///
/// # Errors
/// `ChatInvalid`, also for those who are not in it: groups are nobody else's business.
pub async fn joined(core: &Core, caller: Caller, chat: ChatId) -> Result<Chat> {
    let chat = known(core, chat).await?;
    if chat.member(caller.user).is_none() {
        return Err(Error::ChatInvalid);
    }
    Ok(chat)
}

/// Whether `viewer` is or was in a group, or may read the supergroup that it became. Groups have no access hash, so strangers
/// must not learn even their titles.
///
/// # Errors
/// Storage only.
pub async fn is_met(core: &Core, viewer: UserId, chat: &Chat) -> Result<bool> {
    if chat.member(viewer).is_some() {
        return Ok(true);
    }
    let dialogs = core.stores.dialogs.peer_dialogs(viewer, &[Peer::Chat(chat.id)]).await?.dialogs;
    if dialogs.iter().any(|dialog| dialog.top_message.0 != 0) {
        return Ok(true);
    }
    match chat.migrated_to {
        Some(channel) => Ok(crate::channels::visible(core, viewer, channel).await.is_ok()),
        None => Ok(false),
    }
}

/// Tells everyone whom an act in a group concerns what it recorded for them.
pub(crate) fn told_members(
    core: &Core,
    caller: Caller,
    chat: ChatId,
    events: Vec<(UserId, AccountEntry)>,
) -> AccountEvent {
    account_events::tell(core, events, caller.origin());
    AccountEvent::ChatParticipants { chat }
}

/// Tells everyone in a group of a change that no service message tells of.
pub(crate) async fn tell_members(core: &Core, caller: Caller, chat: &Chat) -> Result<AccountEvent> {
    let event = AccountEvent::ChatParticipants { chat: chat.id };
    let members = chat.members.iter().map(|member| member.user);
    account_events::record_for(core, members, &event, caller.origin()).await?;
    Ok(event)
}

/// A missing group has its own error.
pub(crate) fn missing(error: store::Error) -> Error {
    match error {
        store::Error::NotFound => Error::ChatInvalid,
        store::Error::Denied(model::rights::Denial::TooMany) => Error::UsersTooMuch,
        store::Error::Denied(model::rights::Denial::AlreadyParticipant) => {
            Error::AlreadyParticipant
        }
        store::Error::Denied(model::rights::Denial::NotParticipant) => Error::NotParticipant,
        error => error.into(),
    }
}

/// A title of 1 to 128 characters that are seen.
pub(crate) fn title(given: &str) -> Result<String> {
    let title = label(given);
    if title.is_empty() || title.chars().count() > model::limits::TITLE_CHARS {
        return Err(Error::TitleInvalid);
    }
    Ok(title)
}

/// A description of at most 255 characters.
pub(crate) fn about(given: &str) -> Result<String> {
    let about = given.trim();
    if about.chars().count() > model::limits::CHAT_ABOUT_CHARS {
        return Err(Error::ChatAboutTooLong);
    }
    Ok(about.to_owned())
}
