//! A seeded generator, a clock that stands where it is put, keys, and a pair of peers.

use std::sync::OnceLock;
use std::time::Duration;

use crypto::{AuthKey, Random, RsaKeyPair, Sender};
use mtproto::client::{ClientEvent, ClientSession, RawMessage};
use mtproto::handshake::Keys;
use mtproto::session::{Event, FirstSalt, OpenError, Salts, Session, open_packet};
use mtproto::{Now, WallTime};

/// Repeats itself for the same seed.
#[derive(Debug, Clone)]
pub(crate) struct Seeded(pub(crate) u64);

impl Random for Seeded {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

/// The start of all virtual time: 20 seconds into a salt's slot.
pub(crate) const START: u64 = 1_800_000_020;

pub(crate) fn at(secs: u64) -> Now {
    Now { wall: WallTime::from_unix_secs(START + secs), mono: Duration::from_secs(1000 + secs) }
}

/// One set of RSA keys for all tests: making one takes long.
pub(crate) fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let make = || RsaKeyPair::generate(2048).unwrap();
        Keys::new(make(), vec![make()])
    })
}

pub(crate) fn first_key() -> &'static RsaKeyPair {
    keys().iter().next().unwrap()
}

pub(crate) fn auth_key(seed: u64) -> AuthKey {
    let mut bytes = [0; 256];
    Seeded(seed).fill(&mut bytes);
    AuthKey::new(bytes)
}

pub(crate) const SESSION: i64 = 0x5e55;
pub(crate) const FIRST_SALT: i64 = 0x5a17;
/// A constructor that the service schema does not know, so a request of the API.
pub(crate) const REQUEST: [u8; 8] = [0x78, 0x56, 0x34, 0x12, 1, 0, 0, 0];

/// A client and a server with one session under one key.
pub(crate) struct Pair {
    pub(crate) client: ClientSession,
    pub(crate) server: Session,
    pub(crate) salts: Salts,
    pub(crate) rng: Seeded,
    pub(crate) now: Now,
}

impl Pair {
    pub(crate) fn new() -> Self {
        let mut rng = Seeded(7);
        let key = auth_key(1);
        let first = FirstSalt { salt: FIRST_SALT, made: at(0).wall };
        let server = Session::new(key.id(), Some(first), SESSION, &mut rng);
        let client = ClientSession::new(key, SESSION, FIRST_SALT);
        Self { client, server, salts: Salts::new([9; 32], 1), rng, now: at(1) }
    }

    /// A pair whose session is announced already, with nothing waiting.
    pub(crate) fn settled() -> Self {
        let mut pair = Self::new();
        let ping = ping(1);
        pair.client.notice(pair.now, ping);
        pair.deliver();
        pair.receive();
        pair.deliver();
        assert!(pair.receive().is_empty());
        // Room between the ids used so far and those of the test.
        pair.pass(100);
        pair
    }

    pub(crate) fn pass(&mut self, secs: u64) {
        self.now.wall = self.now.wall.after(Duration::from_secs(secs));
        self.now.mono += Duration::from_secs(secs);
    }

    /// What waits at the client goes to the server.
    pub(crate) fn deliver(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(packet) = self.client.next_packet(self.now, &mut self.rng).unwrap() {
            events.extend(self.accept(packet).unwrap());
        }
        events
    }

    /// One packet as the client sealed it.
    pub(crate) fn accept(&mut self, packet: Vec<u8>) -> Result<Vec<Event>, OpenError> {
        let incoming = open_packet(self.client.auth_key(), packet)?;
        Ok(self.server.handle(self.now, incoming, &self.salts))
    }

    /// The next packet of the server, sealed.
    pub(crate) fn next_sealed(&mut self) -> Option<Vec<u8>> {
        let mut packet = self.server.next_packet(self.now, &self.salts, &mut self.rng)?;
        crypto::seal(self.client.auth_key(), Sender::Server, &mut packet).unwrap();
        Some(packet)
    }

    /// What waits at the server goes to the client.
    pub(crate) fn receive(&mut self) -> Vec<ClientEvent> {
        let mut events = Vec::new();
        while let Some(packet) = self.next_sealed() {
            events.extend(self.client.open(packet).unwrap());
        }
        events
    }

    /// What waits at the server is lost.
    pub(crate) fn lose(&mut self) {
        while self.next_sealed().is_some() {}
    }

    /// A message with correct fields, to be changed.
    pub(crate) fn raw(&mut self, body: &[u8], content: bool) -> RawMessage {
        let (msg_id, seq_no) = self.client.next_id(self.now, content);
        RawMessage {
            salt: self.client.salt(),
            session_id: SESSION,
            msg_id,
            seq_no,
            len: None,
            body: body.to_vec(),
            padding: None,
        }
    }

    pub(crate) fn send(&mut self, raw: &RawMessage) -> Result<Vec<Event>, OpenError> {
        let packet = raw.seal(self.client.auth_key(), &mut self.rng).unwrap();
        self.accept(packet)
    }
}

pub(crate) fn ping(id: i64) -> Vec<u8> {
    [&0x7abe_77ec_u32.to_le_bytes(), id.to_le_bytes().as_slice()].concat()
}

/// Turns a list of named cases into one test each.
macro_rules! cases {
    ($check:path: $($name:ident => $case:expr,)+) => {
        $(#[test]
        fn $name() {
            $check($case);
        })+
    };
}
pub(crate) use cases;
