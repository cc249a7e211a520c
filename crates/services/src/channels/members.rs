//! Who comes and goes: joined, left, brought in.

use std::collections::BTreeSet;

use model::channel::{Participant, is_banned};
use model::rights::Denial;
use model::{ChannelId, UserId, limits};
use store::ports::acts::ChannelAct;

use super::{Changed, refused, tell_people, visible};
use crate::messages::{Effect, told_channel_act};
use crate::rate_limit::{Limit, Subject};
use crate::{Caller, Core, Error, Result, chats, rate_limit};

/// Joins a public channel, or comes back to one's own. Where joining needs approval, the request is kept.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate` (also for banned people), `AlreadyParticipant`, `ChannelsTooMuch`, `JoinRequested`, `FloodWait`.
pub async fn join(core: &Core, caller: Caller, id: ChannelId) -> Result<Changed> {
    rate_limit::check(core, Limit::Join, Subject::User(caller.user))?;
    let act = ChannelAct::Join(None);
    let told = core.stores.channels.act_in_channel(id, caller.user, act, core.now()).await;
    let told = told.map_err(join_refused)?;
    if told.requested {
        return Err(chats::join::asked(core, told.events));
    }
    let event = tell_people(core, caller, &told.channel, &told.moved, told.events);
    let effect = told_channel_act(core, caller, id, told.posted);
    Ok(Changed { channel: id, effect, event: Some(event), missing: Vec::new() })
}

fn join_refused(error: store::Error) -> Error {
    match refused(error) {
        Error::Denied(Denial::Banned) => Error::ChannelPrivate,
        Error::Denied(Denial::TooMany) => Error::ChannelsTooMuch,
        Error::Denied(Denial::AlreadyParticipant) => Error::AlreadyParticipant,
        error => error,
    }
}

/// Leaves. The owner stays the owner, and may come back.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`, `NotParticipant`.
pub async fn leave(core: &Core, caller: Caller, id: ChannelId) -> Result<Changed> {
    visible(core, caller.user, id).await?;
    let act = ChannelAct::Leave;
    let left = core.stores.channels.act_in_channel(id, caller.user, act, core.now()).await;
    let told = left.map_err(refused)?;
    let event = tell_people(core, caller, &told.channel, &told.moved, told.events);
    // Told to those who stay; the answer to the one who left has nothing of a log that may be closed to them now.
    told_channel_act(core, caller, id, told.posted);
    Ok(Changed { channel: id, effect: Effect::none(), event: Some(event), missing: Vec::new() })
}

/// Adds people. Those whose privacy forbids it are left out and named; those who are in already or were removed are passed over.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`, `UsersTooMuch`, `Denied`, `FloodWait`; `UserInvalid` if nobody can be added; if exactly one is
/// asked for, also `AlreadyParticipant` and `Denied(Banned)`.
pub async fn invite(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    users: &[UserId],
) -> Result<Changed> {
    let (channel, participant) = visible(core, caller.user, id).await?;
    channel.check_invite(caller.user, participant.as_ref(), core.now()).map_err(|denial| {
        match denial {
            // To outsiders of a public channel it is the admins' affair.
            Denial::NotParticipant => Denial::AdminRequired,
            denial => denial,
        }
    })?;
    let wanted: BTreeSet<UserId> =
        users.iter().copied().filter(|user| *user != caller.user).collect();
    if wanted.len() > limits::IDS_PER_CALL {
        return Err(Error::UsersTooMuch);
    }
    check_only(core, id, &wanted).await?;
    let (allowed, missing) = chats::create::invitable(core, caller, &wanted).await?;
    if allowed.is_empty() && missing.is_empty() {
        return Err(Error::UserInvalid);
    }
    let mut change = Changed { channel: id, effect: Effect::none(), event: None, missing };
    if allowed.is_empty() {
        return Ok(change);
    }
    let cost = i64::try_from(allowed.len()).unwrap_or(i64::MAX);
    rate_limit::check_cost(core, Limit::Invite, Subject::User(caller.user), cost)?;
    let act = ChannelAct::Invite(allowed);
    let told = core.stores.channels.act_in_channel(id, caller.user, act, core.now()).await;
    let told = told.map_err(refused)?;
    let event = tell_people(core, caller, &told.channel, &told.moved, told.events);
    if !told.moved.came.is_empty() {
        change.event = Some(event);
        change.effect = told_channel_act(core, caller, id, told.posted);
    }
    Ok(change)
}

/// Whoever adds one person wants to know why it could not be.
async fn check_only(core: &Core, id: ChannelId, wanted: &BTreeSet<UserId>) -> Result<()> {
    let mut all = wanted.iter();
    let (Some(only), None) = (all.next(), all.next()) else { return Ok(()) };
    let row = core.stores.channels.participant(id, *only).await.map_err(refused)?;
    if row.as_ref().is_some_and(Participant::is_member) {
        return Err(Error::AlreadyParticipant);
    }
    if is_banned(row.as_ref(), core.now()) { Err(Error::Denied(Denial::Banned)) } else { Ok(()) }
}
