//! Clients without a wire: typed requests through the dispatcher.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use async_trait::async_trait;
use model::account::{Phone, StoredKey};
use model::{AuthKeyId, UnixTime};
use rpc::{Call, Connection, Dispatcher, RpcError};
use services::memory::Memory;
use services::ports::{Clock, Entropy, Imaging, Picture, PictureRequest};
use services::{AccessHashes, Caller, Core, Policy, Registration, sign_in};
use store::memory::MemoryStore;
use tl_api::{Deserialize as _, Function, enums, functions, types};

pub(crate) const START: i64 = 1_700_000_000;
pub(crate) const DC: i32 = 4;

pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.now_ms() / 1000)
    }

    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Chance(AtomicU64);

impl Entropy for Chance {
    fn fill(&self, out: &mut [u8]) {
        let mut state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed) | 1;
        for byte in out {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte = state.to_be_bytes()[0];
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

pub(crate) struct Server {
    pub(crate) core: Arc<Core>,
    pub(crate) clock: Arc<TestClock>,
    dispatcher: Dispatcher,
    keys: AtomicU64,
}

/// A client's permanent key.
#[derive(Clone, Copy)]
pub(crate) struct Client<'a> {
    server: &'a Server,
    pub(crate) key: AuthKeyId,
}

impl Server {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(START * 1000)));
        let policy = Policy {
            registration: Registration::Open,
            limit_sign_in: false,
            log_codes: false,
            max_file_bytes: 1 << 32,
            link_prefix: "http://127.0.0.1:8443/".to_owned(),
        };
        let core = Arc::new(Core {
            stores: MemoryStore::stores(),
            clock: clock.clone(),
            random: Arc::new(Chance(AtomicU64::new(1))),
            access: AccessHashes::new([7; 32]),
            policy,
            mailer: None,
            webhook: None,
            imaging: Arc::new(NoPictures),
            sealer: crypto::Sealer::new([9; 32]),
            memory: Memory::default(),
        });
        Self { core, clock, dispatcher: Dispatcher::default(), keys: AtomicU64::new(1) }
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.dispatcher.names().collect()
    }

    pub(crate) async fn client(&self) -> Client<'_> {
        let id = AuthKeyId(self.keys.fetch_add(1, Ordering::Relaxed));
        let key = StoredKey {
            id,
            sealed: Vec::new(),
            layer: 0,
            created: self.core.now(),
            dc: DC,
            expires: None,
            bound_to: None,
            bound_until: None,
        };
        self.core.stores.keys.insert_key(key).await.unwrap();
        Client { server: self, key: id }
    }

    pub(crate) fn code(&self, phone: &str) -> String {
        sign_in::waiting_code(&self.core, &Phone::parse(phone).unwrap()).expect("no code waits")
    }

    /// A client with a new account, and the account as it sees itself.
    pub(crate) async fn register(
        &self,
        phone: &str,
        first_name: &str,
    ) -> (Client<'_>, types::User) {
        let client = self.client().await;
        let hash = client.send_code(phone).await;
        let answer = client.sign_in(phone, &hash).await.unwrap();
        assert!(matches!(answer, enums::auth::Authorization::AuthorizationSignUpRequired(_)));
        let sign_up = functions::auth::SignUp {
            phone_number: phone.to_owned(),
            phone_code_hash: hash,
            first_name: first_name.to_owned(),
            last_name: String::new(),
            ..Default::default()
        };
        let user = signed_in(client.ask(sign_up).await.unwrap());
        (client, user)
    }
}

/// The account of an `auth.authorization`.
pub(crate) fn signed_in(answer: enums::auth::Authorization) -> types::User {
    let enums::auth::Authorization::Authorization(authorization) = answer else {
        panic!("{answer:?}")
    };
    real(authorization.user)
}

pub(crate) fn real(user: enums::User) -> types::User {
    let enums::User::User(user) = user else { panic!("{user:?}") };
    user
}

pub(crate) fn input(user: &types::User) -> enums::InputUser {
    types::InputUser { user_id: user.id, access_hash: user.access_hash.unwrap() }.into()
}

impl Client<'_> {
    /// Sends bytes as they are.
    pub(crate) async fn raw(&self, request: &[u8]) -> Result<Vec<u8>, RpcError> {
        let authorization = self.server.core.stores.keys.authorization(self.key).await.unwrap();
        let caller = authorization.map(|authorization| Caller {
            user: authorization.user,
            key: self.key,
            session: 1,
        });
        let connection = Connection {
            dc: DC,
            peer_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            listen: vec!["127.0.0.1:8443".parse().unwrap()],
        };
        let call = Call {
            core: Arc::clone(&self.server.core),
            key: self.key,
            session: 1,
            caller,
            layer: tl_api::LAYER,
            connection: Arc::new(connection),
        };
        self.server.dispatcher.answer(call, request).await
    }

    /// A typed request and its typed answer.
    pub(crate) async fn ask<F: Function>(&self, request: F) -> Result<F::Return, RpcError> {
        let answer = self.raw(&request.to_bytes()).await?;
        Ok(F::Return::from_bytes(&answer).expect("an answer of its own type"))
    }

    /// The text of the error.
    pub(crate) async fn refused<F: Function>(&self, request: F) -> String {
        match self.raw(&request.to_bytes()).await {
            Err(error) => error.to_string(),
            Ok(_) => panic!("{} was answered", F::NAME),
        }
    }

    pub(crate) async fn send_code(&self, phone: &str) -> String {
        let request =
            functions::auth::SendCode { phone_number: phone.to_owned(), ..Default::default() };
        let enums::auth::SentCode::SentCode(sent) = self.ask(request).await.unwrap() else {
            panic!("no code")
        };
        sent.phone_code_hash
    }

    pub(crate) async fn sign_in(
        &self,
        phone: &str,
        hash: &str,
    ) -> Result<enums::auth::Authorization, RpcError> {
        let request = functions::auth::SignIn {
            phone_number: phone.to_owned(),
            phone_code_hash: hash.to_owned(),
            phone_code: Some(self.server.code(phone)),
            email_verification: None,
        };
        self.ask(request).await
    }
}
