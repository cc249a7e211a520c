//! Who is online, and who is told.

use std::collections::{BTreeSet, HashMap};

use model::event::Ephemeral;
use model::{AuthKeyId, Peer, UnixTime, UserId};
use store::ports::Notice;

use crate::{Caller, Core, Result};

/// How long one `account.updateStatus` lasts, seconds. Clients repeat it every 210 s (`config.online_update_period_ms`).
pub const ONLINE_S: i64 = 300;
/// People told of one change of status, at most.
const AUDIENCE: usize = 1000;

/// Who is online, device by device.
#[derive(Default)]
pub(crate) struct Presence {
    until: HashMap<UserId, HashMap<AuthKeyId, UnixTime>>,
}

impl Presence {
    fn online_until(&self, user: UserId, now: UnixTime) -> Option<UnixTime> {
        self.until.get(&user)?.values().copied().max().filter(|until| *until > now)
    }

    fn set(&mut self, user: UserId, key: AuthKeyId, until: Option<UnixTime>, now: UnixTime) {
        let devices = self.until.entry(user).or_default();
        match until {
            Some(until) => devices.insert(key, until),
            None => devices.remove(&key),
        };
        devices.retain(|_, until| *until > now);
        if devices.is_empty() {
            self.until.remove(&user);
        }
    }
}

/// Until when `user` counts as online, if they do.
#[must_use]
pub fn online_until(core: &Core, user: UserId) -> Option<UnixTime> {
    core.memory.presence.lock().online_until(user, core.now())
}

/// Notes what a device says of itself, and tells those who may know.
///
/// # Errors
/// Those of the store.
pub async fn update(core: &Core, caller: Caller, online: bool) -> Result<()> {
    let now = core.now();
    let until = online.then(|| UnixTime(now.0 + ONLINE_S));
    let (before, after) = {
        let mut presence = core.memory.presence.lock();
        let before = presence.online_until(caller.user, now);
        presence.set(caller.user, caller.key, until, now);
        (before, presence.online_until(caller.user, now))
    };
    if before.is_none() && after.is_none() {
        return Ok(());
    }
    core.stores.accounts.set_last_seen(caller.user, now).await?;
    if before != after {
        announce(core, caller.user).await?;
    }
    Ok(())
}

/// Takes a device that signed out off the list.
///
/// # Errors
/// Those of the store.
pub async fn forget_device(core: &Core, user: UserId, key: AuthKeyId) -> Result<()> {
    let now = core.now();
    let changed = {
        let mut presence = core.memory.presence.lock();
        let before = presence.online_until(user, now);
        presence.set(user, key, None, now);
        before != presence.online_until(user, now)
    };
    if changed { announce(core, user).await } else { Ok(()) }
}

/// Tells everyone around `user` to look at their status again: what each may see is decided when it is read.
async fn announce(core: &Core, user: UserId) -> Result<()> {
    let users: Vec<UserId> =
        audience(core, user).await?.into_iter().filter(|other| *other != user).collect();
    if !users.is_empty() {
        core.publish(Notice::EphemeralToUsers {
            users,
            event: Ephemeral::UserStatus { user },
            origin: None,
        });
    }
    Ok(())
}

/// Whom changes of `user` concern: themselves, those who have them in the address book, and those they talk with.
///
/// # Errors
/// Those of the store.
pub async fn audience(core: &Core, user: UserId) -> Result<BTreeSet<UserId>> {
    let owners = core
        .stores
        .contacts
        .contact_owners(user, i32::try_from(AUDIENCE).unwrap_or(i32::MAX))
        .await?;
    let partners = core.stores.dialogs.dialog_peers(user).await?;
    let partners = partners.into_iter().filter_map(|peer| match peer {
        Peer::User(other) => Some(other),
        Peer::Chat(_) | Peer::Channel(_) => None,
    });
    let mut users: BTreeSet<UserId> = owners.into_iter().chain(partners).take(AUDIENCE).collect();
    users.remove(&model::ids::SERVICE_USER);
    users.insert(user);
    Ok(users)
}
