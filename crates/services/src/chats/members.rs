//! Members: added, removed, made admins.

use std::collections::BTreeSet;

use model::event::AccountEvent;
use model::rights::Denial;
use model::{ChatId, Peer, UserId};
use store::ports::acts::ChatAct;

use super::create::invitable;
use super::{Changed, known, missing, tell_members, told_members};
use crate::messages::{Effect, told_act};
use crate::rate_limit::{Limit, Subject};
use crate::{Caller, Core, Error, Result, messages, rate_limit};

/// Adds somebody. If their privacy forbids it nothing happens, and the answer names them.
///
/// # Errors
/// `ChatInvalid`, `UserInvalid`, `AlreadyParticipant`, `UsersTooMuch`, `Denied`, `FloodWait`.
pub async fn add(core: &Core, caller: Caller, chat: ChatId, user: UserId) -> Result<Changed> {
    let group = known(core, chat).await?;
    let rejoining = user == caller.user;
    if !rejoining {
        let (added, left_out) = invitable(core, caller, &BTreeSet::from([user])).await?;
        if !left_out.is_empty() {
            group.check_member(caller.user, |banned| banned.invite_users)?;
            return Ok(Changed {
                chat: group,
                effect: Effect::none(),
                event: None,
                missing: left_out,
            });
        }
        if added.is_empty() {
            return Err(Error::UserInvalid);
        }
        rate_limit::check(core, Limit::Invite, Subject::User(caller.user))?;
    }
    act(core, caller, chat, ChatAct::Add(user)).await
}

async fn act(core: &Core, caller: Caller, chat: ChatId, act: ChatAct) -> Result<Changed> {
    let told = core.stores.chats.act_in_chat(chat, caller.user, act, core.now()).await;
    let told = told.map_err(missing)?;
    let effect = told_act(core, caller, told.sent);
    let event = told_members(core, caller, chat, told.events);
    Ok(Changed { chat: told.chat, effect, event: Some(event), missing: Vec::new() })
}

/// Removes somebody, or oneself. The service message reaches the removed one too.
///
/// # Errors
/// `ChatInvalid`, `NotParticipant`, `Denied`.
pub async fn remove(
    core: &Core,
    caller: Caller,
    chat: ChatId,
    user: UserId,
    revoke_history: bool,
) -> Result<Changed> {
    let changed = act(core, caller, chat, ChatAct::Remove(user)).await?;
    if revoke_history && user == caller.user {
        let history = messages::delete::History {
            peer: Peer::Chat(chat),
            max_id: model::MessageId(0),
            revoke: false,
            just_clear: false,
            min_date: None,
            max_date: None,
        };
        messages::delete::history(core, caller, history).await?;
    }
    Ok(changed)
}

/// Makes a member an admin, or a plain member again. The creator only.
///
/// # Errors
/// `ChatInvalid`, `NotParticipant`, `NotModified`, `Denied`.
pub async fn set_admin(
    core: &Core,
    caller: Caller,
    chat: ChatId,
    user: UserId,
    admin: bool,
) -> Result<AccountEvent> {
    let group =
        core.stores.chats.set_admin(chat, caller.user, user, admin).await.map_err(missing)?;
    tell_members(core, caller, &group).await
}

/// Closes a group for good: everyone is removed, the creator last. The creator only.
///
/// # Errors
/// `ChatInvalid`, `Denied`.
pub async fn delete(core: &Core, caller: Caller, chat: ChatId) -> Result<()> {
    let before = known(core, chat).await?;
    if before.creator != caller.user {
        return Err(Error::Denied(Denial::AdminRequired));
    }
    let group = core.stores.chats.delete_chat(chat, caller.user).await.map_err(missing)?;
    let event = AccountEvent::ChatParticipants { chat: group.id };
    let members = before.members.iter().map(|member| member.user);
    crate::account_events::record_for(core, members, &event, caller.origin()).await
}
