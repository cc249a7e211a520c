//! The expensive parts of a key exchange, cut loose from the table: they run on any thread.
//!
//! A fault does not shorten the work. Where a client's numbers cannot be used, others take their place, and the result
//! is thrown away at the end.

use std::sync::Arc;

use crypto::{
    AuthKey, DhPair, DhSecret, G, PRIME, Pq, Random, RsaForm, TmpAes, decrypt_inner, sha1,
};
use tl_codec::Writer;
use zeroize::Zeroizing;

use super::HandshakeConfig;
use super::inner::{ClientInner, Expected, is_number, open_client_dh, parse_inner};
use super::pool::Keys;
use super::request::{ClientDhRequest, ParamsRequest};
use super::table::Ticket;
use crate::schema::{SERVER_DH_INNER_DATA, SERVER_DH_PARAMS_OK};

/// What both sides know after `req_DH_params`.
#[derive(Debug)]
pub(super) struct Agreed {
    pub(super) new_nonce: Zeroizing<[u8; 32]>,
    pub(super) dc: Option<i32>,
    pub(super) expires_in: Option<u32>,
    pub(super) form: RsaForm,
    secret: Arc<DhSecret>,
    /// What the client has to name: 0, or the aux hash of the key that collided.
    pub(super) retry_id: u64,
    pub(super) retries: u8,
}

/// A piece of work. It owns all it needs but the keys.
#[derive(Debug)]
pub struct Work {
    ticket: Ticket,
    server_nonce: [u8; 16],
    task: Task,
}

#[derive(Debug)]
enum Task {
    Params(Box<ParamsTask>),
    ClientDh(Box<ClientDhTask>),
}

#[derive(Debug)]
struct ParamsTask {
    pq: Pq,
    fingerprint: i64,
    encrypted: [u8; 256],
    /// False when the open part of the request was wrong already.
    sound: bool,
    dcs: Vec<i32>,
    old_rsa: bool,
    server_time: i32,
}

#[derive(Debug)]
struct ClientDhTask {
    agreed: Box<Agreed>,
    encrypted: Vec<u8>,
    sound: bool,
}

/// A piece of work that was run: to be given to [`Handshakes::finish`](super::Handshakes::finish).
#[derive(Debug)]
pub struct WorkDone {
    pub(super) ticket: Ticket,
    pub(super) result: Result,
}

#[derive(Debug)]
pub(super) enum Result {
    Refused,
    Offered { agreed: Box<Agreed>, reply: Vec<u8> },
    Agreed { agreed: Box<Agreed>, auth_key: Box<AuthKey> },
}

/// `client_DH_inner_data` with g_b of 256 bytes takes 336 bytes with hash and padding; longer ones are nothing.
const MAX_CLIENT_DH: usize = 512;

impl Work {
    pub(super) fn params(
        ticket: Ticket,
        (server_nonce, pq): ([u8; 16], Pq),
        config: &HandshakeConfig,
        server_time: i32,
        request: &ParamsRequest<'_>,
    ) -> Self {
        let encrypted: Option<[u8; 256]> = request.encrypted_data.try_into().ok();
        let sound = encrypted.is_some()
            && request.server_nonce == server_nonce
            && is_number(request.p, pq.p.into())
            && is_number(request.q, pq.q.into());
        let task = ParamsTask {
            pq,
            fingerprint: request.fingerprint,
            encrypted: encrypted.unwrap_or([0; 256]),
            sound,
            dcs: config.dcs.clone(),
            old_rsa: config.old_rsa,
            server_time,
        };
        Self { ticket, server_nonce, task: Task::Params(Box::new(task)) }
    }

    pub(super) fn client_dh(
        ticket: Ticket,
        server_nonce: [u8; 16],
        agreed: Box<Agreed>,
        request: &ClientDhRequest<'_>,
    ) -> Self {
        let len = request.encrypted_data.len();
        let fits = len.is_multiple_of(16) && (64..=MAX_CLIENT_DH).contains(&len);
        let encrypted = if fits { request.encrypted_data.to_vec() } else { vec![0; 336] };
        let sound = fits && request.server_nonce == server_nonce;
        Self {
            ticket,
            server_nonce,
            task: Task::ClientDh(Box::new(ClientDhTask { agreed, encrypted, sound })),
        }
    }

    /// Whether it takes a pair from the [`DhPool`](super::DhPool).
    #[must_use]
    pub const fn wants_pair(&self) -> bool {
        matches!(self.task, Task::Params(_))
    }

    /// Runs it: about 0.3 ms, 0.6 without a pair.
    #[must_use]
    pub fn run(self, keys: &Keys, pair: Option<DhPair>, rng: &mut dyn Random) -> WorkDone {
        let nonces = (self.ticket.nonce(), self.server_nonce);
        let result = match self.task {
            Task::Params(task) => task.run(nonces, keys, pair, rng),
            Task::ClientDh(task) => task.run(nonces),
        };
        WorkDone { ticket: self.ticket, result: result.unwrap_or(Result::Refused) }
    }
}

impl ParamsTask {
    /// `None` only when the library or the source of randomness is broken.
    fn run(
        self,
        (nonce, server_nonce): ([u8; 16], [u8; 16]),
        keys: &Keys,
        pair: Option<DhPair>,
        rng: &mut dyn Random,
    ) -> Option<Result> {
        let (key, known) = keys.find(self.fingerprint);
        let inner = decrypt_inner(key, &self.encrypted, self.old_rsa, known && self.sound);
        let form = inner.as_ref().map_or(RsaForm::Pad, |inner| inner.form);
        let expected = Expected { nonce, server_nonce, pq: self.pq, dcs: &self.dcs };
        let parsed = inner.and_then(|inner| parse_inner(&inner, expected));

        let accepted = parsed.is_some();
        let ClientInner { new_nonce, dc, expires_in } = parsed.unwrap_or_else(|| {
            let mut new_nonce = Zeroizing::new([0; 32]);
            rng.fill(new_nonce.as_mut_slice());
            ClientInner { new_nonce, dc: None, expires_in: None }
        });
        let pair = match pair {
            Some(pair) => pair,
            None => DhPair::generate(rng).ok()?,
        };
        let encrypted = self.answer((nonce, server_nonce), &new_nonce, &pair.public, rng)?;
        let mut reply = Writer::new();
        reply.u32(SERVER_DH_PARAMS_OK);
        reply.raw(&nonce);
        reply.raw(&server_nonce);
        reply.bytes(&encrypted);
        let secret = Arc::new(pair.secret);
        let agreed =
            Box::new(Agreed { new_nonce, dc, expires_in, form, secret, retry_id: 0, retries: 0 });
        accepted.then(|| Result::Offered { agreed, reply: reply.into_bytes() })
    }

    /// `SHA-1(answer) 20 | answer | padding 0 to 15`, encrypted.
    fn answer(
        &self,
        (nonce, server_nonce): ([u8; 16], [u8; 16]),
        new_nonce: &[u8; 32],
        g_a: &[u8; 256],
        rng: &mut dyn Random,
    ) -> Option<Vec<u8>> {
        let mut answer = Writer::new();
        answer.u32(SERVER_DH_INNER_DATA);
        answer.raw(&nonce);
        answer.raw(&server_nonce);
        answer.i32(i32::from(G));
        answer.bytes(&PRIME);
        answer.bytes(g_a);
        answer.i32(self.server_time);
        seal_hashed(&TmpAes::new(new_nonce, &server_nonce), &answer.into_bytes(), rng)
    }
}

/// Puts SHA-1 before `data` and random padding behind it, and encrypts all.
pub(crate) fn seal_hashed(cipher: &TmpAes, data: &[u8], rng: &mut dyn Random) -> Option<Vec<u8>> {
    let mut out = sha1(&[data]).to_vec();
    out.extend_from_slice(data);
    let mut padding = [0; 16];
    rng.fill(&mut padding);
    let missing = out.len().next_multiple_of(16) - out.len();
    out.extend(padding.iter().take(missing));
    cipher.encrypt(&mut out).ok()?;
    Some(out)
}

impl ClientDhTask {
    /// `None` only when the library is broken.
    fn run(mut self, (nonce, server_nonce): ([u8; 16], [u8; 16])) -> Option<Result> {
        let cipher = TmpAes::new(&self.agreed.new_nonce, &server_nonce);
        cipher.decrypt(&mut self.encrypted).ok()?;
        let inner = open_client_dh(&self.encrypted).filter(|inner| {
            inner.nonce == nonce
                && inner.server_nonce == server_nonce
                && inner.retry_id == self.agreed.retry_id
                && crypto::in_range(&inner.g_b)
        });
        let accepted = self.sound && inner.is_some();
        // Any number in range serves where the client's cannot be used.
        let g_b = inner.map_or_else(stand_in, |inner| inner.g_b);
        let shared = self.agreed.secret.shared(&g_b).ok()?;
        let auth_key = Box::new(AuthKey::new(*shared));
        accepted.then_some(Result::Agreed { agreed: self.agreed, auth_key })
    }
}

fn stand_in() -> [u8; 256] {
    let mut number = [0x55; 256];
    number[0] = 0x40;
    number
}
