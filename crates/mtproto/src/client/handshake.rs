//! A client's key exchange.

use crypto::{
    AuthKey, DhPair, PRIME, Random, RsaForm, RsaPublicKey, TmpAes, encrypt_inner_old,
    encrypt_inner_pad, factorize,
};
use tl_codec::{Reader, Writer};

use super::wire::{ClientDh, InnerPq, ReqDhParams, ResPq, ServerDh, SetClientDh};
use crate::handshake::{first_salt, left_padded, new_nonce_hash};
use crate::schema::{DH_GEN_FAIL, DH_GEN_OK, DH_GEN_RETRY, REQ_PQ_MULTI};

/// How a client exchanges keys.
#[derive(Debug, Clone, Copy)]
pub struct ClientConfig {
    /// The RSA form.
    pub form: RsaForm,
    /// The data centre named; old clients name none.
    pub dc: Option<i32>,
    /// For a temporary key: its life in seconds.
    pub expires_in: Option<i32>,
}

impl Default for ClientConfig {
    /// What current clients do: `RSA_PAD`, data centre 2, a permanent key.
    fn default() -> Self {
        Self { form: RsaForm::Pad, dc: Some(2), expires_in: None }
    }
}

/// A key as the client has it.
#[derive(Debug)]
pub struct ClientKey {
    /// The key.
    pub auth_key: AuthKey,
    /// The first salt.
    pub first_salt: i64,
    /// The server's time when it made its half.
    pub server_time: i32,
}

/// What comes next.
#[derive(Debug)]
pub enum ClientStep {
    /// Send this body in a plain message.
    Send(Vec<u8>),
    /// Both sides have the key.
    Done(Box<ClientKey>),
}

/// Why a client gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// The server's answer is not what was asked for.
    #[error("unexpected answer")]
    Answer,
    /// A hash, nonce or number is wrong.
    #[error("wrong hash, nonce or number")]
    Check,
    /// The server says `dh_gen_fail`.
    #[error("dh_gen_fail")]
    Failed,
}

/// A key exchange under way.
#[derive(Debug)]
pub struct ClientHandshake {
    config: ClientConfig,
    nonce: [u8; 16],
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Asked,
    Sent(Box<Sent>),
    Offered(Box<Offered>),
    Over,
}

#[derive(Debug, Clone)]
struct Sent {
    server_nonce: [u8; 16],
    new_nonce: [u8; 32],
}

#[derive(Debug)]
struct Offered {
    sent: Sent,
    server: ServerDh,
    auth_key: AuthKey,
}

impl ClientHandshake {
    /// Starts one: the body of `req_pq_multi` goes first.
    pub fn start(config: ClientConfig, rng: &mut dyn Random) -> (Self, Vec<u8>) {
        let mut nonce = [0; 16];
        rng.fill(&mut nonce);
        let mut writer = Writer::new();
        writer.u32(REQ_PQ_MULTI);
        writer.raw(&nonce);
        (Self { config, nonce, stage: Stage::Asked }, writer.into_bytes())
    }

    /// Takes the body of the server's answer.
    ///
    /// # Errors
    /// [`HandshakeError`]; the exchange is over then.
    pub fn handle(
        &mut self,
        body: &[u8],
        key: &RsaPublicKey,
        rng: &mut dyn Random,
    ) -> Result<ClientStep, HandshakeError> {
        match core::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Asked => self.ask_params(body, key, rng),
            Stage::Sent(sent) => self.agree(body, *sent, rng),
            Stage::Offered(offered) => self.conclude(body, *offered, rng),
            Stage::Over => Err(HandshakeError::Answer),
        }
    }

    fn ask_params(
        &mut self,
        body: &[u8],
        key: &RsaPublicKey,
        rng: &mut dyn Random,
    ) -> Result<ClientStep, HandshakeError> {
        let offer = ResPq::parse(body).map_err(|_| HandshakeError::Answer)?;
        let fingerprint = key.fingerprint();
        if offer.nonce != self.nonce || !offer.fingerprints.contains(&fingerprint) {
            return Err(HandshakeError::Check);
        }
        let product = offer.pq.iter().fold(0, |number: u64, byte| (number << 8) | u64::from(*byte));
        let pq = factorize(product).ok_or(HandshakeError::Check)?;
        let mut new_nonce = [0; 32];
        rng.fill(&mut new_nonce);
        let (p, q) = (pq.p.to_be_bytes().to_vec(), pq.q.to_be_bytes().to_vec());
        let inner = InnerPq {
            constructor: None,
            pq: offer.pq,
            p: p.clone(),
            q: q.clone(),
            nonce: self.nonce,
            server_nonce: offer.server_nonce,
            new_nonce,
            dc: self.config.dc,
            expires_in: self.config.expires_in,
        };
        let encrypt = match self.config.form {
            RsaForm::Pad => encrypt_inner_pad,
            RsaForm::Old => encrypt_inner_old,
        };
        let encrypted_data =
            encrypt(key, &inner.to_bytes(), rng).map_err(|_| HandshakeError::Check)?.to_vec();
        let server_nonce = offer.server_nonce;
        let request =
            ReqDhParams { nonce: self.nonce, server_nonce, p, q, fingerprint, encrypted_data };
        self.stage = Stage::Sent(Box::new(Sent { server_nonce, new_nonce }));
        Ok(ClientStep::Send(request.to_bytes()))
    }

    fn agree(
        &mut self,
        body: &[u8],
        sent: Sent,
        rng: &mut dyn Random,
    ) -> Result<ClientStep, HandshakeError> {
        let cipher = TmpAes::new(&sent.new_nonce, &sent.server_nonce);
        let server = ServerDh::open(body, &cipher).ok_or(HandshakeError::Answer)?;
        if server.nonce != self.nonce
            || server.server_nonce != sent.server_nonce
            || server.dh_prime != PRIME
        {
            return Err(HandshakeError::Check);
        }
        self.offer(sent, server, 0, rng)
    }

    fn offer(
        &mut self,
        sent: Sent,
        server: ServerDh,
        retry_id: u64,
        rng: &mut dyn Random,
    ) -> Result<ClientStep, HandshakeError> {
        let pair = DhPair::generate(rng).map_err(|_| HandshakeError::Check)?;
        let g_a = left_padded(&server.g_a).ok_or(HandshakeError::Check)?;
        let shared = pair.secret.shared(&g_a).map_err(|_| HandshakeError::Check)?;
        let (nonce, server_nonce) = (self.nonce, sent.server_nonce);
        let inner = ClientDh {
            constructor: None,
            nonce,
            server_nonce,
            retry_id,
            g_b: pair.public.to_vec(),
        };
        let encrypted_data = inner.seal(&TmpAes::new(&sent.new_nonce, &server_nonce), rng);
        let request = SetClientDh { nonce, server_nonce, encrypted_data };
        self.stage =
            Stage::Offered(Box::new(Offered { sent, server, auth_key: AuthKey::new(*shared) }));
        Ok(ClientStep::Send(request.to_bytes()))
    }

    fn conclude(
        &mut self,
        body: &[u8],
        offered: Offered,
        rng: &mut dyn Random,
    ) -> Result<ClientStep, HandshakeError> {
        let Offered { sent, server, auth_key } = offered;
        let mut reader = Reader::new(body);
        let mut read = || -> tl_codec::Result<_> {
            Ok((reader.u32()?, reader.i128()?, reader.i128()?, reader.i128()?))
        };
        let (constructor, nonce, server_nonce, hash) =
            read().map_err(|_| HandshakeError::Answer)?;
        let number = match constructor {
            DH_GEN_OK => 1,
            DH_GEN_RETRY => 2,
            DH_GEN_FAIL => 3,
            _ => return Err(HandshakeError::Answer),
        };
        let expected = new_nonce_hash(&sent.new_nonce, number, auth_key.aux_hash());
        if (nonce, server_nonce, hash) != (self.nonce, sent.server_nonce, expected) {
            return Err(HandshakeError::Check);
        }
        match number {
            1 => {
                let first_salt = first_salt(&sent.new_nonce, &sent.server_nonce);
                Ok(ClientStep::Done(Box::new(ClientKey {
                    auth_key,
                    first_salt,
                    server_time: server.server_time,
                })))
            }
            2 => self.offer(sent, server, auth_key.aux_hash(), rng),
            _ => Err(HandshakeError::Failed),
        }
    }
}
