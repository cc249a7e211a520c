//! The requests and inner bodies of the key exchange as plain data, so that a test can change any part of them.

use crypto::{Random, TmpAes};
use tl_codec::{Error, Reader, Writer};

use crate::handshake::seal_hashed;
use crate::schema::{
    CLIENT_DH_INNER_DATA, P_Q_INNER_DATA, P_Q_INNER_DATA_DC, P_Q_INNER_DATA_TEMP,
    P_Q_INNER_DATA_TEMP_DC, REQ_DH_PARAMS, RES_PQ, SERVER_DH_INNER_DATA, SERVER_DH_PARAMS_OK,
    SET_CLIENT_DH_PARAMS,
};

/// `resPQ`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResPq {
    /// The client's nonce.
    pub nonce: [u8; 16],
    /// The server's nonce.
    pub server_nonce: [u8; 16],
    /// pq, big-endian.
    pub pq: Vec<u8>,
    /// Keys that the server has.
    pub fingerprints: Vec<i64>,
}

impl ResPq {
    /// Reads it.
    ///
    /// # Errors
    /// Whatever is wrong with the bytes.
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body);
        expect(&mut reader, RES_PQ)?;
        let (nonce, server_nonce) = (reader.i128()?, reader.i128()?);
        let pq = reader.bytes_owned()?;
        let count = reader.vector_len()?;
        let fingerprints = (0..count).map(|_| reader.i64()).collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { nonce, server_nonce, pq, fingerprints })
    }
}

/// `p_q_inner_data` and its kin.
#[derive(Debug, Clone)]
pub struct InnerPq {
    /// Another constructor than the one that fits `dc` and `expires_in`.
    pub constructor: Option<u32>,
    /// pq, big-endian.
    pub pq: Vec<u8>,
    /// The smaller prime.
    pub p: Vec<u8>,
    /// The larger prime.
    pub q: Vec<u8>,
    /// The client's nonce.
    pub nonce: [u8; 16],
    /// The server's nonce.
    pub server_nonce: [u8; 16],
    /// The secret nonce.
    pub new_nonce: [u8; 32],
    /// The data centre dialled.
    pub dc: Option<i32>,
    /// Life of a temporary key, in seconds.
    pub expires_in: Option<i32>,
}

impl InnerPq {
    /// Writes it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let fitting = match (self.dc, self.expires_in) {
            (None, None) => P_Q_INNER_DATA,
            (Some(_), None) => P_Q_INNER_DATA_DC,
            (None, Some(_)) => P_Q_INNER_DATA_TEMP,
            (Some(_), Some(_)) => P_Q_INNER_DATA_TEMP_DC,
        };
        let mut writer = Writer::new();
        writer.u32(self.constructor.unwrap_or(fitting));
        writer.bytes(&self.pq);
        writer.bytes(&self.p);
        writer.bytes(&self.q);
        writer.raw(&self.nonce);
        writer.raw(&self.server_nonce);
        writer.raw(&self.new_nonce);
        if let Some(dc) = self.dc {
            writer.i32(dc);
        }
        if let Some(expires_in) = self.expires_in {
            writer.i32(expires_in);
        }
        writer.into_bytes()
    }
}

/// `req_DH_params`.
#[derive(Debug, Clone)]
pub struct ReqDhParams {
    /// The client's nonce.
    pub nonce: [u8; 16],
    /// The server's nonce.
    pub server_nonce: [u8; 16],
    /// The smaller prime.
    pub p: Vec<u8>,
    /// The larger prime.
    pub q: Vec<u8>,
    /// The server's key.
    pub fingerprint: i64,
    /// The inner data under that key.
    pub encrypted_data: Vec<u8>,
}

impl ReqDhParams {
    /// Writes it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u32(REQ_DH_PARAMS);
        writer.raw(&self.nonce);
        writer.raw(&self.server_nonce);
        writer.bytes(&self.p);
        writer.bytes(&self.q);
        writer.i64(self.fingerprint);
        writer.bytes(&self.encrypted_data);
        writer.into_bytes()
    }
}

/// `server_DH_inner_data`, decrypted out of `server_DH_params_ok`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerDh {
    /// The client's nonce.
    pub nonce: [u8; 16],
    /// The server's nonce.
    pub server_nonce: [u8; 16],
    /// The generator.
    pub g: i32,
    /// The prime.
    pub dh_prime: Vec<u8>,
    /// g^a.
    pub g_a: Vec<u8>,
    /// The server's time.
    pub server_time: i32,
}

impl ServerDh {
    /// Reads it. `None` when the hash or anything else is wrong.
    #[must_use]
    pub fn open(body: &[u8], cipher: &TmpAes) -> Option<Self> {
        let mut reader = Reader::new(body);
        expect(&mut reader, SERVER_DH_PARAMS_OK).ok()?;
        reader.raw(32).ok()?;
        let mut plain = reader.bytes_owned().ok()?;
        reader.finish().ok()?;
        cipher.decrypt(&mut plain).ok()?;
        let (hash, answer) = plain.split_first_chunk::<20>()?;
        let mut reader = Reader::new(answer);
        let inner = Self::read(&mut reader).ok()?;
        let read = answer.len() - reader.remaining();
        (reader.remaining() < 16 && crypto::sha1(&[answer.get(..read)?]) == *hash).then_some(inner)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        expect(reader, SERVER_DH_INNER_DATA)?;
        Ok(Self {
            nonce: reader.i128()?,
            server_nonce: reader.i128()?,
            g: reader.i32()?,
            dh_prime: reader.bytes_owned()?,
            g_a: reader.bytes_owned()?,
            server_time: reader.i32()?,
        })
    }
}

/// `client_DH_inner_data`.
#[derive(Debug, Clone)]
pub struct ClientDh {
    /// Another constructor than the right one.
    pub constructor: Option<u32>,
    /// The client's nonce.
    pub nonce: [u8; 16],
    /// The server's nonce.
    pub server_nonce: [u8; 16],
    /// 0, or the aux hash of the key that collided.
    pub retry_id: u64,
    /// g^b.
    pub g_b: Vec<u8>,
}

impl ClientDh {
    /// Writes it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u32(self.constructor.unwrap_or(CLIENT_DH_INNER_DATA));
        writer.raw(&self.nonce);
        writer.raw(&self.server_nonce);
        writer.i64(self.retry_id.cast_signed());
        writer.bytes(&self.g_b);
        writer.into_bytes()
    }

    /// `SHA-1 | data | padding`, encrypted.
    #[must_use]
    pub fn seal(&self, cipher: &TmpAes, rng: &mut dyn Random) -> Vec<u8> {
        seal_hashed(cipher, &self.to_bytes(), rng).unwrap_or_default()
    }
}

/// `set_client_DH_params`.
#[derive(Debug, Clone)]
pub struct SetClientDh {
    /// The client's nonce.
    pub nonce: [u8; 16],
    /// The server's nonce.
    pub server_nonce: [u8; 16],
    /// The inner data under the temporary cipher.
    pub encrypted_data: Vec<u8>,
}

impl SetClientDh {
    /// Writes it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u32(SET_CLIENT_DH_PARAMS);
        writer.raw(&self.nonce);
        writer.raw(&self.server_nonce);
        writer.bytes(&self.encrypted_data);
        writer.into_bytes()
    }
}

pub(super) fn expect(reader: &mut Reader<'_>, constructor: u32) -> Result<(), Error> {
    match reader.u32()? {
        id if id == constructor => Ok(()),
        id => Err(Error::UnknownConstructor { id, expected: "a step of the key exchange" }),
    }
}
