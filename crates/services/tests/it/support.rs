//! A server of services without sockets.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use async_trait::async_trait;
use model::account::{ClientInfo, Phone, StoredKey};
use model::event::{AccountEvent, Ephemeral};
use model::{AuthKeyId, Peer, UnixTime, UserId};
use parking_lot::Mutex;
use services::memory::Memory;
use services::ports::{Clock, Entropy, Imaging, Messenger, Picture, PictureRequest};
use services::sign_in::{self, Device, Outcome, Purpose, Registrant};
use services::{AccessHashes, Caller, Core, Error, Policy, Registration, Result};
use store::memory::MemoryStore;
use store::ports::Notice;
use store::ports::bus::{Heard, Subscription};

/// Where every test starts.
pub(crate) const START: i64 = 1_700_000_000;
pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.now_ms() / 1000)
    }

    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Different bytes at every call, the same in every run.
#[derive(Default)]
pub(crate) struct Chance(AtomicU64);

impl Entropy for Chance {
    fn fill(&self, out: &mut [u8]) {
        let mut state = self
            .0
            .fetch_add(1, Ordering::Relaxed)
            .wrapping_add(1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for byte in out {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte = state.to_be_bytes()[0];
        }
    }
}

/// Keeps what was sent.
#[derive(Default)]
pub(crate) struct Outbox(pub(crate) Mutex<Vec<(String, String)>>);

#[async_trait]
impl Messenger for Outbox {
    async fn send(&self, address: &str, _subject: &str, text: &str) -> Result<(), String> {
        self.0.lock().push((address.to_owned(), text.to_owned()));
        Ok(())
    }
}

impl Outbox {
    /// The digits of the newest message.
    pub(crate) fn newest_code(&self) -> String {
        let texts = self.0.lock();
        let (_, text) = texts.last().expect("nothing was sent");
        text.chars().filter(char::is_ascii_digit).collect()
    }
}

struct NoPictures;

#[async_trait]
impl Imaging for NoPictures {
    async fn picture(&self, _: PictureRequest) -> Result<Picture, String> {
        Err("no pictures here".to_owned())
    }
}

/// A world with a clock that stands still until it is told otherwise.
pub(crate) struct World {
    pub(crate) core: Core,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) mail: Arc<Outbox>,
    pub(crate) webhook: Arc<Outbox>,
    keys: AtomicU64,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(START * 1000)));
        let (mail, webhook) = (Arc::new(Outbox::default()), Arc::new(Outbox::default()));
        let policy = Policy {
            registration: Registration::Open,
            limit_sign_in: false,
            log_codes: false,
            max_file_bytes: 1 << 32,
            link_prefix: "http://127.0.0.1:8443/".to_owned(),
        };
        let core = Core {
            stores: MemoryStore::stores(),
            clock: clock.clone(),
            random: Arc::new(Chance::default()),
            access: AccessHashes::new([7; 32]),
            policy,
            mailer: Some(mail.clone()),
            webhook: Some(webhook.clone()),
            imaging: Arc::new(NoPictures),
            sealer: crypto::Sealer::new([9; 32]),
            memory: Memory::default(),
        };
        Self { core, clock, mail, webhook, keys: AtomicU64::new(1) }
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// A new device with its own key.
    pub(crate) async fn device(&self) -> Device {
        let id = AuthKeyId(self.keys.fetch_add(1, Ordering::Relaxed));
        let key = StoredKey {
            id,
            sealed: Vec::new(),
            layer: 0,
            created: self.core.now(),
            dc: 2,
            expires: None,
            bound_to: None,
            bound_until: None,
        };
        self.core.stores.keys.insert_key(key).await.unwrap();
        let client =
            ClientInfo { device_model: format!("phone {}", id.0), ..ClientInfo::default() };
        self.core.stores.keys.describe_client(id, client).await.unwrap();
        Device { key: id, ip: IpAddr::V4(Ipv4Addr::LOCALHOST) }
    }

    /// Asks for a code and delivers it.
    pub(crate) async fn send_code(&self, device: Device, phone: &str) -> Result<String> {
        let sent = sign_in::start(&self.core, device, phone, Purpose::SignIn)?;
        sign_in::deliver(&self.core, &sent.hash).await?;
        Ok(sent.hash)
    }

    pub(crate) fn code(&self, phone: &str) -> String {
        sign_in::waiting_code(&self.core, &Phone::parse(phone).unwrap()).expect("no code waits")
    }

    /// A code that is not the right one.
    pub(crate) fn wrong_code(&self, phone: &str) -> String {
        if self.code(phone) == "000000" { "000001".to_owned() } else { "000000".to_owned() }
    }

    /// Signs a device in by code.
    pub(crate) async fn try_sign_in(&self, device: Device, phone: &str) -> Result<Outcome> {
        let hash = self.send_code(device, phone).await?;
        sign_in::sign_in(&self.core, device, phone, &hash, &self.code(phone)).await
    }

    /// Opens an account on a new device.
    pub(crate) async fn register(&self, phone: &str, first_name: &str) -> Caller {
        let device = self.device().await;
        let hash = self.send_code(device, phone).await.unwrap();
        let outcome =
            sign_in::sign_in(&self.core, device, phone, &hash, &self.code(phone)).await.unwrap();
        assert_eq!(outcome, Outcome::SignUpRequired);
        let registrant = Registrant { phone, hash: &hash, first_name, last_name: "", quiet: false };
        let user = sign_in::sign_up(&self.core, device, registrant).await.unwrap();
        Caller { user, key: device.key, session: 1 }
    }

    /// Signs a further device in.
    pub(crate) async fn second_device(&self, phone: &str) -> Caller {
        let device = self.device().await;
        let Outcome::SignedIn(user) = self.try_sign_in(device, phone).await.unwrap() else {
            panic!("no account")
        };
        Caller { user, key: device.key, session: 1 }
    }

    /// The texts in somebody's chat with the service account, oldest first.
    pub(crate) async fn service_texts(&self, user: UserId) -> Vec<String> {
        let window = model::dialog::HistoryWindow { limit: 100, ..Default::default() };
        let page = self
            .core
            .stores
            .boxes
            .history(user, Peer::User(model::ids::SERVICE_USER), window)
            .await
            .unwrap();
        page.messages.into_iter().rev().map(|message| message.body.text).collect()
    }

    pub(crate) async fn events(&self, user: UserId) -> Vec<AccountEvent> {
        let entries =
            self.core.stores.accounts.account_events(user, UnixTime(0), 1000).await.unwrap();
        entries.into_iter().map(|entry| entry.event).collect()
    }

    pub(crate) fn listen(&self) -> Subscription {
        self.core.stores.bus.subscribe()
    }
}

/// Everything told since the subscription.
pub(crate) fn told(subscription: &mut Subscription) -> Vec<Arc<Notice>> {
    let heard = std::iter::from_fn(|| subscription.try_recv());
    heard
        .map(|heard| match heard {
            Heard::Notice(notice) => notice,
            Heard::Missed(count) => panic!("{count} notices were lost"),
        })
        .collect()
}

/// The keys whose connections were told to close.
pub(crate) fn revoked(subscription: &mut Subscription) -> Vec<AuthKeyId> {
    let keys = told(subscription);
    keys.iter()
        .filter_map(
            |notice| if let Notice::KeyRevoked { key } = **notice { Some(key) } else { None },
        )
        .collect()
}

/// The keys that were told of an accepted login token.
pub(crate) fn login_tokens(subscription: &mut Subscription) -> Vec<AuthKeyId> {
    let notices = told(subscription);
    let key = |notice: &Arc<Notice>| match &**notice {
        Notice::EphemeralToKey { key, event: Ephemeral::LoginToken } => Some(*key),
        _ => None,
    };
    notices.iter().filter_map(key).collect()
}

pub(crate) fn flood_wait<T: std::fmt::Debug>(result: Result<T>) -> u32 {
    match result {
        Err(Error::FloodWait(seconds)) => seconds,
        other => panic!("expected a flood wait, got {other:?}"),
    }
}
