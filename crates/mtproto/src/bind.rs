//! The inner message of `auth.bindTempAuthKey`, the one place where MTProto 1 is accepted.
//!
//! <https://core.telegram.org/method/auth.bindTempAuthKey>: a message under the **permanent** key with
//!
//! ```text
//! random 16 | msg_id 8 | seqno 4 (0) | length 4 (40) | bind_auth_key_inner 40 | padding 8
//! ```

use core::fmt;

use crypto::{AuthKey, Error, HEADER_LEN, Random, open_v1, seal_v1};
use tl_codec::Writer;

use crate::schema::BIND_AUTH_KEY_INNER;

/// Random, message id, sequence number, length, body.
const DATA_LEN: usize = 72;
const BODY_LEN: i32 = 40;
const PADDED_LEN: usize = 80;

/// What the request says, and the session it came in.
#[derive(Clone, Copy)]
pub struct BindRequest<'a> {
    /// The permanent key that `perm_auth_key_id` names.
    pub perm_key: &'a AuthKey,
    /// The temporary key of the session.
    pub temp_auth_key_id: u64,
    /// The session that the request came in.
    pub session_id: i64,
    /// The message id of the request, which the inner message repeats.
    pub msg_id: i64,
    /// `nonce` of the request.
    pub nonce: i64,
    /// `expires_at` of the request. That it lies in the future is for the caller to check.
    pub expires_at: i32,
    /// `encrypted_message` of the request.
    pub encrypted_message: &'a [u8],
}

impl fmt::Debug for BindRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BindRequest(<redacted>)")
    }
}

/// 400 `ENCRYPTED_MESSAGE_INVALID`: one kind, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the encrypted message does not bind these keys")]
pub struct BindError;

/// Whether the owner of the permanent key wants this temporary key bound.
///
/// # Errors
/// [`BindError`] for whatever differs: length, key ids, message key, nonce, session, message id, expiry.
pub fn verify_bind(request: BindRequest<'_>) -> Result<(), BindError> {
    if request.encrypted_message.len() != HEADER_LEN + PADDED_LEN {
        return Err(BindError);
    }
    let plain =
        open_v1(request.perm_key, DATA_LEN, request.encrypted_message).map_err(|_| BindError)?;
    let said = plain.get(16..DATA_LEN).ok_or(BindError)?;
    // What is compared was authenticated by the message key above, so the time of this comparison tells nothing.
    if said == expected(&request).as_slice() { Ok(()) } else { Err(BindError) }
}

fn expected(request: &BindRequest<'_>) -> Vec<u8> {
    let mut writer = Writer::with_capacity(DATA_LEN - 16);
    writer.i64(request.msg_id);
    writer.i32(0);
    writer.i32(BODY_LEN);
    writer.u32(BIND_AUTH_KEY_INNER);
    writer.i64(request.nonce);
    writer.i64(request.temp_auth_key_id.cast_signed());
    writer.i64(request.perm_key.id_signed());
    writer.i64(request.session_id);
    writer.i32(request.expires_at);
    writer.into_bytes()
}

/// The client's half: makes `encrypted_message` of the other fields, ignoring the one given.
///
/// # Errors
/// [`Error::Library`].
pub fn make_bind(request: &BindRequest<'_>, rng: &mut dyn Random) -> Result<Vec<u8>, Error> {
    let mut random = [0; 24];
    rng.fill(&mut random);
    let (head, padding) = random.split_at(16);
    seal_v1(request.perm_key, &[head, &expected(request)].concat(), padding)
}
