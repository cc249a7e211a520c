//! The auth keys in use: opened once, kept while connections need them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use crypto::AuthKey;
use model::account::{ClientInfo, StoredKey};
use model::{AuthKeyId, UnixTime, UserId};
use mtproto::session::FirstSalt;
use parking_lot::Mutex;
use services::Core;

use crate::clock::SystemRandom;
use crate::limits;
use crate::sessions::LiveSession;

/// An auth key in use.
pub(crate) struct KeyEntry {
    pub(crate) id: AuthKeyId,
    pub(crate) key: AuthKey,
    /// The DC its client dialled.
    pub(crate) dc: i32,
    /// For a temporary key: its end.
    pub(crate) expires: Option<UnixTime>,
    /// Of a key made in this boot.
    pub(crate) first_salt: Option<FirstSalt>,
    layer: AtomicI32,
    newer_layer_named: AtomicBool,
    /// No longer in the ring: whoever holds it looks the key up again.
    gone: AtomicBool,
    /// The store may know otherwise: it is asked before the key is used again.
    doubted: AtomicBool,
    identity: Mutex<Identity>,
    pub(crate) sessions: Mutex<HashMap<i64, Arc<LiveSession>>>,
    retired: Mutex<HashMap<i64, Retired>>,
}

/// What is remembered of a session that ended while its packets could still pass the check of time.
struct Retired {
    /// The highest message id that it saw.
    highest: i64,
    at: Duration,
}

#[derive(Default)]
struct Identity {
    /// Rises when what is known of the account ends: what was asked before that is not believed any more.
    age: u64,
    bound_to: Option<AuthKeyId>,
    /// When the binding ends, which may be before the temporary key does.
    bound_until: Option<UnixTime>,
    user: Option<UserId>,
    described: Option<ClientInfo>,
    touched: Duration,
}

impl KeyEntry {
    #[cfg(test)]
    pub(crate) fn for_tests(id: u64) -> Self {
        let key = AuthKey::from_slice(&[7; 256]).expect("a key");
        entry(AuthKeyId(id), key, 2, None, None, 0)
    }

    /// The permanent key that signs in: this one, or the one it is bound to. `None` for an unbound temporary key.
    pub(crate) fn permanent(&self) -> Option<AuthKeyId> {
        if self.expires.is_some() { self.identity.lock().bound_to } else { Some(self.id) }
    }

    pub(crate) fn bind(&self, permanent: AuthKeyId, until: UnixTime) {
        self.rebind(Some((permanent, until)));
    }

    /// As the store has it: to whom, and until when.
    fn rebind(&self, bound: Option<(AuthKeyId, UnixTime)>) {
        let mut identity = self.identity.lock();
        (identity.bound_to, identity.bound_until) = bound.unzip();
        identity.user = None;
        identity.age += 1;
    }

    /// Ends a binding whose time is over: the key speaks for nobody until it is bound again. True if it was.
    pub(crate) fn end_binding(&self, now: UnixTime) -> bool {
        let mut identity = self.identity.lock();
        let over = identity.bound_until.is_some_and(|until| until <= now);
        if over {
            (identity.bound_to, identity.bound_until, identity.user) = (None, None, None);
            identity.age += 1;
        }
        over
    }

    /// The signed-in account, if it is known already.
    pub(crate) fn known_user(&self) -> Option<UserId> {
        self.identity.lock().user
    }

    /// To be read before the store is asked who is signed in, and given to [`learn_user`](Self::learn_user) with the answer.
    pub(crate) fn identity_age(&self) -> u64 {
        self.identity.lock().age
    }

    /// What was learnt from the store, unless the key was signed out or bound meanwhile.
    pub(crate) fn learn_user(&self, user: Option<UserId>, age: u64) {
        let mut identity = self.identity.lock();
        if identity.age == age {
            identity.user = user;
        }
    }

    /// Signed out: the next request asks the store.
    pub(crate) fn forget_user(&self) {
        let mut identity = self.identity.lock();
        identity.user = None;
        identity.age += 1;
    }

    /// Whether it left the ring.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Notes that a session ended early. Whoever recorded its packets could else play them to a new session of the same number.
    pub(crate) fn retire(&self, session: &LiveSession, mono: Duration) {
        let highest = session.with(|protocol| protocol.highest_seen());
        let mut retired = self.retired.lock();
        retired.retain(|_, old| mono.saturating_sub(old.at) <= limits::REPLAYABLE);
        if retired.len() >= limits::RETIRED_SESSIONS
            && let Some(oldest) = retired.iter().min_by_key(|(_, old)| old.at).map(|(id, _)| *id)
        {
            retired.remove(&oldest);
        }
        retired.insert(session.id, Retired { highest, at: mono });
    }

    /// The highest message id that an earlier session of this number saw, 0 if none is remembered.
    pub(crate) fn seen_before(&self, session: i64) -> i64 {
        self.retired.lock().get(&session).map_or(0, |old| old.highest)
    }

    pub(crate) fn layer(&self) -> i32 {
        self.layer.load(Ordering::Relaxed)
    }

    pub(crate) fn set_layer(&self, layer: i32) {
        self.layer.store(layer, Ordering::Relaxed);
    }

    /// True once for each key that names a layer newer than ours.
    pub(crate) fn names_newer_layer(&self) -> bool {
        !self.newer_layer_named.swap(true, Ordering::Relaxed)
    }

    /// Whether this description differs from the one stored last.
    pub(crate) fn describes_anew(&self, info: &ClientInfo) -> bool {
        let mut identity = self.identity.lock();
        let anew = identity.described.as_ref() != Some(info);
        if anew {
            identity.described = Some(info.clone());
        }
        anew
    }

    /// True once a minute: time to note activity.
    pub(crate) fn touches(&self, mono: Duration) -> bool {
        let mut identity = self.identity.lock();
        let due = identity.touched.is_zero()
            || mono.saturating_sub(identity.touched) > Duration::from_secs(60);
        if due {
            identity.touched = mono.max(Duration::from_nanos(1));
        }
        due
    }
}

/// Keys in use, by id.
pub(crate) struct KeyRing {
    core: Arc<Core>,
    entries: Mutex<HashMap<AuthKeyId, Held>>,
}

struct Held {
    entry: Arc<KeyEntry>,
    used: Duration,
}

/// Why a key can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyError {
    /// Unknown, expired or not to be opened: the client makes a new one.
    Unknown,
    /// The store can't answer now.
    Unavailable,
}

impl KeyRing {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core, entries: Mutex::new(HashMap::new()) }
    }

    /// The key of this id, from memory or the store.
    pub(crate) async fn find(
        &self,
        id: AuthKeyId,
        mono: Duration,
    ) -> Result<Arc<KeyEntry>, KeyError> {
        if let Some(held) = self.entries.lock().get_mut(&id) {
            if held.entry.expires.is_some_and(|end| self.core.now() >= end) {
                return Err(KeyError::Unknown);
            }
            held.used = mono;
            if !held.entry.doubted.load(Ordering::Acquire) {
                return Ok(Arc::clone(&held.entry));
            }
        }
        let stored = match self.core.stores.keys.key(id, self.core.now()).await {
            Ok(stored) => stored,
            Err(store::Error::NotFound) => {
                self.forget(id);
                return Err(KeyError::Unknown);
            }
            Err(error) => {
                tracing::warn!(%error, "auth key not read");
                return Err(KeyError::Unavailable);
            }
        };
        let entry = self.open(&stored).ok_or(KeyError::Unknown)?;
        let bound = stored.bound_to.zip(stored.bound_until);
        entry.rebind(bound);
        let held = self.hold(entry, mono);
        if held.doubted.swap(false, Ordering::AcqRel) {
            held.rebind(bound);
        }
        Ok(held)
    }

    /// Keeps a key that was just made. False if its id is taken.
    pub(crate) async fn insert(
        &self,
        made: &mtproto::handshake::Established,
        mono: Duration,
    ) -> Result<bool, store::Error> {
        let id = AuthKeyId(made.auth_key.id());
        let now = self.core.now();
        let dc = made.dc.map_or(2, |dc| dc.abs() % 10_000);
        let expires = made.expires_in.map(|seconds| UnixTime(now.0 + i64::from(seconds)));
        let sealed = self.core.sealer.seal(&aad(id), made.auth_key.expose(), &mut SystemRandom);
        let stored = StoredKey {
            id,
            sealed,
            layer: 0,
            created: now,
            dc,
            expires,
            bound_to: None,
            bound_until: None,
        };
        match self.core.stores.keys.insert_key(stored).await {
            Ok(()) => {}
            Err(store::Error::Conflict) => return Ok(false),
            Err(error) => return Err(error),
        }
        let first_salt = Some(FirstSalt { salt: made.first_salt, made: crate::clock::wall_now() });
        self.hold(entry(id, made.auth_key.clone(), dc, expires, first_salt, 0), mono);
        Ok(true)
    }

    fn open(&self, stored: &StoredKey) -> Option<KeyEntry> {
        let plain = self.core.sealer.open(&aad(stored.id), &stored.sealed).ok()?;
        let key = AuthKey::from_slice(&plain).ok()?;
        Some(entry(stored.id, key, stored.dc, stored.expires, None, stored.layer))
    }

    fn hold(&self, entry: KeyEntry, mono: Duration) -> Arc<KeyEntry> {
        // Another connection may have been faster: the first one holds.
        let mut entries = self.entries.lock();
        let held =
            entries.entry(entry.id).or_insert_with(|| Held { entry: Arc::new(entry), used: mono });
        Arc::clone(&held.entry)
    }

    /// The entry of a key, if it is in use.
    pub(crate) fn in_use(&self, id: AuthKeyId) -> Option<Arc<KeyEntry>> {
        self.entries.lock().get(&id).map(|held| Arc::clone(&held.entry))
    }

    /// All keys in use.
    pub(crate) fn all(&self) -> Vec<Arc<KeyEntry>> {
        self.entries.lock().values().map(|held| Arc::clone(&held.entry)).collect()
    }

    /// Believes of no key in use any more who it speaks for. Answers them.
    pub(crate) fn doubt_all(&self) -> Vec<Arc<KeyEntry>> {
        let all = self.all();
        for entry in &all {
            entry.doubted.store(true, Ordering::Release);
            entry.forget_user();
        }
        all
    }

    /// Entries of this permanent key and of the temporary keys bound to it.
    pub(crate) fn of_permanent(&self, permanent: AuthKeyId) -> Vec<Arc<KeyEntry>> {
        let entries = self.entries.lock();
        entries
            .values()
            .filter(|held| held.entry.permanent() == Some(permanent))
            .map(|held| Arc::clone(&held.entry))
            .collect()
    }

    /// Forgets a destroyed key.
    pub(crate) fn forget(&self, id: AuthKeyId) -> Option<Arc<KeyEntry>> {
        let held = self.entries.lock().remove(&id)?;
        held.entry.gone.store(true, Ordering::Release);
        Some(held.entry)
    }

    /// Lets go of keys without sessions that were not used for an hour (the first salt of a new key lives half as long).
    pub(crate) fn sweep(&self, mono: Duration) {
        let old = |held: &Held| {
            mono.saturating_sub(held.used) > limits::IDLE_KEY
                && held.entry.sessions.lock().is_empty()
        };
        self.entries.lock().retain(|_, held| {
            let keep = !old(held);
            held.entry.gone.store(!keep, Ordering::Release);
            keep
        });
    }
}

fn entry(
    id: AuthKeyId,
    key: AuthKey,
    dc: i32,
    expires: Option<UnixTime>,
    first_salt: Option<FirstSalt>,
    layer: i32,
) -> KeyEntry {
    KeyEntry {
        id,
        key,
        dc,
        expires,
        first_salt,
        layer: AtomicI32::new(layer),
        newer_layer_named: AtomicBool::new(false),
        gone: AtomicBool::new(false),
        doubted: AtomicBool::new(false),
        identity: Mutex::default(),
        sessions: Mutex::default(),
        retired: Mutex::default(),
    }
}

/// Binds a sealed key to its row.
fn aad(id: AuthKeyId) -> [u8; 16] {
    let mut aad = *b"auth-key........";
    aad[8..].copy_from_slice(&id.0.to_le_bytes());
    aad
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_ends_before_its_key() {
        let key = AuthKey::from_slice(&[7; 256]).expect("a key");
        let temp = entry(AuthKeyId(1), key, 2, Some(UnixTime(1000)), None, 0);
        temp.bind(AuthKeyId(9), UnixTime(500));
        temp.learn_user(Some(UserId(5)), temp.identity_age());
        assert!(!temp.end_binding(UnixTime(499)));
        assert_eq!((temp.permanent(), temp.known_user()), (Some(AuthKeyId(9)), Some(UserId(5))));
        let asked = temp.identity_age();
        assert!(temp.end_binding(UnixTime(500)));
        // An answer that was on its way is not believed any more.
        temp.learn_user(Some(UserId(5)), asked);
        assert_eq!((temp.permanent(), temp.known_user()), (None, None));
        assert!(!temp.end_binding(UnixTime(501)));
        temp.bind(AuthKeyId(9), UnixTime(900));
        assert_eq!(temp.permanent(), Some(AuthKeyId(9)));
    }
}
