//! The port of accounts.

use async_trait::async_trait;
use model::account::{
    Invitation, NotifyScope, NotifySettings, Password, Phone, PrivacyKey, PrivacyRule, User,
};
use model::event::{AccountEntry, AccountEvent};
use model::{Peer, PhotoId, UnixTime, UserId};
use rusqlite::{Connection, params};
use store::ports::AccountStore;
use store::ports::accounts::{ProfileChange, change_profile};

use super::{Result, Sqlite, channels, contacts, names, profile, schedule, users};

fn update_profile(tx: &Connection, id: UserId, change: ProfileChange) -> Result<User> {
    let mut user = users::existing(tx, id)?;
    change_profile(&mut user, change);
    users::put_named(tx, &user)?;
    Ok(user)
}

fn change_phone(tx: &Connection, id: UserId, phone: Phone) -> Result<User> {
    let user = users::existing(tx, id)?;
    if users::by_phone(tx, &phone)?.is_some() {
        return Err(store::Error::Conflict.into());
    }
    let user = User { phone: Some(phone), ..user };
    users::put(tx, &user)?;
    Ok(user)
}

pub(super) fn set_username(tx: &Connection, owner: Peer, username: Option<String>) -> Result<()> {
    match owner {
        Peer::User(id) => {
            let user = users::existing(tx, id)?;
            names::set(tx, owner, username.as_deref())?;
            users::put_named(tx, &User { username, ..user })
        }
        Peer::Channel(id) => {
            let title = channels::title(tx, id)?.ok_or(store::Error::NotFound)?;
            names::set(tx, owner, username.as_deref())?;
            channels::set_username(tx, id, username.as_deref())?;
            names::index_public(tx, owner, &title)
        }
        Peer::Chat(_) => Err(store::Error::NotFound.into()),
    }
}

fn set_last_seen(tx: &Connection, user: UserId, at: UnixTime) -> Result<()> {
    let changed = tx
        .prepare_cached("UPDATE users SET last_seen = ?2 WHERE id = ?1 AND deleted = 0")?
        .execute(params![user.0, at.0])?;
    if changed == 0 { Err(store::Error::NotFound.into()) } else { Ok(()) }
}

#[async_trait]
impl AccountStore for Sqlite {
    async fn create_user(
        &self,
        phone: Phone,
        first_name: String,
        last_name: String,
        now: UnixTime,
    ) -> store::Result<User> {
        self.write(move |tx| users::create(tx, phone, first_name, last_name, now)).await
    }

    async fn users(&self, ids: &[UserId]) -> store::Result<Vec<User>> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        self.look(ids.len(), move |conn| {
            ids.into_iter().filter_map(|id| users::find(conn, id).transpose()).collect()
        })
        .await
    }

    async fn user_by_phone(&self, phone: &Phone) -> store::Result<Option<User>> {
        let phone = phone.clone();
        self.read(move |conn| users::by_phone(conn, &phone)).await
    }

    async fn users_by_phones(&self, phones: &[Phone]) -> store::Result<Vec<User>> {
        let mut phones = phones.to_vec();
        phones.sort_unstable();
        phones.dedup();
        self.read(move |conn| {
            phones.iter().filter_map(|phone| users::by_phone(conn, phone).transpose()).collect()
        })
        .await
    }

    async fn update_profile(&self, user: UserId, change: ProfileChange) -> store::Result<User> {
        self.write(move |tx| update_profile(tx, user, change)).await
    }

    async fn change_phone(&self, user: UserId, phone: Phone) -> store::Result<User> {
        self.write(move |tx| change_phone(tx, user, phone)).await
    }

    async fn set_username(&self, owner: Peer, username: Option<String>) -> store::Result<()> {
        self.write(move |tx| set_username(tx, owner, username)).await
    }

    async fn resolve_username(&self, username: &str) -> store::Result<Option<Peer>> {
        let username = username.to_owned();
        self.read(move |conn| names::resolve(conn, &username)).await
    }

    async fn search_public(&self, query: &str, limit: i32) -> store::Result<Vec<Peer>> {
        let query = query.to_owned();
        self.read(move |conn| names::search(conn, &query, limit)).await
    }

    async fn set_last_seen(&self, user: UserId, at: UnixTime) -> store::Result<()> {
        self.write(move |tx| set_last_seen(tx, user, at)).await
    }

    async fn delete_user(&self, user: UserId) -> store::Result<()> {
        self.write(move |tx| {
            users::erase(tx, user)?;
            schedule::erase_user(tx, user)?;
            contacts::erase(tx, user)
        })
        .await
    }

    async fn password(&self, user: UserId) -> store::Result<Option<Password>> {
        self.read(move |conn| profile::password(conn, user)).await
    }

    async fn set_password(&self, user: UserId, password: Option<Password>) -> store::Result<()> {
        self.write(move |tx| profile::set_password(tx, user, password.as_ref())).await
    }

    async fn replace_password(
        &self,
        user: UserId,
        before: &Password,
        after: Option<Password>,
    ) -> store::Result<bool> {
        let before = before.clone();
        self.write(move |tx| {
            let is_same = profile::password(tx, user)?.as_ref() == Some(&before);
            if is_same {
                profile::set_password(tx, user, after.as_ref())?;
            }
            Ok(is_same)
        })
        .await
    }

    async fn privacy(
        &self,
        user: UserId,
        key: PrivacyKey,
    ) -> store::Result<Option<Vec<PrivacyRule>>> {
        self.look(1, move |conn| profile::privacy(conn, user, key)).await
    }

    async fn privacy_of_many(
        &self,
        users: &[UserId],
    ) -> store::Result<Vec<(UserId, PrivacyKey, Vec<PrivacyRule>)>> {
        let mut users = users.to_vec();
        users.sort_unstable();
        users.dedup();
        self.look(users.len(), move |conn| {
            let mut all = Vec::new();
            for user in users {
                all.extend(profile::all_privacy(conn, user)?);
            }
            Ok(all)
        })
        .await
    }

    async fn set_privacy(
        &self,
        user: UserId,
        key: PrivacyKey,
        rules: Vec<PrivacyRule>,
    ) -> store::Result<()> {
        self.write(move |tx| profile::set_privacy(tx, user, key, &rules)).await
    }

    async fn notify_settings(
        &self,
        user: UserId,
        scope: NotifyScope,
    ) -> store::Result<NotifySettings> {
        self.read(move |conn| profile::notify(conn, user, scope)).await
    }

    async fn set_notify_settings(
        &self,
        user: UserId,
        scope: NotifyScope,
        settings: NotifySettings,
    ) -> store::Result<()> {
        self.write(move |tx| profile::set_notify(tx, user, scope, &settings)).await
    }

    async fn reset_notify_settings(&self, user: UserId) -> store::Result<()> {
        self.write(move |tx| profile::reset_notify(tx, user)).await
    }

    async fn setting(&self, user: UserId, name: &str) -> store::Result<Option<Vec<u8>>> {
        let name = name.to_owned();
        self.look(1, move |conn| profile::setting(conn, user, &name)).await
    }

    async fn set_setting(
        &self,
        user: UserId,
        name: &str,
        value: Option<Vec<u8>>,
    ) -> store::Result<()> {
        let name = name.to_owned();
        self.write(move |tx| profile::set_setting(tx, user, &name, value.as_deref())).await
    }

    async fn add_profile_photo(
        &self,
        user: UserId,
        photo: PhotoId,
        at: UnixTime,
    ) -> store::Result<()> {
        self.write(move |tx| profile::add_photo(tx, user, photo, at)).await
    }

    async fn remove_profile_photos(
        &self,
        user: UserId,
        photos: &[PhotoId],
    ) -> store::Result<Vec<PhotoId>> {
        let photos = photos.to_vec();
        self.write(move |tx| profile::remove_photos(tx, user, &photos)).await
    }

    async fn profile_photos(
        &self,
        user: UserId,
        offset: i32,
        limit: i32,
    ) -> store::Result<(Vec<PhotoId>, i32)> {
        self.read(move |conn| profile::photos(conn, user, offset, limit)).await
    }

    fn settled(&self, now: UnixTime) -> UnixTime {
        self.settled.lock().tell(now)
    }

    async fn append_account_events(
        &self,
        events: Vec<(UserId, AccountEvent)>,
        at: UnixTime,
    ) -> store::Result<Vec<AccountEntry>> {
        self.write(move |tx| {
            events
                .into_iter()
                .map(|(user, event)| profile::append_event(tx, user, event, at))
                .collect()
        })
        .await
    }

    async fn account_events(
        &self,
        user: UserId,
        since: UnixTime,
        limit: i32,
    ) -> store::Result<Vec<AccountEntry>> {
        self.read(move |conn| profile::events(conn, user, since, limit)).await
    }

    async fn add_invitation(&self, invitation: Invitation) -> store::Result<()> {
        self.write(move |tx| profile::add_invitation(tx, &invitation)).await
    }

    async fn use_invitation(&self, token_hash: &str, now: UnixTime) -> store::Result<()> {
        let token_hash = token_hash.to_owned();
        self.write(move |tx| profile::use_invitation(tx, &token_hash, now)).await
    }

    async fn count_users(&self) -> store::Result<u64> {
        self.read(users::count).await
    }

    async fn users_past_ttl(&self, now: UnixTime, limit: i32) -> store::Result<Vec<UserId>> {
        self.read(move |conn| users::past_ttl(conn, now, limit)).await
    }
}
