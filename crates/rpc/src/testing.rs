//! A whole server without sockets, for tests: services on the in-memory store, a clock that stands still, and signed-in
//! devices that call methods through the dispatcher as a gateway does, bytes in and bytes out.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use async_trait::async_trait;
use model::account::Phone;
use model::{AuthKeyId, ChannelId, ChatId, Peer, Pts, UnixTime, UserId};
use services::access::HashKind;
use services::ports::{Clock, Entropy, Imaging, Picture, PictureRequest};
use services::{AccessHashes, Caller, Core, Policy, Registration};
use store::memory::MemoryStore;
use store::ports::bus::Heard;
use store::ports::{Notice, Subscription};
use tl_api::{Function, enums, types};

use tl_codec::Deserialize as _;

use crate::convert::Viewer;
use crate::dispatch::Connection;
use crate::{Call, Dispatcher, RpcError};

/// When every test begins.
pub(crate) const START: i64 = 1_700_000_000;

/// Time that moves only when told to.
pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.0.load(Ordering::SeqCst))
    }
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst) * 1000
    }
}

/// "Random" bytes that differ each time and are the same in each run.
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let mut word =
                self.0.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            word ^= word >> 31;
            let bytes = word.to_le_bytes();
            chunk.iter_mut().zip(bytes).for_each(|(out, byte)| *out = byte);
        }
    }
}

/// Pretends that every file is a small picture.
struct NoImaging;

#[async_trait]
impl Imaging for NoImaging {
    async fn picture(&self, request: PictureRequest) -> Result<Picture, String> {
        let sizes = request
            .sizes
            .iter()
            .map(|size| (size.kind, 100, 80, vec![0xff, 0xd8, size.kind as u8]))
            .collect();
        Ok(Picture { width: 100, height: 80, stripped: vec![1, 40, 32, 7], sizes })
    }
}

/// A server.
pub(crate) struct World {
    pub(crate) core: Arc<Core>,
    pub(crate) clock: Arc<TestClock>,
    dispatcher: Dispatcher,
    keys: AtomicU64,
}

impl World {
    /// Nobody has signed up yet; limits of sending and signing in are off.
    pub(crate) fn new() -> Self {
        Self::with_policy(|_| {})
    }

    /// With other choices of the operator.
    pub(crate) fn with_policy(change: impl FnOnce(&mut Policy)) -> Self {
        let mut policy = Policy {
            registration: Registration::Open,
            limit_sign_in: false,
            log_codes: false,
            max_file_bytes: 4 << 30,
            link_prefix: "https://hoopoe.test".to_owned(),
        };
        change(&mut policy);
        let clock = Arc::new(TestClock(AtomicI64::new(START)));
        let core = Core {
            stores: MemoryStore::stores(),
            clock: Arc::<TestClock>::clone(&clock),
            random: Arc::new(Counting(AtomicU64::new(1))),
            access: AccessHashes::new([7; 32]),
            policy,
            mailer: None,
            webhook: None,
            imaging: Arc::new(NoImaging),
            sealer: crypto::Sealer::new([9; 32]),
            memory: services::memory::Memory::default(),
        };
        Self {
            core: Arc::new(core),
            clock,
            dispatcher: Dispatcher::default(),
            keys: AtomicU64::new(100),
        }
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// An account with its first device. The number is made of the count of accounts.
    pub(crate) async fn sign_up(&self, name: &str) -> Device<'_> {
        let count = self.core.stores.accounts.count_users().await.unwrap();
        let phone = Phone::parse(&format!("1555000{count:04}")).unwrap();
        let user = self
            .core
            .stores
            .accounts
            .create_user(phone, name.to_owned(), String::new(), self.core.now())
            .await;
        self.device(user.unwrap().id)
    }

    /// Another device of an account.
    pub(crate) fn device(&self, user: UserId) -> Device<'_> {
        let key = AuthKeyId(self.keys.fetch_add(1, Ordering::SeqCst));
        Device { world: self, caller: Caller { user, key, session: 1 } }
    }

    /// Calls a method without being signed in.
    pub(crate) async fn call_as_stranger<F: Function>(
        &self,
        request: &F,
    ) -> Result<F::Return, RpcError> {
        self.call(None, AuthKeyId(self.keys.fetch_add(1, Ordering::SeqCst)), request).await
    }

    async fn call<F: Function>(
        &self,
        caller: Option<Caller>,
        key: AuthKeyId,
        request: &F,
    ) -> Result<F::Return, RpcError> {
        let answer = self.dispatcher.answer(self.a_call(caller, key), &request.to_bytes()).await?;
        let mut reader = tl_codec::Reader::trusted(&answer);
        let value = F::Return::deserialize(&mut reader).expect("an answer that can be read");
        reader.finish().expect("nothing behind the answer");
        Ok(value)
    }

    /// A call as methods get it.
    pub(crate) fn a_call(&self, caller: Option<Caller>, key: AuthKeyId) -> Call {
        let connection = Connection {
            dc: 2,
            peer_ip: std::net::Ipv4Addr::LOCALHOST.into(),
            listen: vec![std::net::SocketAddr::from(([127, 0, 0, 1], 8443))],
        };
        Call {
            core: Arc::clone(&self.core),
            key,
            session: 1,
            caller,
            layer: 230,
            connection: Arc::new(connection),
        }
    }
}

/// A signed-in device.
#[derive(Clone, Copy)]
pub(crate) struct Device<'w> {
    pub(crate) world: &'w World,
    pub(crate) caller: Caller,
}

impl Device<'_> {
    /// Whose.
    pub(crate) const fn user(&self) -> UserId {
        self.caller.user
    }

    /// As the reader of updates.
    pub(crate) const fn viewer(&self) -> Viewer {
        Viewer { user: self.caller.user, dc: 2 }
    }

    /// A call as methods get it.
    pub(crate) fn a_call(&self) -> Call {
        self.world.a_call(Some(self.caller), self.caller.key)
    }

    /// Calls a method, bytes in and bytes out.
    pub(crate) async fn call<F: Function>(&self, request: F) -> Result<F::Return, RpcError> {
        self.world.call(Some(self.caller), self.caller.key, &request).await
    }

    /// Calls a method that must succeed.
    pub(crate) async fn ok<F: Function>(&self, request: F) -> F::Return {
        self.call(request).await.unwrap_or_else(|error| panic!("{}: {error}", F::NAME))
    }

    /// Calls a method that must fail; answers the error's text.
    pub(crate) async fn fails<F: Function>(&self, request: F) -> String
    where
        F::Return: std::fmt::Debug,
    {
        match self.call(request).await {
            Ok(answer) => panic!("{} succeeded: {answer:?}", F::NAME),
            Err(error) => error.text.into_owned(),
        }
    }

    /// Calls a method and compares its answer.
    pub(crate) async fn check<F: Function>(&self, request: F, expected: Result<F::Return, &str>)
    where
        F::Return: std::fmt::Debug + PartialEq,
    {
        let answer = self.call(request).await.map_err(|error| error.text.into_owned());
        assert_eq!(answer, expected.map_err(str::to_owned), "{}", F::NAME);
    }

    /// Somebody, with this account's proof of having met them.
    pub(crate) fn peer(&self, other: &Device<'_>) -> enums::InputPeer {
        self.input_peer(Peer::User(other.user()))
    }

    /// A peer, with this account's proof of having met it.
    pub(crate) fn input_peer(&self, peer: Peer) -> enums::InputPeer {
        let hash = |kind, id| self.world.core.access.hash(self.user(), kind, id);
        match peer {
            Peer::User(user) if user == self.user() => enums::InputPeer::InputPeerSelf,
            Peer::User(UserId(user_id)) => {
                types::InputPeerUser { user_id, access_hash: hash(HashKind::User, user_id) }.into()
            }
            Peer::Chat(ChatId(chat_id)) => types::InputPeerChat { chat_id }.into(),
            Peer::Channel(ChannelId(channel_id)) => types::InputPeerChannel {
                channel_id,
                access_hash: hash(HashKind::Channel, channel_id),
            }
            .into(),
        }
    }

    /// Somebody, with this account's proof of having met them.
    pub(crate) fn input_user(&self, other: &Device<'_>) -> enums::InputUser {
        let user_id = other.user().0;
        let access_hash = self.world.core.access.hash(self.user(), HashKind::User, user_id);
        types::InputUser { user_id, access_hash }.into()
    }

    /// A channel, with this account's proof of having met it.
    pub(crate) fn input_channel(&self, channel: ChannelId) -> enums::InputChannel {
        let access_hash = self.world.core.access.hash(self.user(), HashKind::Channel, channel.0);
        types::InputChannel { channel_id: channel.0, access_hash }.into()
    }

    /// Begins to listen as a gateway does for this device.
    pub(crate) async fn listen(&self) -> Listener<'_> {
        let notices = self.world.core.stores.bus.subscribe();
        let pts = self.world.core.stores.boxes.pts(self.user()).await.unwrap();
        Listener { device: self, notices, pts }
    }
}

/// What a connected device is told: updates of its box, in order, and account events.
pub(crate) struct Listener<'d> {
    device: &'d Device<'d>,
    notices: Subscription,
    pts: Pts,
}

impl Listener<'_> {
    /// Everything since the last call, as updates. Panics at a hole in pts.
    pub(crate) async fn hear(&mut self) -> Vec<enums::Update> {
        let (core, viewer) = (&self.device.world.core, self.device.viewer());
        let mut heard = Vec::new();
        while let Some(Heard::Notice(notice)) = self.notices.try_recv() {
            let updates = match &*notice {
                Notice::Box { user, .. } if *user == viewer.user => {
                    let entries =
                        core.stores.boxes.events(viewer.user, self.pts, 1000).await.unwrap();
                    for entry in &entries {
                        assert_eq!(entry.pts.0, self.pts.0 + entry.pts_count, "a hole in the box");
                        self.pts = entry.pts;
                    }
                    crate::updates::box_updates(core, viewer, &entries).await.unwrap()
                }
                Notice::Account { user, entry, .. } if *user == viewer.user => {
                    crate::updates::account_updates(core, viewer, std::slice::from_ref(&**entry))
                        .await
                        .unwrap()
                }
                Notice::EphemeralToUsers { users, event, .. } if users.contains(&viewer.user) => {
                    match crate::updates::ephemeral(core, viewer, event).await.unwrap() {
                        Some(updates) => updates,
                        None => continue,
                    }
                }
                _ => continue,
            };
            heard.extend(list(updates));
        }
        heard
    }
}

/// The updates inside.
pub(crate) fn list(updates: enums::Updates) -> Vec<enums::Update> {
    match updates {
        enums::Updates::Updates(updates) => updates.updates,
        enums::Updates::UpdateShort(short) => vec![short.update],
        other => panic!("not a list: {other:?}"),
    }
}
