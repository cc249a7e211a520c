//! What a client asks in plain messages.

use tl_codec::Reader;

use crate::schema::{REQ_DH_PARAMS, REQ_PQ, REQ_PQ_MULTI, SET_CLIENT_DH_PARAMS};

/// A request of the key exchange, as TL says it; nothing is checked yet.
#[derive(Debug)]
pub(super) enum Request<'a> {
    Pq { nonce: [u8; 16] },
    Params(ParamsRequest<'a>),
    ClientDh(ClientDhRequest<'a>),
}

/// `req_DH_params`.
#[derive(Debug)]
pub(super) struct ParamsRequest<'a> {
    pub(super) nonce: [u8; 16],
    pub(super) server_nonce: [u8; 16],
    pub(super) p: &'a [u8],
    pub(super) q: &'a [u8],
    pub(super) fingerprint: i64,
    pub(super) encrypted_data: &'a [u8],
}

/// `set_client_DH_params`.
#[derive(Debug)]
pub(super) struct ClientDhRequest<'a> {
    pub(super) nonce: [u8; 16],
    pub(super) server_nonce: [u8; 16],
    pub(super) encrypted_data: &'a [u8],
}

impl<'a> Request<'a> {
    /// The request, and the bytes that it takes. `None` for anything else.
    ///
    /// What follows is padding: TDLib adds random bytes behind each request of the key exchange, fresh ones each time.
    pub(super) fn parse(body: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let mut reader = Reader::new(body);
        let request = Self::read(&mut reader).ok()??;
        Some((request, body.get(..reader.position())?))
    }

    fn read(reader: &mut Reader<'a>) -> tl_codec::Result<Option<Self>> {
        Ok(Some(match reader.u32()? {
            REQ_PQ | REQ_PQ_MULTI => Self::Pq { nonce: reader.i128()? },
            REQ_DH_PARAMS => Self::Params(ParamsRequest {
                nonce: reader.i128()?,
                server_nonce: reader.i128()?,
                p: reader.bytes()?,
                q: reader.bytes()?,
                fingerprint: reader.i64()?,
                encrypted_data: reader.bytes()?,
            }),
            SET_CLIENT_DH_PARAMS => Self::ClientDh(ClientDhRequest {
                nonce: reader.i128()?,
                server_nonce: reader.i128()?,
                encrypted_data: reader.bytes()?,
            }),
            _ => return Ok(None),
        }))
    }

    pub(super) const fn nonce(&self) -> [u8; 16] {
        match self {
            Self::Pq { nonce } => *nonce,
            Self::Params(params) => params.nonce,
            Self::ClientDh(client) => client.nonce,
        }
    }
}
