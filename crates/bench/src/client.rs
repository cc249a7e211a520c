//! A client with a real session: key exchange, sign-in, requests, updates.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crypto::{RsaForm, RsaPublicKey};
use mtproto::client::{
    ClientConfig, ClientEvent, ClientFramer, ClientHandshake, ClientKey, ClientOutcome,
    ClientSession, ClientStep, Transport,
};
use mtproto::framing::Framing;
use mtproto::{Now, WallTime, plain};
use tl_api::{Function, enums, functions, types};
use tl_codec::{Deserialize as _, Reader, Writer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::server::{Result, Server};

/// Random bytes of the system.
pub(crate) struct Random;

impl mtproto::Random for Random {
    fn fill(&mut self, out: &mut [u8]) {
        getrandom::fill(out).expect("the system's random generator works");
    }
}

/// A random number.
pub(crate) fn random() -> i64 {
    let mut bytes = [0; 8];
    mtproto::Random::fill(&mut Random, &mut bytes);
    i64::from_le_bytes(bytes)
}

/// The two clocks.
pub(crate) fn now() -> Now {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let nanos = u64::try_from(wall.as_nanos()).unwrap_or(u64::MAX);
    Now { wall: WallTime::from_unix_nanos(nanos), mono: START.get_or_init(Instant::now).elapsed() }
}

/// Who a client is: lives longer than its connection.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) key: Arc<ClientKey>,
    pub(crate) phone: String,
}

/// A connected client. Requests go one after another; updates that come meanwhile are kept.
pub(crate) struct Client {
    socket: TcpStream,
    framer: ClientFramer,
    session: ClientSession,
    pub(crate) updates: Vec<Vec<u8>>,
    sent: HashMap<i64, Vec<u8>>,
    introduced: bool,
}

/// Why a call has no result.
#[derive(Debug)]
pub(crate) enum CallError {
    /// `rpc_error`.
    Refused(i32, String),
    /// The connection is gone: whether the request was done is not known.
    Lost(String),
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(code, text) => write!(f, "{code} {text}"),
            Self::Lost(reason) => write!(f, "connection lost: {reason}"),
        }
    }
}

fn lost(error: impl std::fmt::Display) -> CallError {
    CallError::Lost(error.to_string())
}

async fn dial(address: SocketAddr) -> Result<(TcpStream, ClientFramer)> {
    let mut socket = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    socket.set_nodelay(true).map_err(|error| error.to_string())?;
    let (framer, first) = ClientFramer::new(&Transport::clear(Framing::Intermediate), &mut Random);
    socket.write_all(&first).await.map_err(|error| error.to_string())?;
    Ok((socket, framer))
}

async fn read_packet(socket: &mut TcpStream, framer: &mut ClientFramer) -> Result<Vec<u8>> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match framer.next_outcome() {
            ClientOutcome::Packet(packet) => return Ok(packet),
            ClientOutcome::Error(code) => return Err(format!("transport error {code}")),
            ClientOutcome::QuickAck(_) => {}
            ClientOutcome::Incomplete => {
                let length = socket.read(&mut buffer).await.map_err(|error| error.to_string())?;
                if length == 0 {
                    return Err("closed by the server".to_owned());
                }
                framer.push(&buffer[..length]);
            }
            ClientOutcome::Close(reason) => return Err(format!("{reason:?}")),
        }
    }
}

/// Makes a permanent key.
pub(crate) async fn exchange_keys(
    address: SocketAddr,
    rsa: &RsaPublicKey,
    form: RsaForm,
) -> Result<ClientKey> {
    let (mut socket, mut framer) = dial(address).await?;
    let config = ClientConfig { form, dc: (form == RsaForm::Pad).then_some(2), expires_in: None };
    let (mut handshake, mut body) = ClientHandshake::start(config, &mut Random);
    loop {
        let mut out = Vec::new();
        framer.encode(&plain::encode(now().wall.msg_id(), &body), false, &mut Random, &mut out);
        socket.write_all(&out).await.map_err(|error| error.to_string())?;
        let packet = read_packet(&mut socket, &mut framer).await?;
        let answer = packet.get(20..).ok_or("short answer")?;
        match handshake.handle(answer, rsa, &mut Random).map_err(|error| {
            format!(
                "key exchange: {error} ({} bytes, {:02x?}, ours {:x})",
                answer.len(),
                answer,
                rsa.fingerprint()
            )
        })? {
            ClientStep::Send(next) => body = next,
            ClientStep::Done(key) => return Ok(*key),
        }
    }
}

impl Client {
    /// Connects with a key.
    pub(crate) async fn connect(address: SocketAddr, key: &ClientKey) -> Result<Self> {
        let (socket, framer) = dial(address).await?;
        let session = ClientSession::new(key.auth_key.clone(), random(), key.first_salt);
        Ok(Self {
            socket,
            framer,
            session,
            updates: Vec::new(),
            sent: HashMap::new(),
            introduced: false,
        })
    }

    /// Signs up a number with a key of its own.
    pub(crate) async fn sign_up(
        server: &Server,
        rsa: &RsaPublicKey,
        phone: &str,
    ) -> Result<(Self, Identity)> {
        let key = Arc::new(exchange_keys(server.address, rsa, RsaForm::Pad).await?);
        let mut client = Self::connect(server.address, &key).await?;
        let request = functions::auth::SendCode {
            phone_number: phone.to_owned(),
            api_id: 1,
            api_hash: "hoopoe".to_owned(),
            settings: types::CodeSettings::default().into(),
        };
        let sent = client.call(&request).await.map_err(|error| error.to_string())?;
        let enums::auth::SentCode::SentCode(sent) = sent else {
            return Err("no code was sent".to_owned());
        };
        let sign_in = functions::auth::SignIn {
            phone_number: phone.to_owned(),
            phone_code_hash: sent.phone_code_hash.clone(),
            phone_code: Some(server.code(phone)?),
            email_verification: None,
        };
        let mut answer = client.call(&sign_in).await.map_err(|error| error.to_string())?;
        if matches!(answer, enums::auth::Authorization::AuthorizationSignUpRequired(_)) {
            let sign_up = functions::auth::SignUp {
                no_joined_notifications: true,
                phone_number: phone.to_owned(),
                phone_code_hash: sent.phone_code_hash,
                first_name: "Load".to_owned(),
                last_name: String::new(),
            };
            answer = client.call(&sign_up).await.map_err(|error| error.to_string())?;
        }
        let enums::auth::Authorization::Authorization(authorization) = answer else {
            return Err("not signed in".to_owned());
        };
        let enums::User::User(_) = authorization.user else {
            return Err("no account".to_owned());
        };
        Ok((client, Identity { key, phone: phone.to_owned() }))
    }

    /// Finds another account by its number.
    pub(crate) async fn meet(&mut self, other: &Identity) -> Result<enums::InputPeer> {
        let contact = types::InputPhoneContact {
            client_id: 0,
            phone: other.phone.clone(),
            first_name: "Load".to_owned(),
            last_name: String::new(),
            note: None,
        };
        let found = self
            .call(&functions::contacts::ImportContacts { contacts: vec![contact.into()] })
            .await
            .map_err(|error| error.to_string())?;
        let enums::contacts::ImportedContacts::ImportedContacts(found) = found;
        match found.users.into_iter().next() {
            Some(enums::User::User(user)) => Ok(types::InputPeerUser {
                user_id: user.id,
                access_hash: user.access_hash.unwrap_or_default(),
            }
            .into()),
            _ => Err("the other account was not found".to_owned()),
        }
    }

    /// Sends a text; the answer says that it is stored.
    pub(crate) async fn send_text(
        &mut self,
        peer: &enums::InputPeer,
        text: &str,
        random_id: i64,
    ) -> std::result::Result<enums::Updates, CallError> {
        self.call(&functions::messages::SendMessage {
            peer: peer.clone(),
            message: text.to_owned(),
            random_id,
            ..Default::default()
        })
        .await
    }

    /// One request and its answer.
    pub(crate) async fn call<F: Function>(
        &mut self,
        request: &F,
    ) -> std::result::Result<F::Return, CallError> {
        let msg_id = self.start(request).await?;
        let body = self.answer(msg_id).await?;
        F::Return::deserialize(&mut Reader::trusted(&body)).map_err(lost)
    }

    /// Sends a request without waiting.
    pub(crate) async fn start<F: Function>(
        &mut self,
        request: &F,
    ) -> std::result::Result<i64, CallError> {
        let mut query = Writer::new();
        if !self.introduced {
            self.introduced = true;
            query.raw(&introduction());
        }
        request.serialize(&mut query);
        self.send(query.into_bytes()).await
    }

    async fn send(&mut self, body: Vec<u8>) -> std::result::Result<i64, CallError> {
        let msg_id = self.session.request(now(), body.clone());
        self.sent.insert(msg_id, body);
        self.flush().await?;
        Ok(msg_id)
    }

    /// Writes what waits, acknowledgements included.
    pub(crate) async fn flush(&mut self) -> std::result::Result<(), CallError> {
        if let Some(packet) = self.session.next_packet(now(), &mut Random).map_err(lost)? {
            let mut out = Vec::new();
            self.framer.encode(&packet, false, &mut Random, &mut out);
            self.socket.write_all(&out).await.map_err(lost)?;
        }
        Ok(())
    }

    /// Waits for the answer to a request.
    pub(crate) async fn answer(
        &mut self,
        mut msg_id: i64,
    ) -> std::result::Result<Vec<u8>, CallError> {
        loop {
            for event in self.read().await? {
                match event {
                    ClientEvent::Answer { req_msg_id, body } if req_msg_id == msg_id => {
                        self.sent.remove(&msg_id);
                        return Ok(body);
                    }
                    ClientEvent::Error { req_msg_id, code, text } if req_msg_id == msg_id => {
                        return Err(CallError::Refused(code, text));
                    }
                    ClientEvent::BadSalt { bad_msg_id }
                    | ClientEvent::BadMsg { bad_msg_id, .. } => {
                        msg_id = self.send_again(bad_msg_id, msg_id).await?;
                    }
                    ClientEvent::Update(body) => self.updates.push(body),
                    _ => {}
                }
            }
        }
    }

    /// Sends a refused message again. Gives the id to wait for, which changes if it was the one waited for.
    async fn send_again(
        &mut self,
        refused: i64,
        waited_for: i64,
    ) -> std::result::Result<i64, CallError> {
        let Some(body) = self.sent.remove(&refused) else { return Ok(waited_for) };
        let again = self.send(body).await?;
        Ok(if refused == waited_for { again } else { waited_for })
    }

    /// Reads until the server ends the connection.
    pub(crate) async fn read_to_end(&mut self) -> Result<()> {
        while self.read().await.is_ok() {}
        Ok(())
    }

    /// Reads one packet.
    pub(crate) async fn read(&mut self) -> std::result::Result<Vec<ClientEvent>, CallError> {
        let packet = read_packet(&mut self.socket, &mut self.framer).await.map_err(lost)?;
        self.session.open(packet).map_err(lost)
    }
}

/// `invokeWithLayer(initConnection(...` with room for the request behind it.
pub(crate) fn introduction() -> Vec<u8> {
    const INVOKE_WITH_LAYER: u32 = 0xda9b_0d0d;
    const INIT_CONNECTION: u32 = 0xc1cd_5ea9;
    let mut writer = Writer::new();
    writer.u32(INVOKE_WITH_LAYER);
    writer.i32(tl_api::LAYER);
    writer.u32(INIT_CONNECTION);
    writer.i32(0);
    writer.i32(1);
    for text in ["bench", "1", "1", "en", "", "en"] {
        writer.string(text);
    }
    writer.into_bytes()
}
