//! Whole encrypted messages: message key, key derivation, cipher.
//!
//! <https://core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector>. A packet is
//!
//! ```text
//! auth_key_id 8 | msg_key 16 | AES-256-IGE of (plaintext | padding), 32 bytes or more, whole blocks
//! ```
#![expect(
    clippy::indexing_slicing,
    reason = "constant ranges of arrays, which `Zeroizing` hides from the lint"
)]

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    AuthKey, Error, IgeLane, ige_decrypt, ige_encrypt, ige_encrypt_batch, sha1, sha256_parts,
};

/// Bytes of a packet before its encrypted part: key id and message key.
pub const HEADER_LEN: usize = 24;
/// The least length of a packet: header, 32 bytes of message header, no room for less.
pub const MIN_PACKET: usize = HEADER_LEN + 32;
const MIN_PADDING: usize = 12;

/// Who encrypts: it decides which part of the auth key is used (x = 0 or 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// x = 0.
    Client,
    /// x = 8.
    Server,
}

/// A packet that was opened in place.
#[derive(Debug, PartialEq, Eq)]
pub struct Opened<'a> {
    /// Plaintext and padding.
    pub plain: &'a [u8],
    /// What a quick acknowledgement of this packet carries: [`quick_ack_token`].
    pub quick_ack: u32,
}

/// One packet of a batch: [`HEADER_LEN`] free bytes, then plaintext and padding. Sealed in place.
#[derive(Debug)]
pub struct SealLane<'a> {
    /// The recipient's key.
    pub key: &'a AuthKey,
    /// The packet.
    pub packet: &'a mut [u8],
}

/// The length of plaintext and padding together: the least that has 12 bytes of padding and whole blocks.
#[must_use]
pub const fn padded_len(plain: usize) -> usize {
    (plain + MIN_PADDING).next_multiple_of(16)
}

/// The first four bytes of the whole message key with the top bit set, as the quick acknowledgement carries them.
#[must_use]
pub fn quick_ack_token(large: &[u8; 32]) -> u32 {
    u32::from_le_bytes([large[0], large[1], large[2], large[3]]) | 0x8000_0000
}

/// Seals one packet in place: [`HEADER_LEN`] free bytes, then plaintext and padding. Returns the quick-ack token that a
/// server would answer.
///
/// # Errors
/// [`Error::Length`] when it is too short or not whole blocks.
pub fn seal(key: &AuthKey, sender: Sender, packet: &mut [u8]) -> Result<u32, Error> {
    let (lane, token) = prepare(key, sender, packet)?;
    ige_encrypt_batch(&mut [lane])?;
    Ok(token)
}

/// Seals many packets in place, eight at a time in lockstep. Group packets of equal length.
///
/// # Errors
/// [`Error::Length`] when one is too short or not whole blocks; the packets of its group of eight and later ones
/// are then unusable.
pub fn seal_batch(sender: Sender, lanes: &mut [SealLane<'_>]) -> Result<(), Error> {
    for group in lanes.chunks_mut(8) {
        let mut ready: [Option<IgeLane<'_>>; 8] = [const { None }; 8];
        for (slot, lane) in ready.iter_mut().zip(group) {
            *slot = Some(prepare(lane.key, sender, lane.packet)?.0);
        }
        match ready {
            [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f), Some(g), Some(h)] => {
                ige_encrypt_batch(&mut [a, b, c, d, e, f, g, h])?;
            }
            fewer => {
                let mut few: Vec<IgeLane<'_>> = fewer.into_iter().flatten().collect();
                ige_encrypt_batch(&mut few)?;
            }
        }
    }
    Ok(())
}

/// Writes the header and derives key and IV; the encryption itself is left to the caller.
fn prepare<'a>(
    key: &AuthKey,
    sender: Sender,
    packet: &'a mut [u8],
) -> Result<(IgeLane<'a>, u32), Error> {
    let got = packet.len();
    let (header, data) =
        packet.split_first_chunk_mut::<HEADER_LEN>().ok_or(Error::Length { got })?;
    if data.len() < 32 || !data.len().is_multiple_of(16) {
        return Err(Error::Length { got });
    }
    let large = msg_key_large(key, sender, data);
    header[..8].copy_from_slice(&key.id().to_le_bytes());
    header[8..].copy_from_slice(&large[8..24]);
    let mut msg_key = [0; 16];
    msg_key.copy_from_slice(&large[8..24]);
    let (aes_key, aes_iv) = derive_v2(key, sender, &msg_key);
    Ok((IgeLane { key: aes_key, iv: aes_iv, data }, quick_ack_token(&large)))
}

/// Opens a packet in place. `sender` is who encrypted it. The whole is decrypted and hashed before a byte of it is looked at.
///
/// # Errors
/// [`Error::Refused`] for anything wrong: length, key id, message key.
pub fn open<'a>(key: &AuthKey, sender: Sender, packet: &'a mut [u8]) -> Result<Opened<'a>, Error> {
    let (header, data) = packet.split_first_chunk_mut::<HEADER_LEN>().ok_or(Error::Refused)?;
    if data.len() < 32 || !data.len().is_multiple_of(16) || header[..8] != key.id().to_le_bytes() {
        return Err(Error::Refused);
    }
    let mut msg_key = [0; 16];
    msg_key.copy_from_slice(&header[8..]);
    let (aes_key, aes_iv) = derive_v2(key, sender, &msg_key);
    ige_decrypt(&aes_key, &aes_iv, data)?;
    let large = msg_key_large(key, sender, data);
    if !bool::from(large[8..24].ct_eq(&msg_key)) {
        data.zeroize();
        return Err(Error::Refused);
    }
    Ok(Opened { plain: data, quick_ack: quick_ack_token(&large) })
}

/// SHA-256 over 32 bytes of the auth key and the padded plaintext; its middle half is the message key.
fn msg_key_large(key: &AuthKey, sender: Sender, padded: &[u8]) -> [u8; 32] {
    let key = key.expose();
    let part = match sender {
        Sender::Client => &key[88..120],
        Sender::Server => &key[96..128],
    };
    sha256_parts(&[part, padded])
}

/// Key and IV of one message. They are not wiped: they open nothing but a message that lies beside them in the clear.
fn derive_v2(key: &AuthKey, sender: Sender, msg_key: &[u8; 16]) -> ([u8; 32], [u8; 32]) {
    let key = key.expose();
    let (for_a, for_b) = match sender {
        Sender::Client => (&key[..36], &key[40..76]),
        Sender::Server => (&key[8..44], &key[48..84]),
    };
    let a = sha256_parts(&[msg_key, for_a]);
    let b = sha256_parts(&[for_b, msg_key]);
    (mixed(&a, &b), mixed(&b, &a))
}

/// The outer quarters of one hash around the middle half of the other.
fn mixed(outer: &[u8; 32], inner: &[u8; 32]) -> [u8; 32] {
    let mut out = *outer;
    out[8..24].copy_from_slice(&inner[8..24]);
    out
}

/// Opens the inner message of `auth.bindTempAuthKey`, the one place where MTProto 1 is accepted. The result is plaintext and
/// padding; the caller knows its length (`data_len`) beforehand.
///
/// # Errors
/// [`Error::Refused`] for anything wrong: length, key id, message key.
pub fn open_v1(key: &AuthKey, data_len: usize, packet: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (header, data) = packet.split_first_chunk::<HEADER_LEN>().ok_or(Error::Refused)?;
    if header[..8] != key.id().to_le_bytes()
        || !data.len().is_multiple_of(16)
        || data.len() < data_len
    {
        return Err(Error::Refused);
    }
    let mut msg_key = [0; 16];
    msg_key.copy_from_slice(&header[8..]);
    let (aes_key, aes_iv) = derive_v1(key, &msg_key);
    let mut plain = Zeroizing::new(data.to_vec());
    ige_decrypt(&aes_key, &aes_iv, &mut plain)?;
    let digest = sha1(&[plain.get(..data_len).ok_or(Error::Refused)?]);
    if !bool::from(digest[4..].ct_eq(&msg_key)) {
        return Err(Error::Refused);
    }
    Ok(plain)
}

/// The client's half of [`open_v1`]: `padding` is appended after the message key is made of `data`.
///
/// # Errors
/// [`Error::Length`] when both together are not whole blocks.
pub fn seal_v1(key: &AuthKey, data: &[u8], padding: &[u8]) -> Result<Vec<u8>, Error> {
    let digest = sha1(&[data]);
    let mut msg_key = [0; 16];
    msg_key.copy_from_slice(&digest[4..]);
    let (aes_key, aes_iv) = derive_v1(key, &msg_key);
    let mut body = [data, padding].concat();
    ige_encrypt(&aes_key, &aes_iv, &mut body)?;
    Ok([&key.id().to_le_bytes(), msg_key.as_slice(), &body].concat())
}

/// The derivation of MTProto 1 for messages of a client (x = 0).
fn derive_v1(key: &AuthKey, msg_key: &[u8; 16]) -> (Zeroizing<[u8; 32]>, Zeroizing<[u8; 32]>) {
    let key = key.expose();
    let a = sha1(&[msg_key, &key[..32]]);
    let b = sha1(&[&key[32..48], msg_key, &key[48..64]]);
    let c = sha1(&[&key[64..96], msg_key]);
    let d = sha1(&[msg_key, &key[96..128]]);
    let (mut aes_key, mut aes_iv) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
    aes_key[..8].copy_from_slice(&a[..8]);
    aes_key[8..20].copy_from_slice(&b[8..20]);
    aes_key[20..].copy_from_slice(&c[4..16]);
    aes_iv[..12].copy_from_slice(&a[8..20]);
    aes_iv[12..20].copy_from_slice(&b[..8]);
    aes_iv[20..24].copy_from_slice(&c[16..20]);
    aes_iv[24..].copy_from_slice(&d[..8]);
    (aes_key, aes_iv)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> AuthKey {
        AuthKey::new(core::array::from_fn(|i| {
            seed.wrapping_add(u8::try_from(i).unwrap().wrapping_mul(7))
        }))
    }

    fn packet(len: usize) -> Vec<u8> {
        (0..=250).cycle().take(len).collect()
    }

    #[test]
    fn opens_what_was_sealed_in_both_directions() {
        for sender in [Sender::Client, Sender::Server] {
            let mut sealed = packet(24 + 64);
            let token = seal(&key(1), sender, &mut sealed).unwrap();
            let opened = open(&key(1), sender, &mut sealed).unwrap();
            assert_eq!(opened.plain, &packet(24 + 64)[24..]);
            assert_eq!(opened.quick_ack, token);
            assert_eq!(token >> 31, 1);
        }
    }

    #[test]
    fn a_batch_is_what_single_messages_are() {
        let keys: Vec<AuthKey> = (0..19).map(key).collect();
        let mut single: Vec<Vec<u8>> = (0..19).map(|i| packet(24 + 32 + 16 * (i % 3))).collect();
        let mut batch = single.clone();
        for (key, packet) in keys.iter().zip(&mut single) {
            seal(key, Sender::Server, packet).unwrap();
        }
        let mut lanes: Vec<SealLane<'_>> =
            keys.iter().zip(&mut batch).map(|(key, packet)| SealLane { key, packet }).collect();
        seal_batch(Sender::Server, &mut lanes).unwrap();
        assert_eq!(batch, single);
    }

    #[test]
    fn every_changed_byte_is_refused() {
        let mut sealed = packet(24 + 48);
        seal(&key(1), Sender::Client, &mut sealed).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 0x40;
            assert_eq!(open(&key(1), Sender::Client, &mut changed), Err(Error::Refused), "{at}");
        }
    }

    #[test]
    fn the_wrong_direction_key_or_length_is_refused() {
        let mut sealed = packet(24 + 48);
        seal(&key(1), Sender::Client, &mut sealed).unwrap();
        assert!(open(&key(1), Sender::Server, &mut sealed.clone()).is_err());
        assert!(open(&key(2), Sender::Client, &mut sealed.clone()).is_err());
        for len in 0..sealed.len() {
            assert!(open(&key(1), Sender::Client, &mut sealed.clone()[..len]).is_err(), "{len}");
        }
    }

    #[test]
    fn what_cannot_be_sealed_is_refused() {
        for len in [0, 23, 24, 40, 57] {
            assert!(seal(&key(1), Sender::Client, &mut packet(len)).is_err(), "{len}");
        }
    }

    #[test]
    fn padding_is_12_to_27_bytes_and_whole_blocks() {
        for plain in 0..100 {
            let padded = padded_len(plain);
            assert!(padded.is_multiple_of(16) && (12..28).contains(&(padded - plain)), "{plain}");
        }
    }

    #[test]
    fn version_1_round_trip_and_refusals() {
        let sealed = seal_v1(&key(3), &[9; 72], &[5; 8]).unwrap();
        assert_eq!(open_v1(&key(3), 72, &sealed).unwrap()[..72], [9; 72]);
        assert!(open_v1(&key(3), 71, &sealed).is_err());
        assert!(open_v1(&key(4), 72, &sealed).is_err());
        for at in 0..sealed.len() - 16 {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open_v1(&key(3), 72, &changed).is_err(), "{at}");
        }
        for len in 0..sealed.len() - 16 {
            assert!(open_v1(&key(3), 72, &sealed[..len]).is_err(), "{len}");
        }
    }
}
