//! Accounts and public names.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use model::account::{
    Invitation, NotifyScope, NotifySettings, Password, Phone, PrivacyKey, PrivacyRule, User,
};
use model::event::{AccountEntry, AccountEvent};
use model::search::{fold_name, matches, words};
use model::{Peer, PhotoId, UnixTime, UserId};

use super::{MemoryStore, State, channels, contacts};
use crate::ports::AccountStore;
use crate::ports::accounts::{
    FIRST_USER, ProfileChange, change_profile, deleted_user, draft_of, events_kept_since,
    is_past_ttl, new_user, service_account,
};
use crate::settled::Settled;
use crate::{Error, Result};

/// Accounts, and the names of channels beside theirs.
pub(super) struct Accounts {
    users: BTreeMap<UserId, User>,
    next_id: i64,
    /// By folded name.
    names: BTreeMap<String, (String, Peer)>,
    /// Titles of peers with a public name, for searching.
    titles: BTreeMap<Peer, String>,
    passwords: BTreeMap<UserId, Password>,
    privacy: BTreeMap<(UserId, PrivacyKey), Vec<PrivacyRule>>,
    notify: BTreeMap<(UserId, NotifyScope), NotifySettings>,
    settings: BTreeMap<(UserId, String), Vec<u8>>,
    /// Oldest first.
    photos: BTreeMap<UserId, Vec<PhotoId>>,
    /// Photos that people show no longer.
    released: Vec<i64>,
    events: BTreeMap<UserId, Vec<AccountEntry>>,
    settled: Settled,
    invitations: BTreeMap<String, Invitation>,
    /// When a device of an account was last heard of.
    active: BTreeMap<UserId, UnixTime>,
}

impl Default for Accounts {
    fn default() -> Self {
        let service = service_account();
        Self {
            users: BTreeMap::from([(service.id, service)]),
            next_id: FIRST_USER,
            names: BTreeMap::new(),
            titles: BTreeMap::new(),
            passwords: BTreeMap::new(),
            privacy: BTreeMap::new(),
            notify: BTreeMap::new(),
            settings: BTreeMap::new(),
            photos: BTreeMap::new(),
            released: Vec::new(),
            events: BTreeMap::new(),
            settled: Settled::default(),
            invitations: BTreeMap::new(),
            active: BTreeMap::new(),
        }
    }
}

impl Accounts {
    /// Notes that a device of an account was heard of.
    pub(super) fn note_active(&mut self, user: UserId, at: UnixTime) {
        let active = self.active.entry(user).or_default();
        *active = at.max(*active);
    }

    /// Sets or clears a peer's public name: `Conflict` if another has it, `NotModified` if nothing changes.
    pub(super) fn set_name(&mut self, peer: Peer, name: Option<&str>) -> Result<()> {
        if self.name_of(peer).as_deref() == name {
            return Err(Error::NotModified);
        }
        let folded = name.map(fold_name);
        if folded
            .as_ref()
            .and_then(|folded| self.names.get(folded))
            .is_some_and(|(_, owner)| *owner != peer)
        {
            return Err(Error::Conflict);
        }
        self.names.retain(|_, (_, owner)| *owner != peer);
        if let (Some(folded), Some(name)) = (folded, name) {
            self.names.insert(folded, (name.to_owned(), peer));
        }
        Ok(())
    }

    /// A peer's public name.
    pub(super) fn name_of(&self, peer: Peer) -> Option<String> {
        self.names.values().find(|(_, owner)| *owner == peer).map(|(name, _)| name.clone())
    }

    /// Makes a peer be found by its title, as long as it has a public name.
    pub(super) fn index_public(&mut self, peer: Peer, title: &str) {
        self.titles.insert(peer, title.to_owned());
    }

    /// Takes a peer's public name and title away.
    pub(super) fn remove_public(&mut self, peer: Peer) {
        self.names.retain(|_, (_, owner)| *owner != peer);
        self.titles.remove(&peer);
    }

    /// The notification settings of a scope (the default if never set).
    /// Gives a chat the notification settings that another one has, if it has some of its own.
    pub(super) fn carry_notify(&mut self, user: UserId, from: Peer, to: Peer) {
        if let Some(settings) = self.notify.get(&(user, NotifyScope::Peer(from))).cloned() {
            self.notify.insert((user, NotifyScope::Peer(to)), settings);
        }
    }

    pub(super) fn notify(&self, user: UserId, scope: NotifyScope) -> NotifySettings {
        self.notify.get(&(user, scope)).cloned().unwrap_or_default()
    }

    /// First, last and public name of an account, for looking through members; `None` if there is none such.
    pub(super) fn names_of(&self, user: UserId) -> Option<String> {
        self.users.get(&user).filter(|user| !user.deleted).map(User::search_text)
    }

    /// Whether an account is gone.
    pub(super) fn is_deleted(&self, user: UserId) -> bool {
        self.users.get(&user).is_some_and(|user| user.deleted)
    }

    /// Photos that people showed until lately.
    pub(super) fn take_released(&mut self) -> Vec<i64> {
        std::mem::take(&mut self.released)
    }

    /// Whether somebody shows it.
    pub(super) fn show(&self, id: i64) -> bool {
        self.photos.values().flatten().any(|photo| photo.0 == id)
    }

    fn existing(&mut self, user: UserId) -> Result<&mut User> {
        self.users.get_mut(&user).filter(|user| !user.deleted).ok_or(Error::NotFound)
    }

    fn by_phone(&self, phone: &Phone) -> Option<&User> {
        self.users.values().find(|user| user.phone.as_ref() == Some(phone))
    }

    fn reindex(&mut self, user: &User) {
        self.index_public(Peer::User(user.id), &user.search_text());
    }

    fn show_newest_photo(&mut self, user: UserId) -> Result<()> {
        let newest = self.photos.get(&user).and_then(|photos| photos.last()).copied();
        self.existing(user)?.photo = newest;
        Ok(())
    }

    pub(super) fn append(
        &mut self,
        user: UserId,
        event: AccountEvent,
        at: UnixTime,
    ) -> AccountEntry {
        let events = self.events.entry(user).or_default();
        let number = events.last().map_or(1, |entry| entry.number + 1);
        let date = self.settled.stamp(at);
        self.settled.settle();
        let entry = AccountEntry { number, date, event };
        let chat = draft_of(&entry.event);
        events.retain(|old| {
            old.date >= events_kept_since(at) && (chat.is_none() || draft_of(&old.event) != chat)
        });
        events.push(entry.clone());
        entry
    }

    fn erase(&mut self, user: UserId) -> Result<()> {
        let account = self.existing(user)?;
        *account = deleted_user(account);
        self.remove_public(Peer::User(user));
        self.passwords.remove(&user);
        let photos = self.photos.remove(&user);
        self.released.extend(photos.into_iter().flatten().map(|photo| photo.0));
        self.events.remove(&user);
        self.privacy.retain(|(owner, _), _| *owner != user);
        self.notify.retain(|(owner, _), _| *owner != user);
        self.settings.retain(|(owner, _), _| *owner != user);
        Ok(())
    }
}

pub(super) fn set_channel_name(state: &mut State, peer: Peer, name: Option<String>) -> Result<()> {
    let Peer::Channel(channel) = peer else { return Err(Error::NotFound) };
    let title = channels::title(&state.channels, channel).ok_or(Error::NotFound)?;
    state.accounts.set_name(peer, name.as_deref())?;
    state.accounts.index_public(peer, &title);
    channels::set_username(&mut state.channels, channel, name);
    Ok(())
}

fn count(limit: i32) -> usize {
    usize::try_from(limit).unwrap_or(0)
}

#[async_trait]
impl AccountStore for MemoryStore {
    async fn create_user(
        &self,
        phone: Phone,
        first_name: String,
        last_name: String,
        now: UnixTime,
    ) -> Result<User> {
        let accounts = &mut self.state.lock().accounts;
        if accounts.by_phone(&phone).is_some() {
            return Err(Error::Conflict);
        }
        let user = new_user(UserId(accounts.next_id), phone, first_name, last_name, now);
        accounts.next_id += 1;
        accounts.users.insert(user.id, user.clone());
        Ok(user)
    }

    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>> {
        let accounts = &self.state.lock().accounts;
        let ids: BTreeSet<_> = ids.iter().collect();
        Ok(ids.into_iter().filter_map(|id| accounts.users.get(id)).cloned().collect())
    }

    async fn user_by_phone(&self, phone: &Phone) -> Result<Option<User>> {
        Ok(self.state.lock().accounts.by_phone(phone).cloned())
    }

    async fn users_by_phones(&self, phones: &[Phone]) -> Result<Vec<User>> {
        let accounts = &self.state.lock().accounts;
        let phones: BTreeSet<_> = phones.iter().collect();
        Ok(phones.into_iter().filter_map(|phone| accounts.by_phone(phone)).cloned().collect())
    }

    async fn update_profile(&self, user: UserId, change: ProfileChange) -> Result<User> {
        let accounts = &mut self.state.lock().accounts;
        let account = accounts.existing(user)?;
        change_profile(account, change);
        let account = account.clone();
        accounts.reindex(&account);
        Ok(account)
    }

    async fn change_phone(&self, user: UserId, phone: Phone) -> Result<User> {
        let accounts = &mut self.state.lock().accounts;
        accounts.existing(user)?;
        if accounts.by_phone(&phone).is_some() {
            return Err(Error::Conflict);
        }
        let account = accounts.existing(user)?;
        account.phone = Some(phone);
        Ok(account.clone())
    }

    async fn set_username(&self, owner: Peer, username: Option<String>) -> Result<()> {
        let state = &mut *self.state.lock();
        let Peer::User(user) = owner else { return set_channel_name(state, owner, username) };
        let accounts = &mut state.accounts;
        accounts.existing(user)?;
        accounts.set_name(owner, username.as_deref())?;
        let account = accounts.existing(user)?;
        account.username = username;
        let account = account.clone();
        accounts.reindex(&account);
        Ok(())
    }

    async fn resolve_username(&self, username: &str) -> Result<Option<Peer>> {
        Ok(self.state.lock().accounts.names.get(&fold_name(username)).map(|(_, peer)| *peer))
    }

    async fn search_public(&self, query: &str, limit: i32) -> Result<Vec<Peer>> {
        if words(query).is_empty() {
            return Ok(Vec::new());
        }
        let accounts = &self.state.lock().accounts;
        let found = accounts.names.values().filter(|(name, peer)| {
            let title = accounts.titles.get(peer).map_or("", String::as_str);
            matches(&format!("{name} {title}"), query)
        });
        Ok(found.map(|(_, peer)| *peer).take(count(limit)).collect())
    }

    async fn set_last_seen(&self, user: UserId, at: UnixTime) -> Result<()> {
        self.state.lock().accounts.existing(user)?.last_seen = at;
        Ok(())
    }

    async fn delete_user(&self, user: UserId) -> Result<()> {
        let state = &mut *self.state.lock();
        state.accounts.erase(user)?;
        contacts::erase(&mut state.contacts, user);
        state.schedules.erase_user(user);
        Ok(())
    }

    async fn password(&self, user: UserId) -> Result<Option<Password>> {
        Ok(self.state.lock().accounts.passwords.get(&user).cloned())
    }

    async fn set_password(&self, user: UserId, password: Option<Password>) -> Result<()> {
        let accounts = &mut self.state.lock().accounts;
        accounts.existing(user)?;
        match password {
            Some(password) => accounts.passwords.insert(user, password),
            None => accounts.passwords.remove(&user),
        };
        Ok(())
    }

    async fn replace_password(
        &self,
        user: UserId,
        before: &Password,
        after: Option<Password>,
    ) -> Result<bool> {
        let passwords = &mut self.state.lock().accounts.passwords;
        if passwords.get(&user) != Some(before) {
            return Ok(false);
        }
        match after {
            Some(after) => passwords.insert(user, after),
            None => passwords.remove(&user),
        };
        Ok(true)
    }

    async fn privacy(&self, user: UserId, key: PrivacyKey) -> Result<Option<Vec<PrivacyRule>>> {
        Ok(self.state.lock().accounts.privacy.get(&(user, key)).cloned())
    }

    async fn privacy_of_many(
        &self,
        users: &[UserId],
    ) -> Result<Vec<(UserId, PrivacyKey, Vec<PrivacyRule>)>> {
        let accounts = &self.state.lock().accounts;
        let wanted = accounts.privacy.iter().filter(|((user, _), _)| users.contains(user));
        Ok(wanted.map(|((user, key), rules)| (*user, *key, rules.clone())).collect())
    }

    async fn set_privacy(
        &self,
        user: UserId,
        key: PrivacyKey,
        rules: Vec<PrivacyRule>,
    ) -> Result<()> {
        let accounts = &mut self.state.lock().accounts;
        accounts.existing(user)?;
        accounts.privacy.insert((user, key), rules);
        Ok(())
    }

    async fn notify_settings(&self, user: UserId, scope: NotifyScope) -> Result<NotifySettings> {
        Ok(self.state.lock().accounts.notify(user, scope))
    }

    async fn set_notify_settings(
        &self,
        user: UserId,
        scope: NotifyScope,
        settings: NotifySettings,
    ) -> Result<()> {
        let accounts = &mut self.state.lock().accounts;
        accounts.existing(user)?;
        accounts.notify.insert((user, scope), settings);
        Ok(())
    }

    async fn reset_notify_settings(&self, user: UserId) -> Result<()> {
        self.state.lock().accounts.notify.retain(|(owner, _), _| *owner != user);
        Ok(())
    }

    async fn setting(&self, user: UserId, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.state.lock().accounts.settings.get(&(user, name.to_owned())).cloned())
    }

    async fn set_setting(&self, user: UserId, name: &str, value: Option<Vec<u8>>) -> Result<()> {
        let accounts = &mut self.state.lock().accounts;
        accounts.existing(user)?;
        match value {
            Some(value) => accounts.settings.insert((user, name.to_owned()), value),
            None => accounts.settings.remove(&(user, name.to_owned())),
        };
        Ok(())
    }

    async fn add_profile_photo(&self, user: UserId, photo: PhotoId, _at: UnixTime) -> Result<()> {
        let state = &mut *self.state.lock();
        let accounts = &mut state.accounts;
        accounts.existing(user)?;
        state.media.check_one(photo.0)?;
        let photos = accounts.photos.entry(user).or_default();
        photos.retain(|old| *old != photo);
        photos.push(photo);
        accounts.show_newest_photo(user)
    }

    async fn remove_profile_photos(
        &self,
        user: UserId,
        photos: &[PhotoId],
    ) -> Result<Vec<PhotoId>> {
        let accounts = &mut self.state.lock().accounts;
        accounts.existing(user)?;
        let kept = accounts.photos.entry(user).or_default();
        let removed = kept.iter().copied().filter(|photo| photos.contains(photo)).collect();
        kept.retain(|photo| !photos.contains(photo));
        accounts.released.extend(photos.iter().map(|photo| photo.0));
        accounts.show_newest_photo(user)?;
        Ok(removed)
    }

    async fn profile_photos(
        &self,
        user: UserId,
        offset: i32,
        limit: i32,
    ) -> Result<(Vec<PhotoId>, i32)> {
        let accounts = &self.state.lock().accounts;
        let photos = accounts.photos.get(&user).map_or(&[][..], Vec::as_slice);
        let page = photos.iter().rev().skip(count(offset)).take(count(limit)).copied().collect();
        Ok((page, i32::try_from(photos.len()).unwrap_or(i32::MAX)))
    }

    fn settled(&self, now: UnixTime) -> UnixTime {
        self.state.lock().accounts.settled.tell(now)
    }

    async fn append_account_events(
        &self,
        events: Vec<(UserId, AccountEvent)>,
        at: UnixTime,
    ) -> Result<Vec<AccountEntry>> {
        let accounts = &mut self.state.lock().accounts;
        Ok(events.into_iter().map(|(user, event)| accounts.append(user, event, at)).collect())
    }

    async fn account_events(
        &self,
        user: UserId,
        since: UnixTime,
        limit: i32,
    ) -> Result<Vec<AccountEntry>> {
        let accounts = &self.state.lock().accounts;
        let events = accounts.events.get(&user).map_or(&[][..], Vec::as_slice);
        let mut recent: Vec<_> =
            events.iter().filter(|entry| entry.date >= since).cloned().collect();
        // The clock may have gone back between two events.
        recent.sort_by_key(|entry| (entry.date, entry.number));
        let last = recent.iter().take(count(limit)).next_back().map(|entry| entry.date);
        recent.retain(|entry| last.is_some_and(|last| entry.date <= last));
        Ok(recent)
    }

    async fn add_invitation(&self, invitation: Invitation) -> Result<()> {
        self.state.lock().accounts.invitations.insert(invitation.token_hash.clone(), invitation);
        Ok(())
    }

    async fn use_invitation(&self, token_hash: &str, now: UnixTime) -> Result<()> {
        let accounts = &mut self.state.lock().accounts;
        let invitation = accounts.invitations.get_mut(token_hash).ok_or(Error::NotFound)?;
        if invitation.expires <= now || invitation.uses_left <= 0 {
            return Err(Error::NotFound);
        }
        invitation.uses_left -= 1;
        Ok(())
    }

    async fn count_users(&self) -> Result<u64> {
        let accounts = &self.state.lock().accounts;
        let people =
            accounts.users.values().filter(|user| !user.deleted && user.id.0 >= FIRST_USER);
        Ok(people.count().try_into().unwrap_or(u64::MAX))
    }

    async fn users_past_ttl(&self, now: UnixTime, limit: i32) -> Result<Vec<UserId>> {
        let accounts = &self.state.lock().accounts;
        let active = |id| accounts.active.get(&id).copied().unwrap_or_default();
        let gone = accounts.users.values().filter(|user| is_past_ttl(user, active(user.id), now));
        Ok(gone.map(|user| user.id).take(count(limit)).collect())
    }
}
