//! Address books, blocked people, and finding somebody.

use std::collections::{BTreeMap, BTreeSet};

use model::account::{Contact, Phone, PrivacyKey, PrivacyRule, User};
use model::event::AccountEvent;
use model::ids::SERVICE_USER;
use model::{Peer, UnixTime, UserId};

use crate::rate_limit::{self, Limit, Subject};
use crate::sign_in::clean_name;
use crate::{Caller, Core, Error, Result, account_events, privacy};

/// Numbers in one import.
const IMPORT: usize = 1000;
/// Changes that are told one by one; more are told as "read the book again".
const TOLD_ONE_BY_ONE: usize = 20;

/// One number to import.
#[derive(Clone, Debug)]
pub struct ImportEntry {
    /// The client's own number for it.
    pub client_id: i64,
    /// As typed.
    pub phone: String,
    /// Name in the address book.
    pub first_name: String,
    /// Name in the address book.
    pub last_name: String,
}

/// The caller's address book.
///
/// # Errors
/// Those of the store.
pub async fn list(core: &Core, caller: Caller) -> Result<Vec<Contact>> {
    Ok(core.stores.contacts.contacts(caller.user).await?)
}

/// Imports numbers: those with an account that may be found by its number become contacts, others wait until somebody signs
/// up with them. Answers (account, the client's own number).
///
/// # Errors
/// [`Error::FloodWait`]; [`Error::TooManyEntries`].
pub async fn import(
    core: &Core,
    caller: Caller,
    entries: Vec<ImportEntry>,
) -> Result<Vec<(UserId, i64)>> {
    if entries.len() > IMPORT {
        return Err(Error::TooManyEntries);
    }
    let cost = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    rate_limit::check_cost(core, Limit::ImportContacts, Subject::User(caller.user), cost)?;
    let parsed: Vec<(Phone, ImportEntry)> = entries
        .into_iter()
        .filter_map(|entry| Some((Phone::parse(&entry.phone)?, entry)))
        .collect();
    let phones: Vec<Phone> = parsed.iter().map(|(phone, _)| phone.clone()).collect();
    let found = core.stores.accounts.users_by_phones(&phones).await?;
    let ids: Vec<UserId> = found.iter().map(|user| user.id).collect();
    let circles = privacy::circles(core, caller.user, &ids).await?;
    let by_phone: BTreeMap<&Phone, &User> = found
        .iter()
        .filter(|user| {
            circles.get(&user.id).is_some_and(|circle| circle.allows(PrivacyKey::AddedByPhone))
        })
        .filter_map(|user| Some((user.phone.as_ref()?, user)))
        .collect();

    let mut imported = Vec::new();
    let mut contacts = Vec::new();
    let mut pending = Vec::new();
    for (phone, entry) in parsed {
        let first_name = clean_name(&entry.first_name).unwrap_or_default();
        let last_name = clean_name(&entry.last_name).unwrap_or_default();
        match by_phone.get(&phone) {
            Some(user) => {
                imported.push((user.id, entry.client_id));
                contacts.push(named(user, first_name, last_name, Some(phone)));
            }
            // Hidden accounts look like numbers without one, and stay apart from those.
            None if found.iter().any(|user| user.phone.as_ref() == Some(&phone)) => {}
            None => pending.push((phone, first_name, last_name)),
        }
    }
    let changed: Vec<UserId> = contacts.iter().map(|contact| contact.user).collect();
    core.stores.contacts.put_contacts(caller.user, contacts).await?;
    core.stores.contacts.put_pending_contacts(caller.user, pending).await?;
    tell(core, caller, &changed).await?;
    Ok(imported)
}

/// A book entry; without a name of its own it carries the person's.
fn named(user: &User, first_name: String, last_name: String, phone: Option<Phone>) -> Contact {
    let (first_name, last_name) = if first_name.is_empty() && last_name.is_empty() {
        (user.first_name.clone(), user.last_name.clone())
    } else {
        (first_name, last_name)
    };
    Contact { user: user.id, first_name, last_name, phone, mutual: false }
}

/// Tells the caller's other devices that entries changed.
async fn tell(core: &Core, caller: Caller, users: &[UserId]) -> Result<()> {
    if users.len() > TOLD_ONE_BY_ONE {
        return account_events::record(
            core,
            vec![(caller.user, AccountEvent::ContactsReset)],
            caller.origin(),
        )
        .await;
    }
    let mut events = Vec::with_capacity(users.len() * 2);
    for user in users {
        events.push((caller.user, AccountEvent::User { user: *user }));
        events.push((caller.user, AccountEvent::PeerSettings { peer: Peer::User(*user) }));
    }
    account_events::record(core, events, caller.origin()).await
}

/// A person's account, unless it is deleted.
async fn living(core: &Core, user: UserId) -> Result<User> {
    let users = core.stores.accounts.users(&[user]).await?;
    users.into_iter().find(|user| !user.deleted).ok_or(Error::UserInvalid)
}

/// What `contacts.addContact` says.
#[derive(Clone, Debug)]
pub struct NewContact {
    /// Who.
    pub user: UserId,
    /// Name in the address book.
    pub first_name: String,
    /// Name in the address book.
    pub last_name: String,
    /// The number, if the caller knows it.
    pub phone: String,
    /// From now on the person may see the caller's number.
    pub share_phone: bool,
}

/// Adds or renames a contact.
///
/// # Errors
/// [`Error::ContactNameEmpty`]; [`Error::UserInvalid`]; [`Error::Oneself`]; [`Error::FloodWait`] for numbers.
pub async fn add(core: &Core, caller: Caller, new: NewContact) -> Result<()> {
    if new.user == caller.user || new.user == SERVICE_USER {
        return Err(Error::Oneself);
    }
    let first_name = clean_name(&new.first_name).unwrap_or_default();
    let last_name = clean_name(&new.last_name).unwrap_or_default();
    if first_name.is_empty() && last_name.is_empty() {
        return Err(Error::ContactNameEmpty);
    }
    let user = living(core, new.user).await?;
    let before = core.stores.contacts.contact(caller.user, user.id).await?;
    let given = guessed(core, caller, &user, &new.phone).await?;
    let phone = given.or_else(|| before.and_then(|contact| contact.phone));
    let contact = Contact { user: user.id, first_name, last_name, phone, mutual: false };
    core.stores.contacts.put_contacts(caller.user, vec![contact]).await?;
    if new.share_phone {
        share_phone(core, caller, user.id).await?;
    }
    tell(core, caller, &[user.id]).await
}

/// The number that a client names for a person, if it is the right one. That says as much as finding them by it, and so is as often
/// allowed, and only towards those who may: of all others any number looks wrong.
async fn guessed(core: &Core, caller: Caller, user: &User, phone: &str) -> Result<Option<Phone>> {
    let Some(phone) = Phone::parse(phone) else { return Ok(None) };
    rate_limit::check(core, Limit::ImportContacts, Subject::User(caller.user))?;
    let found = privacy::allows(core, user.id, PrivacyKey::AddedByPhone, caller.user).await?;
    Ok(Some(phone).filter(|phone| found && user.phone.as_ref() == Some(phone)))
}

/// Lets one person see the caller's number.
async fn share_phone(core: &Core, caller: Caller, user: UserId) -> Result<()> {
    let mut rules = privacy::rules(core, caller, PrivacyKey::PhoneNumber).await?;
    for rule in &mut rules {
        if let PrivacyRule::DisallowUsers(users) = rule {
            users.retain(|other| *other != user);
        }
    }
    rules.retain(|rule| !matches!(rule, PrivacyRule::DisallowUsers(users) if users.is_empty()));
    match rules
        .iter_mut()
        .find_map(|rule| if let PrivacyRule::AllowUsers(users) = rule { Some(users) } else { None })
    {
        Some(users) if users.contains(&user) => {}
        Some(users) => users.push(user),
        None => rules.insert(0, PrivacyRule::AllowUsers(vec![user])),
    }
    privacy::set_rules(core, caller, PrivacyKey::PhoneNumber, rules).await
}

/// Adds somebody who has the caller in their book, under their own name, and shows them the caller's number.
///
/// # Errors
/// [`Error::ContactMissing`] if they have not.
pub async fn accept(core: &Core, caller: Caller, user: UserId) -> Result<()> {
    if core.stores.contacts.who_has_contact(&[user], caller.user).await?.is_empty() {
        return Err(Error::ContactMissing);
    }
    let person = living(core, user).await?;
    let (first_name, last_name) = (person.first_name, person.last_name);
    add(
        core,
        caller,
        NewContact { user, first_name, last_name, phone: String::new(), share_phone: true },
    )
    .await
}

/// Removes contacts; people who are none are passed over. Answers who was removed.
///
/// # Errors
/// Those of the store.
pub async fn delete(core: &Core, caller: Caller, users: &[UserId]) -> Result<Vec<UserId>> {
    let known = core.stores.contacts.contacts_among(caller.user, users).await?;
    let known: Vec<UserId> = known.into_iter().map(|contact| contact.user).collect();
    core.stores.contacts.delete_contacts(caller.user, &known).await?;
    tell(core, caller, &known).await?;
    Ok(known)
}

/// Removes the contacts with these numbers.
///
/// # Errors
/// Those of the store.
pub async fn delete_by_phones(core: &Core, caller: Caller, phones: &[String]) -> Result<()> {
    let phones: BTreeSet<Phone> = phones.iter().filter_map(|phone| Phone::parse(phone)).collect();
    let book = core.stores.contacts.contacts(caller.user).await?;
    let users: Vec<UserId> = book
        .into_iter()
        .filter(|contact| contact.phone.as_ref().is_some_and(|phone| phones.contains(phone)))
        .map(|contact| contact.user)
        .collect();
    delete(core, caller, &users).await.map(drop)
}

/// Blocks or unblocks somebody. The service account is not blocked: it brings login codes, and says that a device signed in.
///
/// # Errors
/// [`Error::Oneself`]; [`Error::UserInvalid`].
pub async fn set_blocked(core: &Core, caller: Caller, user: UserId, blocked: bool) -> Result<()> {
    if user == caller.user || user == SERVICE_USER && blocked {
        return Err(Error::Oneself);
    }
    if core.stores.accounts.users(&[user]).await?.is_empty() {
        return Err(Error::UserInvalid);
    }
    if core.stores.contacts.set_blocked(caller.user, user, blocked, core.now()).await? {
        account_events::record(
            core,
            vec![(caller.user, AccountEvent::PeerBlocked { user, blocked })],
            caller.origin(),
        )
        .await?;
    }
    Ok(())
}

/// Blocked people, newest first, and how many there are.
///
/// # Errors
/// Those of the store.
pub async fn blocked(
    core: &Core,
    caller: Caller,
    offset: i32,
    limit: i32,
) -> Result<(Vec<(UserId, UnixTime)>, i32)> {
    Ok(core.stores.contacts.blocked(caller.user, offset.max(0), limit.clamp(0, 100)).await?)
}

/// What a search for people and channels found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Contacts and chats of the caller's own.
    pub mine: Vec<Peer>,
    /// Others, by their public names.
    pub public: Vec<Peer>,
}

/// Searches by name.
///
/// # Errors
/// [`Error::QueryEmpty`]; [`Error::FloodWait`].
pub async fn search(core: &Core, caller: Caller, query: &str, limit: i32) -> Result<Found> {
    let query = query.trim().trim_start_matches('@');
    if query.is_empty() {
        return Err(Error::QueryEmpty);
    }
    rate_limit::check(core, Limit::Search, Subject::User(caller.user))?;
    let limit = limit.clamp(1, 50);
    let kept = usize::try_from(limit).unwrap_or(50);
    let book = core.stores.contacts.contacts(caller.user).await?;
    let in_book: BTreeSet<UserId> = book.iter().map(|contact| contact.user).collect();
    let dialogs = core.stores.dialogs.dialog_peers(caller.user).await?;
    let own: BTreeSet<Peer> =
        dialogs.into_iter().chain(in_book.iter().copied().map(Peer::User)).collect();
    let named: BTreeMap<Peer, String> = book
        .iter()
        .map(|contact| {
            (Peer::User(contact.user), format!("{} {}", contact.first_name, contact.last_name))
        })
        .collect();
    let mut mine = Vec::new();
    for (peer, name) in own_names(core, &own).await? {
        let fits = matches_words(&name, query)
            || named.get(&peer).is_some_and(|name| matches_words(name, query));
        if fits && mine.len() < kept {
            mine.push(peer);
        }
    }
    let public = core.stores.accounts.search_public(query, limit).await?;
    let public = public
        .into_iter()
        .filter(|peer| !own.contains(peer) && *peer != Peer::User(caller.user))
        .collect();
    Ok(Found { mine, public })
}

/// Names, titles and public names of the caller's own chats.
async fn own_names(core: &Core, own: &BTreeSet<Peer>) -> Result<Vec<(Peer, String)>> {
    let (mut users, mut chats, mut channels) = (Vec::new(), Vec::new(), Vec::new());
    for peer in own {
        match *peer {
            Peer::User(user) => users.push(user),
            Peer::Chat(chat) => chats.push(chat),
            Peer::Channel(channel) => channels.push(channel),
        }
    }
    let users = core.stores.accounts.users(&users).await?;
    let chats = core.stores.chats.chats(&chats).await?;
    let channels = core.stores.channels.channels(&channels).await?;
    let users = users.into_iter().filter(|user| !user.deleted).map(|user| {
        let username = user.username.unwrap_or_default();
        (Peer::User(user.id), format!("{} {} {username}", user.first_name, user.last_name))
    });
    let chats = chats.into_iter().map(|chat| (Peer::Chat(chat.id), chat.title));
    let channels = channels.into_iter().map(|channel| {
        let username = channel.username.unwrap_or_default();
        (Peer::Channel(channel.id), format!("{} {username}", channel.title))
    });
    Ok(users.chain(chats).chain(channels).collect())
}

/// Whether every word of the query begins a word of the name.
fn matches_words(name: &str, query: &str) -> bool {
    let name = name.to_lowercase();
    query
        .to_lowercase()
        .split_whitespace()
        .all(|word| name.split_whitespace().any(|part| part.starts_with(word)))
}

/// Who has a public name.
///
/// # Errors
/// [`Error::UsernameInvalid`], [`Error::UsernameNotOccupied`], [`Error::FloodWait`].
pub async fn resolve_username(core: &Core, caller: Caller, username: &str) -> Result<Peer> {
    let username = username.trim().trim_start_matches('@');
    if username.is_empty() || username.len() > 64 || !username.is_ascii() {
        return Err(Error::UsernameInvalid);
    }
    rate_limit::check(core, Limit::ResolveUsername, Subject::User(caller.user))?;
    core.stores.accounts.resolve_username(username).await?.ok_or(Error::UsernameNotOccupied)
}

/// Who has a number, if they may be found by it.
///
/// # Errors
/// [`Error::PhoneUnoccupied`], the same for a hidden account as for none.
pub async fn resolve_phone(core: &Core, caller: Caller, phone: &str) -> Result<UserId> {
    rate_limit::check(core, Limit::ResolveUsername, Subject::User(caller.user))?;
    let phone = Phone::parse(phone).ok_or(Error::PhoneInvalid)?;
    let user = core.stores.accounts.user_by_phone(&phone).await?.ok_or(Error::PhoneUnoccupied)?;
    let may_be_found =
        privacy::allows(core, user.id, PrivacyKey::AddedByPhone, caller.user).await?;
    if may_be_found { Ok(user.id) } else { Err(Error::PhoneUnoccupied) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_beginnings() {
        assert!(matches_words("Alice Böhm alice_b", "ali bö"));
        assert!(matches_words("Alice", "ALICE"));
        assert!(!matches_words("Alice", "lice"));
        assert!(!matches_words("Alice", "alice b"));
    }
}
