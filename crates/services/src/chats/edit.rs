//! Title, photo, description and rights of a group.

use model::event::AccountEvent;
use model::rights::BannedRights;
use model::{ChatId, Peer, PhotoId};
use store::ports::acts::ChatAct;
use store::ports::chats::ChatChange;

use super::{Changed, about, missing, tell_members, title};
use crate::messages::{Effect, told_act};
use crate::{Caller, Core, Result, account_events};

async fn change(
    core: &Core,
    caller: Caller,
    chat: ChatId,
    change: ChatChange,
) -> Result<model::chat::Chat> {
    core.stores.chats.change_chat(chat, caller.user, change).await.map_err(missing)
}

pub(crate) async fn announced(
    core: &Core,
    caller: Caller,
    chat: ChatId,
    act: ChatAct,
) -> Result<Changed> {
    let told = core.stores.chats.act_in_chat(chat, caller.user, act, core.now()).await;
    let told = told.map_err(missing)?;
    let effect = told_act(core, caller, told.sent);
    Ok(Changed { chat: told.chat, effect, event: None, missing: Vec::new() })
}

/// Sets the title.
///
/// # Errors
/// `TitleInvalid`, `ChatInvalid`, `NotModified`, `Denied`.
pub async fn set_title(core: &Core, caller: Caller, chat: ChatId, name: &str) -> Result<Changed> {
    announced(core, caller, chat, ChatAct::Title(title(name)?)).await
}

/// Sets or removes the photo.
///
/// # Errors
/// `ChatInvalid`, `NotModified`, `Denied`.
pub async fn set_photo(
    core: &Core,
    caller: Caller,
    chat: ChatId,
    photo: Option<PhotoId>,
) -> Result<Changed> {
    announced(core, caller, chat, ChatAct::Photo(photo)).await
}

/// Sets the description.
///
/// # Errors
/// `ChatAboutTooLong`, `ChatInvalid`, `NotModified`, `Denied`.
pub async fn set_about(core: &Core, caller: Caller, chat: ChatId, text: &str) -> Result<()> {
    let changes = ChatChange { about: Some(about(text)?), ..ChatChange::default() };
    let group = change(core, caller, chat, changes).await?;
    tell_members(core, caller, &group).await?;
    Ok(())
}

/// Sets what plain members may not do.
///
/// # Errors
/// `ChatInvalid`, `NotModified`, `Denied`.
pub async fn set_default_rights(
    core: &Core,
    caller: Caller,
    chat: ChatId,
    rights: BannedRights,
) -> Result<Changed> {
    let changes = ChatChange { default_banned: Some(rights), ..ChatChange::default() };
    let group = change(core, caller, chat, changes).await?;
    let event = AccountEvent::ChatDefaultBannedRights { peer: Peer::Chat(chat) };
    let members = group.members.iter().map(|member| member.user);
    account_events::record_for(core, members, &event, caller.origin()).await?;
    Ok(Changed { chat: group, effect: Effect::none(), event: Some(event), missing: Vec::new() })
}

/// Sets which reactions are allowed: `None` all, else these.
///
/// # Errors
/// `ChatInvalid`, `NotModified`, `Denied`.
pub async fn set_reactions(
    core: &Core,
    caller: Caller,
    chat: ChatId,
    reactions: Option<Vec<String>>,
) -> Result<Changed> {
    let changes = ChatChange { reactions: Some(reactions), ..ChatChange::default() };
    let group = change(core, caller, chat, changes).await?;
    let event = tell_members(core, caller, &group).await?;
    Ok(Changed { chat: group, effect: Effect::none(), event: Some(event), missing: Vec::new() })
}

/// Protects the content of a group, or frees it.
///
/// # Errors
/// `ChatInvalid`, `NotModified`, `Denied`.
pub async fn set_noforwards(
    core: &Core,
    caller: Caller,
    chat: ChatId,
    noforwards: bool,
) -> Result<Changed> {
    let changes = ChatChange { noforwards: Some(noforwards), ..ChatChange::default() };
    let group = change(core, caller, chat, changes).await?;
    let event = tell_members(core, caller, &group).await?;
    Ok(Changed { chat: group, effect: Effect::none(), event: Some(event), missing: Vec::new() })
}
