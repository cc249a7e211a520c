//! Authorization keys and signed-in devices.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use async_trait::async_trait;
use model::account::{Authorization, ClientInfo, StoredKey};
use model::{AuthKeyId, AuthorizationHash, UnixTime, UserId};

use super::{MemoryStore, State};
use crate::ports::KeyStore;
use crate::{Error, Result};

/// Keys and authorizations, by key.
#[derive(Default)]
pub(super) struct Keys {
    keys: BTreeMap<AuthKeyId, Entry>,
    authorizations: BTreeMap<AuthKeyId, Authorization>,
}

/// The language of the device that somebody used last.
pub(super) fn language(keys: &Keys, user: UserId) -> String {
    let own = keys.authorizations.values().filter(|one| one.user == user);
    let last = own.max_by_key(|one| (one.active, Reverse(one.hash)));
    last.map(|one| one.client.lang_code.clone()).unwrap_or_default()
}

struct Entry {
    key: StoredKey,
    /// When the binding of a temporary key ends.
    bound_until: Option<UnixTime>,
    client: ClientInfo,
    signed_in: bool,
}

impl Keys {
    fn temporary_of(&self, permanent: AuthKeyId) -> Vec<AuthKeyId> {
        let bound = self.keys.values().filter(|entry| entry.key.bound_to == Some(permanent));
        bound.map(|entry| entry.key.id).collect()
    }

    fn permanent(&mut self, id: AuthKeyId) -> Result<&mut Entry> {
        self.keys.get_mut(&id).filter(|entry| entry.key.expires.is_none()).ok_or(Error::NotFound)
    }

    /// Removes a key with its temporary ones; answers how many went.
    fn remove(&mut self, id: AuthKeyId) -> u64 {
        let mut removed = 0;
        for id in self.temporary_of(id).into_iter().chain([id]) {
            removed += u64::from(self.keys.remove(&id).is_some());
        }
        removed
    }
}

#[async_trait]
impl KeyStore for MemoryStore {
    async fn insert_key(&self, key: StoredKey) -> Result<()> {
        let keys = &mut self.state.lock().keys.keys;
        if keys.contains_key(&key.id) {
            return Err(Error::Conflict);
        }
        let bound_until = key.bound_to.and(key.expires);
        let client = ClientInfo { layer: key.layer, ..ClientInfo::default() };
        keys.insert(key.id, Entry { key, bound_until, client, signed_in: false });
        Ok(())
    }

    async fn key(&self, id: AuthKeyId, now: UnixTime) -> Result<StoredKey> {
        let state = self.state.lock();
        let entry = state.keys.keys.get(&id).ok_or(Error::NotFound)?;
        if entry.key.expires.is_some_and(|end| end <= now) {
            return Err(Error::NotFound);
        }
        let bound = entry.bound_until.is_some_and(|end| now < end);
        Ok(StoredKey {
            bound_to: entry.key.bound_to.filter(|_| bound),
            bound_until: entry.bound_until.filter(|_| bound),
            ..entry.key.clone()
        })
    }

    async fn bind_temp_key(
        &self,
        temp: AuthKeyId,
        permanent: AuthKeyId,
        expires: UnixTime,
    ) -> Result<()> {
        let keys = &mut self.state.lock().keys;
        keys.permanent(permanent)?;
        let entry = keys
            .keys
            .get_mut(&temp)
            .filter(|entry| entry.key.expires.is_some())
            .ok_or(Error::NotFound)?;
        entry.key.bound_to = Some(permanent);
        entry.bound_until = Some(expires);
        Ok(())
    }

    async fn drop_temp_keys(
        &self,
        permanent: AuthKeyId,
        except: &[AuthKeyId],
    ) -> Result<Vec<AuthKeyId>> {
        let keys = &mut self.state.lock().keys;
        let mut dropped = keys.temporary_of(permanent);
        dropped.retain(|id| !except.contains(id));
        for id in &dropped {
            keys.keys.remove(id);
        }
        Ok(dropped)
    }

    async fn destroy_key(&self, id: AuthKeyId) -> Result<Option<UserId>> {
        let keys = &mut self.state.lock().keys;
        keys.remove(id);
        Ok(keys.authorizations.remove(&id).map(|authorization| authorization.user))
    }

    async fn describe_client(&self, key: AuthKeyId, client: ClientInfo) -> Result<()> {
        let keys = &mut self.state.lock().keys;
        let entry = keys.keys.get_mut(&key).ok_or(Error::NotFound)?;
        entry.key.layer = client.layer;
        entry.client = client.clone();
        if let Some(authorization) = keys.authorizations.get_mut(&key) {
            authorization.client = client;
        }
        Ok(())
    }

    async fn client_info(&self, key: AuthKeyId) -> Result<ClientInfo> {
        let state = self.state.lock();
        Ok(state.keys.keys.get(&key).ok_or(Error::NotFound)?.client.clone())
    }

    async fn authorize(&self, authorization: Authorization) -> Result<()> {
        let State { keys, accounts, .. } = &mut *self.state.lock();
        keys.permanent(authorization.key)?;
        let taken = |other: &Authorization| {
            (other.user, other.hash) == (authorization.user, authorization.hash)
                && other.key != authorization.key
        };
        if keys.authorizations.values().any(taken) {
            return Err(Error::Conflict);
        }
        keys.permanent(authorization.key)?.signed_in = true;
        accounts.note_active(authorization.user, authorization.active);
        keys.authorizations.insert(authorization.key, authorization);
        Ok(())
    }

    async fn authorization(&self, key: AuthKeyId) -> Result<Option<Authorization>> {
        Ok(self.state.lock().keys.authorizations.get(&key).cloned())
    }

    async fn authorizations(&self, user: UserId) -> Result<Vec<Authorization>> {
        let state = self.state.lock();
        let all = state.keys.authorizations.values();
        let mut devices: Vec<_> =
            all.filter(|authorization| authorization.user == user).cloned().collect();
        devices.sort_by_key(|device| Reverse((device.active, device.hash)));
        Ok(devices)
    }

    async fn touch_authorization(&self, key: AuthKeyId, ip: String, at: UnixTime) -> Result<()> {
        let State { keys, accounts, .. } = &mut *self.state.lock();
        let device = keys.authorizations.get_mut(&key).ok_or(Error::NotFound)?;
        device.ip = ip;
        device.active = device.active.max(at);
        accounts.note_active(device.user, at);
        Ok(())
    }

    async fn revoke_authorization(
        &self,
        user: UserId,
        hash: AuthorizationHash,
    ) -> Result<AuthKeyId> {
        let authorizations = &mut self.state.lock().keys.authorizations;
        let found =
            authorizations.values().find(|device| (device.user, device.hash) == (user, hash));
        let key = found.map(|device| device.key).ok_or(Error::NotFound)?;
        authorizations.remove(&key);
        Ok(key)
    }

    async fn sweep_keys(&self, now: UnixTime, unused_before: UnixTime) -> Result<u64> {
        let keys = &mut self.state.lock().keys;
        let is_due = |entry: &&Entry| match entry.key.expires {
            Some(end) => end <= now,
            None => !entry.signed_in && entry.key.created < unused_before,
        };
        let due: Vec<_> = keys.keys.values().filter(is_due).map(|entry| entry.key.id).collect();
        Ok(due.into_iter().map(|id| keys.remove(id)).sum())
    }
}
