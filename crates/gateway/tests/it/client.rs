//! A client that signs in, asks, and keeps what it is told.

use std::collections::VecDeque;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crypto::AuthKey;
use model::{AuthKeyId, ChannelId, UserId};
use mtproto::client::{
    ClientConfig, ClientEvent, ClientFramer, ClientHandshake, ClientKey, ClientOutcome,
    ClientSession, ClientStep, Transport,
};
use mtproto::framing::Framing;
use mtproto::{Now, WallTime, plain};
use services::Caller;
use store::ports::bus::OriginSession;
use tl_api::{Function, enums, functions, types};
use tl_codec::{Deserialize as _, Reader, Writer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::world::{World, caller};

/// Random bytes of the system.
pub(crate) struct Random;

impl mtproto::Random for Random {
    fn fill(&mut self, out: &mut [u8]) {
        getrandom::fill(out).unwrap();
    }
}

pub(crate) fn random() -> i64 {
    let mut bytes = [0; 8];
    mtproto::Random::fill(&mut Random, &mut bytes);
    i64::from_le_bytes(bytes)
}

pub(crate) fn now() -> Now {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let nanos = u64::try_from(wall.as_nanos()).unwrap();
    Now { wall: WallTime::from_unix_nanos(nanos), mono: START.get_or_init(Instant::now).elapsed() }
}

/// What a client is told, as far as the tests look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// A post of a channel, with the position of its event.
    Post(ChannelId, i32),
    /// `updateChannelTooLong`.
    ChannelTooLong(ChannelId),
    /// `updatesTooLong`.
    TooLong,
    /// Anything else: its name.
    Other(String),
}

/// A socket with its framing.
pub(crate) struct Wire {
    pub(crate) socket: TcpStream,
    framer: ClientFramer,
}

impl Wire {
    pub(crate) async fn dial(world: &World) -> Self {
        Self::dial_with(world, None).await
    }

    /// `buffer`: bytes of the receiving buffer, for a slow reader.
    pub(crate) async fn dial_with(world: &World, buffer: Option<u32>) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(buffer) = buffer {
            socket.set_recv_buffer_size(buffer).unwrap();
        }
        let mut socket = socket.connect(world.address).await.unwrap();
        let transport = Transport::clear(Framing::Intermediate);
        let (framer, first) = ClientFramer::new(&transport, &mut Random);
        socket.write_all(&first).await.unwrap();
        Self { socket, framer }
    }

    pub(crate) async fn send(&mut self, packet: &[u8]) {
        let mut out = Vec::new();
        self.framer.encode(packet, false, &mut Random, &mut out);
        self.socket.write_all(&out).await.unwrap();
    }

    /// The next packet; `None` when the server closed.
    pub(crate) async fn read(&mut self) -> Option<Vec<u8>> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match self.framer.next_outcome() {
                ClientOutcome::Packet(packet) => return Some(packet),
                ClientOutcome::QuickAck(_) => {}
                ClientOutcome::Incomplete => match self.socket.read(&mut buffer).await {
                    Ok(0) | Err(_) => return None,
                    Ok(length) => self.framer.push(&buffer[..length]),
                },
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next transport error.
    pub(crate) async fn error(&mut self) -> i32 {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match self.framer.next_outcome() {
                ClientOutcome::Error(code) => return code,
                ClientOutcome::Packet(_) | ClientOutcome::QuickAck(_) => {}
                ClientOutcome::Incomplete => {
                    let length = self.socket.read(&mut buffer).await.unwrap();
                    assert_ne!(length, 0, "the connection ended before an error");
                    self.framer.push(&buffer[..length]);
                }
                closed @ ClientOutcome::Close(_) => panic!("{closed:?}"),
            }
        }
    }

    pub(crate) async fn exchange_keys(&mut self, world: &World) -> ClientKey {
        self.exchange_keys_as(world, ClientConfig::default()).await
    }

    async fn exchange_keys_as(&mut self, world: &World, config: ClientConfig) -> ClientKey {
        let (mut handshake, mut body) = ClientHandshake::start(config, &mut Random);
        loop {
            self.send(&plain::encode(now().wall.msg_id(), &body)).await;
            let packet = self.read().await.unwrap();
            match handshake.handle(&packet[20..], world.rsa, &mut Random).unwrap() {
                ClientStep::Send(next) => body = next,
                ClientStep::Done(key) => return *key,
            }
        }
    }
}

/// One session of one device.
pub(crate) struct Client {
    pub(crate) wire: Wire,
    pub(crate) session: ClientSession,
    pub(crate) phone: String,
    pub(crate) user: UserId,
    pub(crate) news: VecDeque<News>,
    /// Every other update that ever came.
    others: Vec<String>,
    /// Answers that nobody has waited for yet.
    pub(crate) events: VecDeque<ClientEvent>,
    introduced: bool,
}

impl Client {
    /// A new device, not signed in.
    pub(crate) async fn connect(world: &World) -> Self {
        let mut wire = Wire::dial(world).await;
        let key = wire.exchange_keys(world).await;
        Self::with(wire, ClientSession::new(key.auth_key, random(), key.first_salt))
    }

    /// A session of a new temporary key that lasts so many seconds.
    pub(crate) async fn connect_for(world: &World, seconds: i32) -> Self {
        let mut wire = Wire::dial(world).await;
        let config = ClientConfig { expires_in: Some(seconds), ..ClientConfig::default() };
        let key = wire.exchange_keys_as(world, config).await;
        Self::with(wire, ClientSession::new(key.auth_key, random(), key.first_salt))
    }

    fn with(wire: Wire, session: ClientSession) -> Self {
        Self {
            wire,
            session,
            phone: String::new(),
            user: UserId(0),
            news: VecDeque::new(),
            others: Vec::new(),
            events: VecDeque::new(),
            introduced: false,
        }
    }

    /// Another session of this device, on a connection of its own.
    pub(crate) async fn another_session(&self, world: &World) -> Self {
        self.another_session_on(Wire::dial(world).await)
    }

    pub(crate) fn another_session_on(&self, wire: Wire) -> Self {
        let session = ClientSession::new(self.auth_key(), random(), self.session.salt());
        let mut other = Self::with(wire, session);
        other.phone.clone_from(&self.phone);
        other.user = self.user;
        other
    }

    /// The same session on a new connection. The old one is given back, still open.
    pub(crate) async fn reconnect(&mut self, world: &World) -> Wire {
        std::mem::replace(&mut self.wire, Wire::dial(world).await)
    }

    fn auth_key(&self) -> AuthKey {
        self.session.auth_key().clone()
    }

    pub(crate) fn origin(&self) -> OriginSession {
        OriginSession { key: AuthKeyId(self.session.auth_key().id()), session: self.session.id() }
    }

    pub(crate) fn caller(&self) -> Caller {
        caller(self.user, self.origin())
    }

    pub(crate) async fn sign_in(&mut self, world: &World, phone: &str, name: &str) {
        let request =
            functions::auth::SendCode { phone_number: phone.to_owned(), ..Default::default() };
        let enums::auth::SentCode::SentCode(sent) = self.call(&request).await.unwrap() else {
            panic!("no code")
        };
        let sign_in = functions::auth::SignIn {
            phone_number: phone.to_owned(),
            phone_code_hash: sent.phone_code_hash.clone(),
            phone_code: Some(world.code(phone)),
            email_verification: None,
        };
        let mut answer = self.call(&sign_in).await.unwrap();
        if matches!(answer, enums::auth::Authorization::AuthorizationSignUpRequired(_)) {
            let sign_up = functions::auth::SignUp {
                no_joined_notifications: true,
                phone_number: phone.to_owned(),
                phone_code_hash: sent.phone_code_hash,
                first_name: name.to_owned(),
                last_name: String::new(),
            };
            answer = self.call(&sign_up).await.unwrap();
        }
        let enums::auth::Authorization::Authorization(authorization) = answer else {
            panic!("not signed in")
        };
        let enums::User::User(user) = authorization.user else { panic!("no account") };
        self.user = UserId(user.id);
        phone.clone_into(&mut self.phone);
        self.listen().await;
    }

    /// Asks for the state: from then on this session is told everything.
    pub(crate) async fn listen(&mut self) {
        self.call(&functions::updates::GetState {}).await.unwrap();
    }

    /// One request and its answer, or the text of the error.
    pub(crate) async fn call<F: Function>(&mut self, request: &F) -> Result<F::Return, String> {
        let msg_id = self.start(request).await;
        let body = self.answer(msg_id).await?;
        Ok(F::Return::deserialize(&mut Reader::trusted(&body)).unwrap())
    }

    /// Sends a request without waiting.
    pub(crate) async fn start<F: Function>(&mut self, request: &F) -> i64 {
        let msg_id = self.ask(request);
        self.flush().await;
        msg_id
    }

    /// Puts a request behind what waits to be written.
    pub(crate) fn ask<F: Function>(&mut self, request: &F) -> i64 {
        let mut query = Writer::new();
        if !std::mem::replace(&mut self.introduced, true) {
            query.raw(&introduction());
        }
        request.serialize(&mut query);
        self.session.request(now(), query.into_bytes())
    }

    /// Writes what waits, acknowledgements included.
    pub(crate) async fn flush(&mut self) {
        if let Some(packet) = self.session.next_packet(now(), &mut Random).unwrap() {
            self.wire.send(&packet).await;
        }
    }

    /// Whether the answer has come, which nobody took yet.
    pub(crate) fn has_answer(&self, msg_id: i64) -> bool {
        self.events.iter().any(
            |event| matches!(event, ClientEvent::Answer { req_msg_id, .. } if *req_msg_id == msg_id),
        )
    }

    pub(crate) async fn answer(&mut self, msg_id: i64) -> Result<Vec<u8>, String> {
        loop {
            let found = self.events.iter().position(|event| {
                matches!(event,
                    ClientEvent::Answer { req_msg_id, .. } | ClientEvent::Error { req_msg_id, .. }
                        if *req_msg_id == msg_id)
            });
            match found.and_then(|at| self.events.remove(at)) {
                Some(ClientEvent::Answer { body, .. }) => return Ok(body),
                Some(ClientEvent::Error { text, .. }) => return Err(text),
                _ => assert!(self.read().await, "the connection ended before the answer"),
            }
        }
    }

    /// Reads one packet. False when the server closed.
    pub(crate) async fn read(&mut self) -> bool {
        let Some(packet) = self.wire.read().await else { return false };
        self.hear(packet);
        true
    }

    /// Takes a packet in.
    pub(crate) fn hear(&mut self, packet: Vec<u8>) {
        for event in self.session.open(packet).unwrap() {
            match event {
                ClientEvent::Update(body) => self.note(&body),
                event => self.events.push_back(event),
            }
        }
    }

    fn note(&mut self, body: &[u8]) {
        match enums::Updates::deserialize(&mut Reader::trusted(body)).unwrap() {
            enums::Updates::Updates(types::Updates { updates, .. }) => {
                for news in updates.iter().map(news_of) {
                    if let News::Other(name) = &news {
                        self.others.push(name.clone());
                    }
                    self.news.push_back(news);
                }
            }
            enums::Updates::UpdatesTooLong => self.news.push_back(News::TooLong),
            other => self.news.push_back(News::Other(format!("{other:?}"))),
        }
    }

    /// Reads until this news came, and gives all news up to it.
    pub(crate) async fn until(&mut self, wanted: &News) -> Vec<News> {
        loop {
            if let Some(at) = self.news.iter().position(|news| news == wanted) {
                return self.news.drain(..=at).collect();
            }
            assert!(self.read().await, "the connection ended before {wanted:?}");
        }
    }

    /// Reads until some other update of this name has come, unless it came before.
    pub(crate) async fn until_other(&mut self, name: &str) {
        while !self.others.iter().any(|other| other.starts_with(name)) {
            assert!(self.read().await, "the connection ended before {name}");
        }
    }

    /// Waits for a pong: whatever was written to this connection before is read then. Gives all news.
    pub(crate) async fn settle(&mut self) -> Vec<News> {
        let ping_id = random();
        let ping = [&0x7abe_77ec_u32.to_le_bytes(), ping_id.to_le_bytes().as_slice()].concat();
        self.session.notice(now(), ping);
        self.flush().await;
        loop {
            let is_pong = |event: &ClientEvent| matches!(event, ClientEvent::Pong { ping_id: id, .. } if *id == ping_id);
            if let Some(at) = self.events.iter().position(is_pong) {
                self.events.remove(at);
                return self.news.drain(..).collect();
            }
            assert!(self.read().await, "the connection ended before the pong");
        }
    }

    /// Sends a service message.
    pub(crate) async fn tell(&mut self, body: Vec<u8>) {
        self.session.request(now(), body);
        self.flush().await;
    }
}

fn news_of(update: &enums::Update) -> News {
    match update {
        enums::Update::UpdateNewChannelMessage(new) => match &new.message {
            enums::Message::Message(message) => {
                let enums::Peer::PeerChannel(peer) = &message.peer_id else {
                    panic!("{message:?}")
                };
                News::Post(ChannelId(peer.channel_id), new.pts)
            }
            other => News::Other(format!("{other:?}")),
        },
        enums::Update::UpdateChannelTooLong(update) => {
            News::ChannelTooLong(ChannelId(update.channel_id))
        }
        other => News::Other(format!("{other:?}")),
    }
}

/// The posts among the news, by their positions.
pub(crate) fn posts(news: &[News], channel: ChannelId) -> Vec<i32> {
    news.iter()
        .filter_map(|news| match news {
            News::Post(posted, pts) if *posted == channel => Some(*pts),
            _ => None,
        })
        .collect()
}

/// `invokeWithLayer(initConnection(...` with room for the request behind it.
fn introduction() -> Vec<u8> {
    let mut writer = Writer::new();
    writer.u32(0xda9b_0d0d);
    writer.i32(tl_api::LAYER);
    writer.u32(0xc1cd_5ea9);
    writer.i32(0);
    writer.i32(1);
    for text in ["gateway", "1", "1", "en", "", "en"] {
        writer.string(text);
    }
    writer.into_bytes()
}
