//! Accounts: profile, public names, two-step password, privacy, settings, profile photos, account events.

use async_trait::async_trait;
use model::account::{
    Invitation, NotifyScope, NotifySettings, Password, Phone, PrivacyKey, PrivacyRule, User,
};
use model::event::{AccountEntry, AccountEvent};
use model::ids::SERVICE_USER;
use model::limits::ACCOUNT_EVENT_DAYS;
use model::{Peer, PhotoId, UnixTime, UserId};

use crate::Result;

/// A change of a profile; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields of User")]
pub struct ProfileChange {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub about: Option<String>,
    pub account_ttl_days: Option<i32>,
}

/// Accounts and what belongs to one account alone.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Opens an account; the store chooses the id (from 1,000,001, never used before).
    ///
    /// # Errors
    /// `Conflict` if the number has an account.
    async fn create_user(
        &self,
        phone: Phone,
        first_name: String,
        last_name: String,
        now: UnixTime,
    ) -> Result<User>;

    /// The accounts of these ids that exist, deleted ones included, in no particular order. The service account always exists.
    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>>;

    /// The account of a number.
    async fn user_by_phone(&self, phone: &Phone) -> Result<Option<User>>;

    /// Accounts of these numbers.
    async fn users_by_phones(&self, phones: &[Phone]) -> Result<Vec<User>>;

    /// Changes a profile and answers its new state.
    async fn update_profile(&self, user: UserId, change: ProfileChange) -> Result<User>;

    /// Gives the account another number.
    ///
    /// # Errors
    /// `Conflict` if the number has an account.
    async fn change_phone(&self, user: UserId, phone: Phone) -> Result<User>;

    /// Sets or clears the public name of a user or channel. Names are one space, compared without regard to case.
    ///
    /// # Errors
    /// `Conflict` if another has it, `NotModified` if nothing changes.
    async fn set_username(&self, owner: Peer, username: Option<String>) -> Result<()>;

    /// Who has this public name.
    async fn resolve_username(&self, username: &str) -> Result<Option<Peer>>;

    /// Users and channels whose public name or title begins with the folded words of `query`, at most `limit`.
    async fn search_public(&self, query: &str, limit: i32) -> Result<Vec<Peer>>;

    /// Notes when the account was seen online last.
    async fn set_last_seen(&self, user: UserId, at: UnixTime) -> Result<()>;

    /// Marks the account deleted: names, number, photos, contacts, settings and password are erased, authorizations are
    /// removed by the caller before. Messages stay with their other readers.
    async fn delete_user(&self, user: UserId) -> Result<()>;

    /// The two-step password, if one is set.
    async fn password(&self, user: UserId) -> Result<Option<Password>>;

    /// Sets or clears the two-step password.
    async fn set_password(&self, user: UserId, password: Option<Password>) -> Result<()>;

    /// Sets or clears the two-step password if it is still `before`; answers whether it was.
    async fn replace_password(
        &self,
        user: UserId,
        before: &Password,
        after: Option<Password>,
    ) -> Result<bool>;

    /// The account's rules for one key, `None` if it never set them.
    async fn privacy(&self, user: UserId, key: PrivacyKey) -> Result<Option<Vec<PrivacyRule>>>;

    /// The rules of several accounts at once, for building views.
    async fn privacy_of_many(
        &self,
        users: &[UserId],
    ) -> Result<Vec<(UserId, PrivacyKey, Vec<PrivacyRule>)>>;

    /// Sets the rules for one key.
    async fn set_privacy(
        &self,
        user: UserId,
        key: PrivacyKey,
        rules: Vec<PrivacyRule>,
    ) -> Result<()>;

    /// Notification settings of a scope (the default if never set).
    async fn notify_settings(&self, user: UserId, scope: NotifyScope) -> Result<NotifySettings>;

    /// Sets notification settings of a scope.
    async fn set_notify_settings(
        &self,
        user: UserId,
        scope: NotifyScope,
        settings: NotifySettings,
    ) -> Result<()>;

    /// Back to the defaults everywhere.
    async fn reset_notify_settings(&self, user: UserId) -> Result<()>;

    /// A small named setting of the account (content settings and the like), as opaque bytes.
    async fn setting(&self, user: UserId, name: &str) -> Result<Option<Vec<u8>>>;

    /// Sets or clears a small named setting.
    async fn set_setting(&self, user: UserId, name: &str, value: Option<Vec<u8>>) -> Result<()>;

    /// Adds a profile photo and makes it the current one.
    async fn add_profile_photo(&self, user: UserId, photo: PhotoId, at: UnixTime) -> Result<()>;

    /// Removes profile photos; the newest left becomes current. Answers those removed.
    async fn remove_profile_photos(&self, user: UserId, photos: &[PhotoId])
    -> Result<Vec<PhotoId>>;

    /// Profile photos, current first, and how many there are.
    async fn profile_photos(
        &self,
        user: UserId,
        offset: i32,
        limit: i32,
    ) -> Result<(Vec<PhotoId>, i32)>;

    /// A date that a client may be told it knows account events up to: those that are read after this call, and those from the date on
    /// that are read later, are all there are.
    fn settled(&self, now: UnixTime) -> UnixTime;

    /// Appends account events, each to its account, dated `at`, or later where a later date was [told](Self::settled) meanwhile.
    async fn append_account_events(
        &self,
        events: Vec<(UserId, AccountEvent)>,
        at: UnixTime,
    ) -> Result<Vec<AccountEntry>>;

    /// Account events at or after a date, oldest first: `limit` of them, and what else there is of the second of the last one, so
    /// that whoever asks again from the next second on misses nothing.
    async fn account_events(
        &self,
        user: UserId,
        since: UnixTime,
        limit: i32,
    ) -> Result<Vec<AccountEntry>>;

    /// Keeps an invitation to register.
    async fn add_invitation(&self, invitation: Invitation) -> Result<()>;

    /// Uses an invitation once.
    ///
    /// # Errors
    /// `NotFound` if it does not exist, has ended or is used up.
    async fn use_invitation(&self, token_hash: &str, now: UnixTime) -> Result<()>;

    /// Accounts in the store, deleted ones not counted.
    async fn count_users(&self) -> Result<u64>;

    /// Accounts that were absent for longer than their own TTL: neither seen nor heard of by a device, as
    /// [`KeyStore`](super::KeyStore) knows them, those included that are signed out by now.
    async fn users_past_ttl(&self, now: UnixTime, limit: i32) -> Result<Vec<UserId>>;
}

/// The first account's id.
pub const FIRST_USER: i64 = 1_000_001;
/// Absence after which a new account deletes itself, days: 18 months, the official default.
pub const DEFAULT_TTL_DAYS: i32 = 548;
const DAY_S: i64 = 86_400;

/// An account as it is opened.
#[must_use]
pub fn new_user(
    id: UserId,
    phone: Phone,
    first_name: String,
    last_name: String,
    now: UnixTime,
) -> User {
    User {
        id,
        phone: Some(phone),
        first_name,
        last_name,
        created: now,
        last_seen: now,
        account_ttl_days: DEFAULT_TTL_DAYS,
        ..User::default()
    }
}

/// The account that carries service notifications. Every store has it from the start.
#[must_use]
pub fn service_account() -> User {
    User { id: SERVICE_USER, first_name: "Hoopoe".to_owned(), ..User::default() }
}

/// What is left of an account that was deleted.
#[must_use]
pub fn deleted_user(user: &User) -> User {
    User { id: user.id, created: user.created, deleted: true, ..User::default() }
}

/// Applies a change of a profile.
pub fn change_profile(user: &mut User, change: ProfileChange) {
    let ProfileChange { first_name, last_name, about, account_ttl_days } = change;
    user.first_name = first_name.unwrap_or(std::mem::take(&mut user.first_name));
    user.last_name = last_name.unwrap_or(std::mem::take(&mut user.last_name));
    user.about = about.unwrap_or(std::mem::take(&mut user.about));
    user.account_ttl_days = account_ttl_days.unwrap_or(user.account_ttl_days);
}

/// Whether an account was absent for longer than its own TTL; `active` is when a device of it was last heard of.
#[must_use]
pub fn is_past_ttl(user: &User, active: UnixTime, now: UnixTime) -> bool {
    let ttl_s = i64::from(user.account_ttl_days) * DAY_S;
    user.id != SERVICE_USER
        && !user.deleted
        && ttl_s > 0
        && user.last_seen.max(active).0.saturating_add(ttl_s) < now.0
}

/// The chat whose draft this event carries: earlier drafts of that chat are forgotten with it, so that deleted text
/// does not stay in the account's events.
#[must_use]
pub const fn draft_of(event: &AccountEvent) -> Option<Peer> {
    match event {
        AccountEvent::DraftMessage { peer, .. } => Some(*peer),
        _ => None,
    }
}

/// Account events before this moment are forgotten when one is appended at `at`.
#[must_use]
pub const fn events_kept_since(at: UnixTime) -> UnixTime {
    UnixTime(at.0.saturating_sub(ACCOUNT_EVENT_DAYS * DAY_S))
}
