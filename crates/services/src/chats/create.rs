//! Making a group.

use std::collections::BTreeSet;

use model::{UserId, limits};

use super::{Changed, missing, title, told_members};
use crate::messages::told_act;
use crate::rate_limit::{Limit, Subject};
use crate::{Caller, Core, Error, Result, rate_limit, views};

/// Makes a group of the caller and `users`. Those whose privacy forbids it are left out and named in the answer.
///
/// # Errors
/// `TitleInvalid`, `UsersTooMuch`, `FloodWait`.
pub async fn create(
    core: &Core,
    caller: Caller,
    name: &str,
    users: &[UserId],
    ttl_period: Option<i32>,
) -> Result<Changed> {
    let name = title(name)?;
    let wanted: BTreeSet<UserId> =
        users.iter().copied().filter(|user| *user != caller.user).collect();
    if wanted.len() >= limits::CHAT_MEMBERS {
        return Err(Error::UsersTooMuch);
    }
    let (added, left_out) = invitable(core, caller, &wanted).await?;
    rate_limit::check(core, Limit::CreateChannel, Subject::User(caller.user))?;
    let told = core
        .stores
        .chats
        .found_chat(caller.user, name, &added, ttl_period.filter(|period| *period > 0), core.now())
        .await
        .map_err(missing)?;
    let chat = told.chat;
    let mut effect = told_act(core, caller, told.sent);
    // Clients match the answer to their request by a number; this request has none of its own, so one is made up.
    let number = core.random.number() | 1;
    effect.numbers = effect.messages().iter().map(|message| (number, message.id)).collect();
    let event = told_members(core, caller, chat.id, told.events);
    Ok(Changed { chat, effect, event: Some(event), missing: left_out })
}

/// Who of `wanted` may be added by the caller, and who not.
///
/// # Errors
/// Storage only.
pub(crate) async fn invitable(
    core: &Core,
    caller: Caller,
    wanted: &BTreeSet<UserId>,
) -> Result<(Vec<UserId>, Vec<UserId>)> {
    let wanted: Vec<UserId> = wanted.iter().copied().collect();
    let views = views::users(core, caller.user, &wanted).await?;
    let mut added = Vec::new();
    let mut left_out = Vec::new();
    for view in views {
        if view.user.deleted || view.user.id == model::ids::SERVICE_USER {
            continue;
        }
        if view.invitable { added.push(view.user.id) } else { left_out.push(view.user.id) }
    }
    Ok((added, left_out))
}
