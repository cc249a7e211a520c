//! The server's half of the key exchange.
//!
//! <https://core.telegram.org/mtproto/auth_key>. [`Handshakes`] is a table of exchanges under way, keyed by the client's
//! origin and nonce. What is cheap happens in [`Handshakes::handle`]; RSA and powers leave as a [`Work`] that any thread
//! may run without the table, and come back by [`Handshakes::finish`]:
//!
//! ```text
//! req_pq, req_pq_multi   handle -> Reply(resPQ)
//! req_DH_params          handle -> Work -> run -> finish -> Reply(server_DH_params_ok)
//! set_client_DH_params   handle -> Work -> run -> finish -> Established -> conclude -> dh_gen_ok, _retry or _fail
//! ```
//!
//! Every fault has one exit, [`Step::Refuse`], after the same work: unknown fingerprint, value above the modulus, bad
//! hash, bad TL, wrong numbers, nonces or data centre. The exact same request again gets the exact same bytes; any other
//! one out of turn ends the exchange.

mod inner;
pub mod limits;
mod pool;
mod request;
mod table;
mod work;

use std::time::Duration;

use crypto::{AuthKey, Pq, Random, sha1, sha256};
use tl_codec::Writer;
use zeroize::Zeroizing;

pub use crypto::RsaForm;
pub use pool::{DhPool, Keys, answer_tick};
pub use work::{Work, WorkDone};

pub(crate) use inner::left_padded;
pub(crate) use work::seal_hashed;

use crate::Now;
use crate::schema::{DH_GEN_FAIL, DH_GEN_OK, DH_GEN_RETRY, RES_PQ};
use limits::{DEFAULT_MAX_PER_ORIGIN, DEFAULT_MAX_TOTAL, LIFETIME, MAX_RETRIES};
use request::Request;
use table::{Entry, Stage, Table, Ticket};
use work::{Agreed, Result as Worked};

/// What a message of the key exchange, or a finished piece of work, leads to.
#[derive(Debug)]
pub enum Step {
    /// Send this body in a plain message.
    Reply(Vec<u8>),
    /// Run it on a thread of the bounded pool, then call [`Handshakes::finish`].
    Work(Box<Work>),
    /// The same request again while its work runs: nothing to send, the answer is on its way.
    Ignore,
    /// The key is made. Store it, then send what [`Handshakes::conclude`] gives.
    Established(Box<Established>),
    /// Answer with transport error -404; this exchange is over.
    Refuse,
}

/// A key that both sides have.
#[derive(Debug)]
pub struct Established {
    /// The key. Its id is not known to the table: the caller checks that it is new.
    pub auth_key: AuthKey,
    /// The salt that the client starts with; it belongs to this boot.
    pub first_salt: i64,
    /// The data centre that the client dialled, as sent: negative for media, 10000 more for test. `None` from old clients.
    pub dc: Option<i32>,
    /// For a temporary key: its life in seconds, at most 24 hours. `None` for a permanent key.
    pub expires_in: Option<u32>,
    /// The RSA form used; count them, so that an operator knows when nobody needs the old one.
    pub form: RsaForm,
    ticket: Ticket,
    server_nonce: [u8; 16],
    new_nonce: Zeroizing<[u8; 32]>,
}

/// What became of an established key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is stored: `dh_gen_ok`.
    Stored,
    /// Another key has the same id: `dh_gen_retry`.
    Collision,
    /// It could not be stored: `dh_gen_fail`.
    Failed,
}

/// What a server accepts.
#[derive(Debug, Clone)]
pub struct HandshakeConfig {
    /// Data centres that are advertised, by their plain numbers.
    pub dcs: Vec<i32>,
    /// Whether the old RSA form is accepted. Off, its work stays and its verdict is masked.
    pub old_rsa: bool,
    /// Exchanges under way in total.
    pub max_total: usize,
    /// Exchanges under way per origin.
    pub max_per_origin: usize,
}

impl Default for HandshakeConfig {
    /// Data centres 1 to 5, both RSA forms.
    fn default() -> Self {
        Self {
            dcs: (1..=5).collect(),
            old_rsa: true,
            max_total: DEFAULT_MAX_TOTAL,
            max_per_origin: DEFAULT_MAX_PER_ORIGIN,
        }
    }
}

/// All exchanges under way on this node.
#[derive(Debug)]
pub struct Handshakes {
    config: HandshakeConfig,
    fingerprints: Vec<i64>,
    table: Table,
}

impl Handshakes {
    /// An empty table. `fingerprints` are those of the [`Keys`] that works run with.
    #[must_use]
    pub fn new(config: HandshakeConfig, fingerprints: Vec<i64>) -> Self {
        let table = Table::new(config.max_total, config.max_per_origin);
        Self { config, fingerprints, table }
    }

    /// Exchanges under way.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether none is under way.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.len() == 0
    }

    /// Takes the body of a plain message. `origin` stands for the client's address prefix: a number, the same for the same
    /// IPv4 address or IPv6 /56, such as a keyed hash.
    pub fn handle(&mut self, now: Now, origin: u64, body: &[u8], rng: &mut dyn Random) -> Step {
        self.table.expire(now.mono.saturating_sub(LIFETIME));
        let Some((request, said)) = Request::parse(body) else {
            return Step::Refuse;
        };
        let digest = sha256(said);
        let Some(entry) = self.table.find_mut(origin, request.nonce()) else {
            return match request {
                Request::Pq { nonce } => self.open(now.mono, origin, (nonce, digest), rng),
                Request::Params(_) | Request::ClientDh(_) => Step::Refuse,
            };
        };
        if entry.request == digest {
            return entry.reply.clone().map_or(Step::Ignore, Step::Reply);
        }
        let ticket = entry.ticket;
        let stage = core::mem::replace(&mut entry.stage, Stage::Busy);
        let work = match (stage, request) {
            (Stage::Asked(pq), Request::Params(params)) => Work::params(
                ticket,
                (entry.server_nonce, pq),
                &self.config,
                now.wall.tl_date(),
                &params,
            ),
            (Stage::Offered(agreed), Request::ClientDh(client)) => {
                Work::client_dh(ticket, entry.server_nonce, agreed, &client)
            }
            _ => {
                self.table.remove(ticket);
                return Step::Refuse;
            }
        };
        entry.request = digest;
        entry.reply = None;
        Step::Work(Box::new(work))
    }

    fn open(
        &mut self,
        now: Duration,
        origin: u64,
        asked: ([u8; 16], [u8; 32]),
        rng: &mut dyn Random,
    ) -> Step {
        let (nonce, request) = asked;
        let mut server_nonce = [0; 16];
        rng.fill(&mut server_nonce);
        let pq = Pq::generate(rng);
        let mut reply = Writer::new();
        reply.u32(RES_PQ);
        reply.raw(&nonce);
        reply.raw(&server_nonce);
        reply.bytes(&pq.product().to_be_bytes());
        reply.vector_len(self.fingerprints.len());
        for fingerprint in &self.fingerprints {
            reply.i64(*fingerprint);
        }
        let reply = reply.into_bytes();
        let stage = Stage::Asked(pq);
        self.table.insert(now, (origin, nonce), |ticket| Entry {
            ticket,
            server_nonce,
            request,
            reply: Some(reply.clone()),
            stage,
        });
        Step::Reply(reply)
    }

    /// Takes back a piece of work that was run. The answer should leave on the next [`answer_tick`].
    pub fn finish(&mut self, done: WorkDone, now: Now) -> Step {
        self.table.expire(now.mono.saturating_sub(LIFETIME));
        let ticket = done.ticket;
        let Some(entry) = self.table.get_mut(ticket) else {
            return Step::Refuse;
        };
        match done.result {
            Worked::Refused => {
                self.table.remove(ticket);
                Step::Refuse
            }
            Worked::Offered { agreed, reply } => {
                entry.stage = Stage::Offered(agreed);
                entry.reply = Some(reply.clone());
                Step::Reply(reply)
            }
            Worked::Agreed { agreed, auth_key } => {
                let established = Established {
                    first_salt: first_salt(&agreed.new_nonce, &entry.server_nonce),
                    auth_key: *auth_key,
                    dc: agreed.dc,
                    expires_in: agreed.expires_in,
                    form: agreed.form,
                    ticket,
                    server_nonce: entry.server_nonce,
                    new_nonce: agreed.new_nonce.clone(),
                };
                entry.stage = Stage::Made(agreed);
                Step::Established(Box::new(established))
            }
        }
    }

    /// Ends an exchange, or opens it for another try after a collision. Gives the body to send.
    pub fn conclude(&mut self, made: &Established, verdict: Verdict) -> Vec<u8> {
        let (constructor, number) = match verdict {
            Verdict::Stored => (DH_GEN_OK, 1),
            Verdict::Collision => (DH_GEN_RETRY, 2),
            Verdict::Failed => (DH_GEN_FAIL, 3),
        };
        let aux_hash = made.auth_key.aux_hash();
        let hash = new_nonce_hash(&made.new_nonce, number, aux_hash);
        let mut reply = Writer::new();
        reply.u32(constructor);
        reply.raw(&made.ticket.nonce());
        reply.raw(&made.server_nonce);
        reply.raw(&hash);
        let reply = reply.into_bytes();
        if let Some(entry) = self.table.get_mut(made.ticket) {
            entry.reply = Some(reply.clone());
            entry.stage = match (core::mem::replace(&mut entry.stage, Stage::Busy), verdict) {
                (Stage::Made(agreed), Verdict::Collision) if agreed.retries < MAX_RETRIES => {
                    Stage::Offered(agreed.retry(aux_hash))
                }
                // The secrets go; the reply stays for a client that did not hear it.
                _ => Stage::Over,
            };
        }
        reply
    }
}

/// The parsers behind the hashes, which random bytes do not pass.
#[cfg(fuzzing)]
pub mod for_fuzzing {
    use crypto::Pq;

    use super::inner::{Expected, open_client_dh, parse_client_dh, parse_inner_bytes};

    /// Parses `data` as every inner body.
    pub fn parse_inner_bodies(data: &[u8]) {
        let pq = Pq { p: 0x494C_553B, q: 0x5391_1073 };
        let expected = Expected { nonce: [0; 16], server_nonce: [0; 16], pq, dcs: &[2] };
        for is_exact in [false, true] {
            drop(parse_inner_bytes(data, is_exact, expected));
        }
        let _ = parse_client_dh(data);
        let _ = open_client_dh(data);
    }
}

/// The salt that both sides start with: the first eight bytes of both nonces, mixed.
#[must_use]
pub fn first_salt(new_nonce: &[u8; 32], server_nonce: &[u8; 16]) -> i64 {
    let mut salt = [0; 8];
    for (to, (new, server)) in salt.iter_mut().zip(new_nonce.iter().zip(server_nonce)) {
        *to = new ^ server;
    }
    i64::from_le_bytes(salt)
}

/// The 128 lower bits of SHA-1(new_nonce, number, aux hash): proof towards the client that the key is the same.
#[must_use]
pub fn new_nonce_hash(new_nonce: &[u8; 32], number: u8, aux_hash: u64) -> [u8; 16] {
    let digest = sha1(&[new_nonce, &[number], &aux_hash.to_le_bytes()]);
    let mut hash = [0; 16];
    for (to, from) in hash.iter_mut().zip(digest.iter().skip(4)) {
        *to = *from;
    }
    hash
}

impl Agreed {
    fn retry(mut self: Box<Self>, aux_hash: u64) -> Box<Self> {
        self.retries += 1;
        self.retry_id = aux_hash;
        self
    }
}
