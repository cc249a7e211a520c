//! The account as a whole: its number, its end.

use model::account::{Phone, User};
use model::event::AccountEvent;
use model::{MessageId, UserId};
use store::ports::Notice;
use store::ports::accounts::ProfileChange;
use store::ports::boxes::DeleteHistory;

use crate::password::Proof;
use crate::rate_limit::{self, Limit, Subject};
use crate::sign_in::{self, Device, Purpose, SentCode};
use crate::{
    Caller, Core, Error, Result, account_events, devices, password, presence, profile, secret,
};

/// Messages of a deleted account's box that one transaction removes.
const ERASED_AT_ONCE: i32 = 1000;

/// The caller's account.
///
/// # Errors
/// [`Error::Unauthorized`] if it is gone.
pub async fn own(core: &Core, caller: Caller) -> Result<User> {
    let users = core.stores.accounts.users(&[caller.user]).await?;
    users.into_iter().find(|user| !user.deleted).ok_or(Error::Unauthorized)
}

/// Absence after which the account deletes itself, days.
///
/// # Errors
/// Those of the store.
pub async fn ttl_days(core: &Core, caller: Caller) -> Result<i32> {
    Ok(own(core, caller).await?.account_ttl_days)
}

/// Sets it: 30 to 730 days.
///
/// # Errors
/// [`Error::TtlInvalid`].
pub async fn set_ttl_days(core: &Core, caller: Caller, days: i32) -> Result<()> {
    if !(30..=730).contains(&days) {
        return Err(Error::TtlInvalid);
    }
    let change = ProfileChange { account_ttl_days: Some(days), ..ProfileChange::default() };
    core.stores.accounts.update_profile(caller.user, change).await?;
    Ok(())
}

/// Asks for a code to prove the caller's next number.
///
/// # Errors
/// [`Error::SessionTooFresh`] from a new device; [`Error::PhoneOccupied`]; those of [`sign_in::start`]. Numbers that are taken count
/// for its limits, and for one of the account's own, as the answer tells of others that they have an account.
pub async fn send_change_code(
    core: &Core,
    caller: Caller,
    device: Device,
    phone: &str,
) -> Result<SentCode> {
    if let Some(seconds) = devices::too_fresh_for(core, caller).await? {
        return Err(Error::SessionTooFresh(seconds));
    }
    let number = Phone::parse(phone).ok_or(Error::PhoneInvalid)?;
    rate_limit::check(core, Limit::ChangePhone, Subject::User(caller.user))?;
    sign_in::limit(core, &number, device.ip)?;
    if core.stores.accounts.user_by_phone(&number).await?.is_some() {
        return Err(Error::PhoneOccupied);
    }
    sign_in::make(core, device, number, Purpose::ChangePhone(caller.user))
}

/// Moves the account to a number that was proved by its code.
///
/// # Errors
/// Those of a code; [`Error::PhoneOccupied`].
pub async fn change_phone(
    core: &Core,
    caller: Caller,
    phone: &str,
    hash: &str,
    code: &str,
) -> Result<()> {
    let phone = Phone::parse(phone).ok_or(Error::PhoneInvalid)?;
    sign_in::prove_number(core, caller.user, &phone, hash, code)?;
    match core.stores.accounts.change_phone(caller.user, phone).await {
        Err(store::Error::Conflict) => return Err(Error::PhoneOccupied),
        result => drop(result?),
    }
    profile::tell(core, caller, AccountEvent::User { user: caller.user }).await
}

/// Deletes the caller's account for good.
///
/// # Errors
/// [`Error::FreshAuthorization`] from a new device; [`Error::PasswordInvalid`] without the two-step password where one is set.
pub async fn delete(core: &Core, caller: Caller, proof: Option<&Proof>) -> Result<()> {
    if let Some(seconds) = devices::too_fresh_for(core, caller).await? {
        return Err(Error::FreshAuthorization(seconds));
    }
    password::check_if_set(core, caller.user, proof).await?;
    erase(core, caller.user).await
}

/// Signs everything out, erases, and tells those around.
async fn erase(core: &Core, user: UserId) -> Result<()> {
    let audience = presence::audience(core, user).await?;
    for device in core.stores.keys.authorizations(user).await? {
        devices::revoke(core, &device).await?;
    }
    secret::close_account(core, user).await?;
    core.stores.accounts.delete_user(user).await?;
    empty(core, user).await?;
    let others = audience.into_iter().filter(|other| *other != user);
    account_events::record_for(core, others, &AccountEvent::User { user }, None).await
}

/// Takes a deleted account out of its groups and channels, and its messages out of its box: nobody reads them there any more, and
/// what is said from now on is not for it. The copies of others stay.
async fn empty(core: &Core, user: UserId) -> Result<()> {
    for chat in core.stores.chats.chats_of(user).await? {
        match core.stores.chats.remove_member(chat, user, user).await {
            Ok(group) => {
                let members = group.members.iter().map(|member| member.user);
                let event = AccountEvent::ChatParticipants { chat };
                account_events::record_for(core, members, &event, None).await?;
            }
            // Closed, or removed by somebody else meanwhile.
            Err(store::Error::NotFound | store::Error::Denied(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    for channel in core.stores.channels.channels_of(user).await? {
        match core.stores.channels.leave_channel(channel, user, core.now()).await {
            Ok(left) => {
                let departures = left.departures;
                core.publish(Notice::Membership { user, channel, member: false, departures });
            }
            Err(store::Error::NotFound | store::Error::Denied(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    for peer in core.stores.dialogs.dialog_peers(user).await? {
        let everything = DeleteHistory {
            owner: user,
            peer,
            max_id: MessageId(0),
            revoke: false,
            keep_dialog: false,
            min_date: None,
            max_date: None,
            limit: ERASED_AT_ONCE,
        };
        while core.stores.boxes.delete_history(everything).await?.1 > 0 {}
    }
    Ok(())
}

/// How far the clock may go on between two looks at it to count as time that passed here, seconds. Upkeep looks every hour; while the
/// server is off nobody can show that they are there.
const SEEN_STEP_S: i64 = 24 * 3600;

/// Deletes accounts that were absent for longer than they chose, at most `limit`: background work. Answers how many. Absence is time
/// that this was called in: a clock that jumps ahead makes nobody absent.
///
/// # Errors
/// Those of the store.
pub async fn delete_absent(core: &Core, limit: i32) -> Result<usize> {
    let counting = core.stores.upkeep.count_time(core.now(), SEEN_STEP_S).await?;
    if let Some(jump_s) = counting.jump_s {
        tracing::error!(
            count = jump_s,
            "the clock went on by so many seconds while nobody looked: the server was off, or the clock jumped; absence of \
             accounts is not counted for it"
        );
    }
    let users = core.stores.accounts.users_past_ttl(counting.time, limit).await?;
    for user in &users {
        erase(core, *user).await?;
    }
    Ok(users.len())
}
