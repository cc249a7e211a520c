//! A channel changes hands.

use model::rights::Denial;
use model::{ChannelId, UserId};
use store::ports::acts::ChannelAct;

use super::admins::act_on;
use super::names::PUBLIC_PER_OWNER;
use super::{Changed, refused, visible};
use crate::password::{self, Proof};
use crate::{Caller, Core, Error, Result, devices};

/// Seconds that a two-step password has to be in force before a channel can be given away, as the official server has it.
const PASSWORD_AGE_S: i64 = 7 * 24 * 3600;

/// Makes a member the owner in the caller's place, who proves the two-step password. Whether it could be done at all is said
/// before the proof is looked at: clients ask so with an empty one.
///
/// # Errors
/// `PasswordMissing`, `PasswordTooFresh`, `SessionTooFresh`, in this order; `UserInvalid` for oneself and outsiders;
/// `PublicChannelsTooMuch` of the new owner; those of [`password::check`]; `ChannelPrivate`, `Denied`.
pub async fn transfer(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    user: UserId,
    proof: Option<&Proof>,
) -> Result<Changed> {
    let (channel, _) = visible(core, caller.user, id).await?;
    if channel.creator != caller.user {
        return Err(Error::Denied(Denial::AdminRequired));
    }
    check_fresh(core, caller).await?;
    let row = core.stores.channels.participant(id, user).await.map_err(refused)?;
    if user == caller.user || !row.is_some_and(|row| row.is_member()) {
        return Err(Error::UserInvalid);
    }
    if channel.username.is_some()
        && core.stores.channels.public_channels_of(user).await?.len() >= PUBLIC_PER_OWNER
    {
        return Err(Error::PublicChannelsTooMuch);
    }
    password::check(core, caller.user, proof.ok_or(Error::PasswordInvalid)?).await?;
    act_on(core, caller, id, ChannelAct::HandOver(user)).await
}

async fn check_fresh(core: &Core, caller: Caller) -> Result<()> {
    let password = password::current(core, caller.user).await?;
    let set_at = password.ok_or(Error::PasswordMissing)?.set_at;
    let left = set_at.0.saturating_add(PASSWORD_AGE_S).saturating_sub(core.now().0);
    if left > 0 {
        return Err(Error::PasswordTooFresh(u32::try_from(left).unwrap_or(u32::MAX)));
    }
    match devices::too_fresh_for(core, caller).await? {
        Some(seconds) => Err(Error::SessionTooFresh(seconds)),
        None => Ok(()),
    }
}
