//! The two encrypted bodies of the key exchange, parsed after their hashes were right.

use crypto::{InnerData, Pq, RsaForm, sha1};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use tl_codec::Reader;
use zeroize::Zeroizing;

use super::limits::MAX_TEMPORARY_SECS;
use crate::schema::{
    CLIENT_DH_INNER_DATA, P_Q_INNER_DATA, P_Q_INNER_DATA_DC, P_Q_INNER_DATA_TEMP,
    P_Q_INNER_DATA_TEMP_DC,
};

/// What a client says in `p_q_inner_data` and its kin.
#[derive(Debug)]
pub(super) struct ClientInner {
    pub(super) new_nonce: Zeroizing<[u8; 32]>,
    pub(super) dc: Option<i32>,
    pub(super) expires_in: Option<u32>,
}

/// What it has to repeat.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) nonce: [u8; 16],
    pub(super) server_nonce: [u8; 16],
    pub(super) pq: Pq,
    pub(super) dcs: &'a [i32],
}

/// Parses inner data whose hash was right. `None` when anything differs from what was agreed.
pub(super) fn parse_inner(inner: &InnerData, expected: Expected<'_>) -> Option<ClientInner> {
    // The old form's hash covers exactly one length; it has to be this constructor's.
    parse_inner_bytes(inner.bytes(), inner.form == RsaForm::Old, expected)
}

/// `is_exact`: nothing may follow.
pub(super) fn parse_inner_bytes(
    bytes: &[u8],
    is_exact: bool,
    expected: Expected<'_>,
) -> Option<ClientInner> {
    let mut reader = Reader::new(bytes);
    let constructor = reader.u32().ok()?;
    let (has_dc, is_temporary) = match constructor {
        P_Q_INNER_DATA => (false, false),
        P_Q_INNER_DATA_DC => (true, false),
        P_Q_INNER_DATA_TEMP => (false, true),
        P_Q_INNER_DATA_TEMP_DC => (true, true),
        _ => return None,
    };
    let numbers = [reader.bytes().ok()?, reader.bytes().ok()?, reader.bytes().ok()?];
    let nonces = [reader.i128().ok()?, reader.i128().ok()?];
    let new_nonce = Zeroizing::new(reader.i256().ok()?);
    let dc = if has_dc { Some(reader.i32().ok()?) } else { None };
    let expires_in = if is_temporary { Some(reader.i32().ok()?) } else { None };
    if is_exact {
        reader.finish().ok()?;
    }
    let pq = expected.pq;
    let agreed = is_number(numbers[0], pq.product())
        && is_number(numbers[1], pq.p.into())
        && is_number(numbers[2], pq.q.into())
        && nonces == [expected.nonce, expected.server_nonce]
        && dc.is_none_or(|dc| is_advertised(dc, expected.dcs));
    let expires_in = match expires_in {
        None => None,
        Some(secs) => {
            Some(u32::try_from(secs).ok().filter(|secs| *secs > 0)?.min(MAX_TEMPORARY_SECS))
        }
    };
    agreed.then_some(ClientInner { new_nonce, dc, expires_in })
}

/// Big-endian, without leading zeros; all our numbers have a full first byte of four or eight.
pub(super) fn is_number(bytes: &[u8], number: u64) -> bool {
    let full = number.to_be_bytes();
    let skip = full.iter().take_while(|byte| **byte == 0).count();
    full.get(skip..) == Some(bytes)
}

/// The plain number, with 10000 more for test, negative for media.
fn is_advertised(dc: i32, dcs: &[i32]) -> bool {
    let plain = dc.unsigned_abs() % 10_000;
    dc.unsigned_abs() < 20_000 && dcs.iter().any(|known| known.unsigned_abs() == plain)
}

/// What a client says in `client_DH_inner_data`.
#[derive(Debug)]
pub(super) struct ClientDhInner {
    pub(super) nonce: [u8; 16],
    pub(super) server_nonce: [u8; 16],
    pub(super) retry_id: u64,
    pub(super) g_b: [u8; 256],
}

/// Opens `SHA-1(data) 20 | data | padding 0 to 15`, decrypted already.
///
/// Only TL would tell where the data ends. All lengths that leave whole words and whole blocks are hashed instead, and
/// nothing is parsed before one of them was right.
pub(super) fn open_client_dh(plain: &[u8]) -> Option<ClientDhInner> {
    let (hash, body) = plain.split_first_chunk::<20>()?;
    let (mut found, mut padding) = (Choice::from(0), 0_u32);
    for candidate in [0_u32, 4, 8, 12] {
        let len = body.len().checked_sub(usize::try_from(candidate).ok()?)?;
        let equal = sha1(&[body.get(..len)?]).ct_eq(hash);
        padding.conditional_assign(&candidate, equal);
        found |= equal;
    }
    if !bool::from(found) {
        return None;
    }
    let len = body.len().checked_sub(usize::try_from(padding).ok()?)?;
    parse_client_dh(body.get(..len)?)
}

/// Parses `client_DH_inner_data` whose hash was right.
pub(super) fn parse_client_dh(data: &[u8]) -> Option<ClientDhInner> {
    let mut reader = Reader::new(data);
    let constructor = reader.u32().ok()?;
    let inner = ClientDhInner {
        nonce: reader.i128().ok()?,
        server_nonce: reader.i128().ok()?,
        retry_id: reader.i64().ok()?.cast_unsigned(),
        g_b: left_padded(reader.bytes().ok()?)?,
    };
    reader.finish().ok()?;
    (constructor == CLIENT_DH_INNER_DATA).then_some(inner)
}

/// A big-endian number of at most 256 bytes as exactly 256.
pub(crate) fn left_padded(number: &[u8]) -> Option<[u8; 256]> {
    let mut out = [0; 256];
    let start = out.len().checked_sub(number.len())?;
    out.get_mut(start..)?.copy_from_slice(number);
    Some(out)
}
