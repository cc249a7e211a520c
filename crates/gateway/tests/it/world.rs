//! A gateway over the in-memory store, listening on loopback.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use axum::Router;
use crypto::{RsaKeyPair, RsaPublicKey};
use gateway::{Accepting, Gateway, GatewayConfig, Listeners};
use model::account::Phone;
use model::message::Body;
use model::{ChannelId, Pts, UnixTime, UserId};
use mtproto::handshake::Keys;
use services::memory::Memory;
use services::ports::{Clock, Entropy, Imaging, Picture, PictureRequest};
use services::{AccessHashes, Caller, Core, Policy, Registration, channels, sign_in};
use store::Stores;
use store::memory::{LocalBus, MemoryStore};
use store::ports::Notice;
use store::ports::bus::OriginSession;
use store::ports::channels::NewChannelMessage;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::Client;

/// Stands still but for what a test lets pass.
struct TestClock(Arc<AtomicI64>);

impl Clock for TestClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.now_ms() / 1000)
    }

    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) {
        getrandom::fill(out).unwrap();
    }
}

struct NoPictures;

#[async_trait]
impl Imaging for NoPictures {
    async fn picture(&self, _: PictureRequest) -> Result<Picture, String> {
        Err("no pictures here".to_owned())
    }
}

/// One RSA key for all tests: making one takes long.
fn keys() -> &'static (Arc<Keys>, RsaPublicKey) {
    static KEYS: OnceLock<(Arc<Keys>, RsaPublicKey)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let pair = RsaKeyPair::generate(2048).unwrap();
        let public = RsaPublicKey::from_pem(&pair.public_pem_pkcs1().unwrap()).unwrap();
        (Arc::new(Keys::new(pair, Vec::new())), public)
    })
}

/// A running gateway.
pub(crate) struct World {
    pub(crate) core: Arc<Core>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) address: SocketAddr,
    pub(crate) rsa: &'static RsaPublicKey,
    clock: Arc<AtomicI64>,
    _accepting: Accepting,
    numbers: AtomicU64,
}

impl World {
    pub(crate) fn start() -> Self {
        Self::limited(1000)
    }

    /// With room for this many connections.
    pub(crate) fn limited(max_connections: usize) -> Self {
        Self::over(MemoryStore::stores(), max_connections)
    }

    /// Over a bus that holds this many notices.
    pub(crate) fn hearing(backlog: usize) -> Self {
        let bus = Arc::new(LocalBus::holding(backlog));
        Self::over(Stores { bus, ..MemoryStore::stores() }, 1000)
    }

    fn over(stores: Stores, max_connections: usize) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let clock = Arc::new(AtomicI64::new(i64::try_from(since.as_millis()).unwrap()));
        let core = Arc::new(Core {
            stores,
            clock: Arc::new(TestClock(Arc::clone(&clock))),
            random: Arc::new(SystemEntropy),
            access: AccessHashes::new([7; 32]),
            policy: Policy {
                registration: Registration::Open,
                limit_sign_in: false,
                log_codes: false,
                max_file_bytes: 1 << 32,
                link_prefix: "http://127.0.0.1:8443/".to_owned(),
            },
            mailer: None,
            webhook: None,
            imaging: Arc::new(NoPictures),
            sealer: crypto::Sealer::new([9; 32]),
            memory: Memory::default(),
        });
        let (keys, rsa) = keys();
        let config = GatewayConfig {
            keys: tokio::sync::watch::channel(Some(Arc::clone(keys))).1,
            node_secret: [5; 32],
            boot_epoch: 1,
            old_rsa: true,
            secrets: Vec::new(),
            advertised: vec!["127.0.0.1:8443".parse().unwrap()],
            max_connections,
            max_connections_per_ip: 0,
        };
        let gateway = Gateway::start(Arc::clone(&core), config, Router::new());
        let listeners = Listeners::bind(&["127.0.0.1:0".parse().unwrap()]).unwrap();
        let address = listeners.addresses().next().unwrap();
        let accepting = gateway.accept(listeners);
        let numbers = AtomicU64::new(0);
        Self { core, gateway, address, rsa, clock, _accepting: accepting, numbers }
    }

    /// Lets time pass for everything but sockets and message ids.
    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// A number that nobody has.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Somebody new, signed in on a first device and listening.
    pub(crate) async fn sign_up(&self, name: &str) -> Client {
        let phone = format!("+1555{:07}", self.number());
        let mut client = Client::connect(self).await;
        client.sign_in(self, &phone, name).await;
        client
    }

    /// Another device of the same account.
    pub(crate) async fn device_of(&self, other: &Client) -> Client {
        let mut client = Client::connect(self).await;
        client.sign_in(self, &other.phone, "").await;
        client
    }

    pub(crate) fn code(&self, phone: &str) -> String {
        sign_in::waiting_code(&self.core, &Phone::parse(phone).unwrap()).expect("no code waits")
    }

    /// A broadcast channel of `owner` with these members.
    pub(crate) async fn channel(&self, owner: &Client, members: &[&Client]) -> ChannelId {
        let wanted = channels::create::Wanted {
            title: "News".to_owned(),
            about: String::new(),
            broadcast: true,
            ttl_period: None,
        };
        let made = channels::create::create(&self.core, owner.caller(), wanted).await.unwrap();
        for member in members {
            self.invite(owner, made.channel, member).await;
        }
        made.channel
    }

    pub(crate) async fn invite(&self, owner: &Client, channel: ChannelId, member: &Client) {
        channels::members::invite(&self.core, owner.caller(), channel, &[member.user])
            .await
            .unwrap();
    }

    /// Writes posts into a log in one transaction, and tells nobody yet. Gives the log's position.
    pub(crate) async fn store_posts(
        &self,
        channel: ChannelId,
        sender: UserId,
        texts: &[&str],
    ) -> Pts {
        let posts = texts.iter().map(|text| NewChannelMessage {
            sender,
            channel,
            random_id: None,
            date: self.core.now(),
            clock: self.core.now(),
            body: Body { text: (*text).to_owned(), ..Body::default() },
            reply_to: None,
            mentions: Vec::new(),
            clear_draft: false,
        });
        self.core.stores.channels.post(posts.collect()).await.unwrap();
        self.core.stores.channels.channels(&[channel]).await.unwrap()[0].pts
    }

    /// Rings for a log, as a service does after its commit.
    pub(crate) fn ring(
        &self,
        channel: ChannelId,
        pts: Pts,
        pts_count: i32,
        origin: Option<OriginSession>,
    ) {
        self.core.stores.bus.publish(Notice::Channel { channel, pts, pts_count, origin });
    }

    /// One packet over HTTP, and what answers it.
    pub(crate) async fn over_http(&self, packet: &[u8]) -> Vec<u8> {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST /api HTTP/1.1\r\nHost: hoopoe\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            packet.len()
        );
        socket.write_all(&[head.as_bytes(), packet].concat()).await.unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.unwrap();
        let body = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
        answer.split_off(body)
    }

    /// Posts a text and tells everyone.
    pub(crate) async fn post(&self, owner: &Client, channel: ChannelId, text: &str) -> Pts {
        let pts = self.store_posts(channel, owner.user, &[text]).await;
        self.ring(channel, pts, 1, None);
        pts
    }
}

/// A counter of the gateway.
pub(crate) fn counted(world: &World, name: &str) -> u64 {
    let found = world.gateway.metrics().snapshot().into_iter().find(|(known, ..)| *known == name);
    found.expect("a counter of this name").2
}

/// Who acts, for services.
pub(crate) fn caller(user: UserId, origin: OriginSession) -> Caller {
    Caller { user, key: origin.key, session: origin.session }
}
