//! Name, bio and public name.

use model::account::User;
use model::event::AccountEvent;
use model::{Peer, UserId, limits};
use store::ports::accounts::ProfileChange;

use crate::lookalike::looks_like;
use crate::sign_in::clean_name;
use crate::{Caller, Core, Error, Result, account_events, presence};

/// Names that would be taken for the server's own.
const RESERVED: &[&str] = &[
    "admin",
    "administrator",
    "hoopoe",
    "telegram",
    "support",
    "security",
    "service",
    "settings",
    "joinchat",
    "addlist",
    "share",
    // Addresses of this server's own on the same port.
    "apiws",
    "healthz",
    "metrics",
];

/// What the service account is called, here and in the official apps.
const SERVICE_NAMES: &[&str] = &["Hoopoe", "Telegram"];

/// Whether a person may be called so: not like the service account, whose messages people trust.
///
/// # Errors
/// [`Error::FirstNameInvalid`].
pub(crate) fn check_name(first_name: &str, last_name: &str) -> Result<()> {
    let whole = format!("{first_name} {last_name}");
    if looks_like(&whole, SERVICE_NAMES) { Err(Error::FirstNameInvalid) } else { Ok(()) }
}

/// A change of names or bio; `None` leaves a field.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields of account.updateProfile")]
pub struct Change {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub about: Option<String>,
}

/// Changes the caller's profile, and tells those around.
///
/// # Errors
/// [`Error::FirstNameInvalid`], [`Error::AboutTooLong`].
pub async fn update(core: &Core, caller: Caller, change: Change) -> Result<User> {
    let first_name = match change.first_name {
        Some(name) => Some(clean_name(&name).ok_or(Error::FirstNameInvalid)?),
        None => None,
    };
    let about = change.about.map(|about| about.trim().to_owned());
    if about.as_ref().is_some_and(|about| about.chars().count() > limits::ABOUT_CHARS) {
        return Err(Error::AboutTooLong);
    }
    let last_name = change.last_name.map(|name| clean_name(&name).unwrap_or_default());
    if first_name.is_some() || last_name.is_some() {
        let now = core.stores.accounts.users(&[caller.user]).await?.pop().unwrap_or_default();
        let first = first_name.as_ref().unwrap_or(&now.first_name);
        check_name(first, last_name.as_ref().unwrap_or(&now.last_name))?;
    }
    let change = ProfileChange { first_name, last_name, about, account_ttl_days: None };
    let user = core.stores.accounts.update_profile(caller.user, change).await?;
    tell(core, caller, AccountEvent::UserName { user: user.id }).await?;
    Ok(user)
}

/// Tells everyone around the caller of a change that shows.
///
/// # Errors
/// Those of the store.
pub async fn tell(core: &Core, caller: Caller, event: AccountEvent) -> Result<()> {
    let audience = presence::audience(core, caller.user).await?;
    account_events::record_for(core, audience, &event, caller.origin()).await
}

/// Whether a public name could be taken by the caller.
///
/// # Errors
/// [`Error::UsernameInvalid`].
pub async fn is_username_free(core: &Core, caller: Caller, username: &str) -> Result<bool> {
    check_username(username)?;
    let owner = core.stores.accounts.resolve_username(username).await?;
    Ok(owner.is_none_or(|owner| owner == Peer::User(caller.user)))
}

/// Sets the caller's public name; an empty one clears it.
///
/// # Errors
/// [`Error::UsernameInvalid`], [`Error::UsernameOccupied`], [`Error::NotModified`].
pub async fn set_username(core: &Core, caller: Caller, username: &str) -> Result<UserId> {
    let username = username.trim_start_matches('@');
    if !username.is_empty() {
        check_username(username)?;
    }
    let new = Some(username.to_owned()).filter(|name| !name.is_empty());
    match core.stores.accounts.set_username(Peer::User(caller.user), new).await {
        Err(store::Error::Conflict) => return Err(Error::UsernameOccupied),
        result => result?,
    }
    tell(core, caller, AccountEvent::UserName { user: caller.user }).await?;
    Ok(caller.user)
}

/// The shape of public names, of people and channels: 5 to 32 letters, digits and underscores; a letter first, no
/// underscore last or twice.
///
/// # Errors
/// [`Error::UsernameInvalid`].
pub fn check_username(username: &str) -> Result<()> {
    let of_letters = username.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let starts_well = username.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let underscores_stand_well = !username.ends_with('_') && !username.contains("__");
    let fits = (5..=32).contains(&username.len())
        && of_letters
        && starts_well
        && underscores_stand_well
        && !looks_like(username, RESERVED);
    if fits { Ok(()) } else { Err(Error::UsernameInvalid) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_like_the_service_account() {
        for (first, last) in
            [("Telegram", ""), ("Tele", "gram"), ("T\u{435}legram", ""), ("H\u{3bf}\u{43e}poe", "")]
        {
            assert_eq!(check_name(first, last), Err(Error::FirstNameInvalid), "{first} {last}");
        }
        for (first, last) in [("Anna", "Hoopoe"), ("Ольга", ""), ("هدهد", ""), ("Νίκος", "Τ")]
        {
            assert_eq!(check_name(first, last), Ok(()), "{first} {last}");
        }
    }

    #[test]
    fn public_names_have_a_shape() {
        for name in ["alice", "Alice_99", "a2345", "abcdefghijklmnopqrstuvwxyzabcdef"] {
            assert!(check_username(name).is_ok(), "{name}");
        }
        for name in [
            "",
            "abcd",
            "1alice",
            "_alice",
            "alice_",
            "al__ice",
            "al-ice",
            "älice",
            "telegram",
            "Hoopoe",
            "TeIegram",
            "te1egram",
            "hoop0e",
            "Adrnin",
            "abcdefghijklmnopqrstuvwxyzabcdefg",
        ] {
            assert_eq!(check_username(name), Err(Error::UsernameInvalid), "{name}");
        }
    }
}
