//! A server of services and pages without sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use model::account::Phone;
use model::media::Media;
use model::message::{Body as Words, Entity};
use model::{AuthKeyId, ChannelId, MessageId, Peer, UnixTime, UserId};
use services::memory::Memory;
use services::ports::{Clock, Entropy, Imaging, Picture, PictureRequest};
use services::{AccessHashes, Caller, Core, Policy, Registration, channels};
use store::memory::MemoryStore;
use store::ports::channels::{NewChannel, NewChannelMessage};
use store::ports::{Notice, Stores};
use tower::ServiceExt as _;

pub(crate) const START: i64 = 1_700_000_000;

struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.0.load(Ordering::Relaxed))
    }

    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed) * 1000
    }
}

#[derive(Default)]
struct Chance(AtomicU64);

impl Entropy for Chance {
    fn fill(&self, out: &mut [u8]) {
        for byte in out {
            let next = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            *byte = next.to_be_bytes()[1];
        }
    }
}

struct NoPictures;

#[async_trait]
impl Imaging for NoPictures {
    async fn picture(&self, _: PictureRequest) -> Result<Picture, String> {
        Err("no pictures here".to_owned())
    }
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A world with its pages.
pub(crate) struct World {
    pub(crate) core: Arc<Core>,
    clock: Arc<TestClock>,
    router: Router,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::over(MemoryStore::stores())
    }

    /// Over this store.
    pub(crate) fn over(stores: Stores) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(START)));
        let policy = Policy {
            registration: Registration::Open,
            limit_sign_in: false,
            log_codes: false,
            max_file_bytes: 1 << 32,
            link_prefix: "https://h.test".to_owned(),
        };
        let core = Arc::new(Core {
            stores,
            clock: Arc::<TestClock>::clone(&clock),
            random: Arc::new(Chance::default()),
            access: AccessHashes::new([7; 32]),
            policy,
            mailer: None,
            webhook: None,
            imaging: Arc::new(NoPictures),
            sealer: crypto::Sealer::new([9; 32]),
            memory: Memory::default(),
        });
        let key = web::PublicKey { pem: "PEM".to_owned(), fingerprint: "00ff".to_owned() };
        let site = web::Site {
            url: "https://h.test".to_owned(),
            address: "192.0.2.7:443".to_owned(),
            dc: 2,
            key: tokio::sync::watch::channel(Some(key)).1,
        };
        let router = web::router(site, web::Counters::default(), Arc::clone(&core));
        Self { core, clock, router }
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn stores(&self) -> &Stores {
        &self.core.stores
    }

    pub(crate) async fn person(&self, name: &str) -> UserId {
        let count = self.stores().accounts.count_users().await.unwrap();
        let phone = Phone::parse(&format!("1555000{count:04}")).unwrap();
        let made = self.stores().accounts.create_user(
            phone,
            name.to_owned(),
            String::new(),
            self.core.now(),
        );
        made.await.unwrap().id
    }

    pub(crate) fn caller(&self, user: UserId) -> Caller {
        Caller { user, key: AuthKeyId(1), session: 1 }
    }

    pub(crate) async fn channel(&self, owner: UserId, broadcast: bool) -> ChannelId {
        let new = NewChannel {
            creator: owner,
            title: "Title".to_owned(),
            about: "About it".to_owned(),
            broadcast,
            now: self.core.now(),
            ttl_period: None,
        };
        self.stores().channels.create_channel(new).await.unwrap().id
    }

    /// A channel with a public name.
    pub(crate) async fn public(&self, name: &str) -> (UserId, ChannelId) {
        let owner = self.person("Owner").await;
        let channel = self.channel(owner, true).await;
        channels::names::set(&self.core, self.caller(owner), channel, name).await.unwrap();
        (owner, channel)
    }

    pub(crate) async fn post(&self, whose: (UserId, ChannelId), body: Words) -> MessageId {
        self.write(whose, body, None).await
    }

    pub(crate) async fn reply(
        &self,
        whose: (UserId, ChannelId),
        body: Words,
        to: MessageId,
    ) -> MessageId {
        self.write(whose, body, Some(to)).await
    }

    async fn write(
        &self,
        (owner, channel): (UserId, ChannelId),
        body: Words,
        reply_to: Option<MessageId>,
    ) -> MessageId {
        let message = NewChannelMessage {
            sender: owner,
            channel,
            random_id: None,
            date: self.core.now(),
            clock: self.core.now(),
            body,
            reply_to,
            mentions: Vec::new(),
            clear_draft: false,
        };
        let posted = self.stores().channels.post(vec![message]).await.unwrap().remove(0).message;
        let pts = posted.pts;
        self.core.publish(Notice::Channel { channel, pts, pts_count: 1, origin: None });
        posted.id
    }

    pub(crate) async fn say(&self, whose: (UserId, ChannelId), text: &str) -> MessageId {
        self.post(whose, words(text, vec![])).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(Method::GET, path, headers).await
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        Pages(self.router.clone()).ask(method, path, headers).await
    }

    /// The pages for somebody at an address of their own.
    pub(crate) fn visitor(&self, address: &str) -> Pages {
        let visitor = services::public::Visitor(address.parse().unwrap());
        Pages(self.router.clone().layer(axum::Extension(visitor)))
    }

    /// Calls of the store's ports up to now.
    pub(crate) fn calls(&self) -> u64 {
        let counters = self.stores().upkeep.counters();
        counters.into_iter().find(|(name, _)| *name == "calls").unwrap().1
    }

    pub(crate) async fn resolve(&self, name: &str) -> Option<Peer> {
        self.stores().accounts.resolve_username(name).await.unwrap()
    }
}

/// The pages, asked without a socket.
pub(crate) struct Pages(Router);

impl Pages {
    pub(crate) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }
}

pub(crate) fn words(text: &str, entities: Vec<Entity>) -> Words {
    Words { text: text.to_owned(), entities, ..Words::default() }
}

pub(crate) fn carrying(media: Media) -> Words {
    Words { media: Some(media), ..Words::default() }
}
