//! The shared key of one client and the server.

use core::fmt;

use zeroize::Zeroizing;

use crate::sha1;

/// Length of an auth key in bytes.
pub const KEY_LEN: usize = 256;

/// A 2048-bit auth key, zero-padded on the left. Wiped when dropped.
#[derive(Clone)]
pub struct AuthKey {
    bytes: Zeroizing<[u8; KEY_LEN]>,
    id: u64,
    aux_hash: u64,
}

impl AuthKey {
    /// From the 256 big-endian bytes of g^(ab) mod p, leading zeros included.
    #[must_use]
    pub fn new(bytes: [u8; KEY_LEN]) -> Self {
        let digest = sha1(&[&bytes]);
        Self {
            id: u64_at::<12>(&digest),
            aux_hash: u64_at::<0>(&digest),
            bytes: Zeroizing::new(bytes),
        }
    }

    /// From stored bytes.
    ///
    /// # Errors
    /// [`crate::Error::Length`] when there are not 256 of them.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, crate::Error> {
        bytes.try_into().map(Self::new).map_err(|_| crate::Error::Length { got: bytes.len() })
    }

    /// `auth_key_id`: the 64 lower bits of the key's SHA-1, as read little-endian from a packet's first eight bytes.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// `auth_key_id` as the protocol's signed `long`.
    #[must_use]
    pub const fn id_signed(&self) -> i64 {
        self.id.cast_signed()
    }

    /// `auth_key_aux_hash`: the 64 higher bits of the key's SHA-1.
    #[must_use]
    pub const fn aux_hash(&self) -> u64 {
        self.aux_hash
    }

    /// The key itself, to be sealed and stored.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_LEN] {
        &self.bytes
    }
}

impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthKey(<redacted>)")
    }
}

fn u64_at<const AT: usize>(digest: &[u8; 20]) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(digest.iter().skip(AT)) {
        *to = *from;
    }
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_two_ends_of_the_hash() {
        let key = AuthKey::new([7; KEY_LEN]);
        let digest = sha1(&[&[7; KEY_LEN]]);
        assert_eq!(key.id().to_le_bytes(), digest[12..20]);
        assert_eq!(key.aux_hash().to_le_bytes(), digest[0..8]);
    }

    #[test]
    fn nothing_is_printed() {
        assert_eq!(format!("{:?}", AuthKey::new([0xab; KEY_LEN])), "AuthKey(<redacted>)");
    }

    #[test]
    fn other_lengths_are_refused() {
        assert_eq!(AuthKey::from_slice(&[1; 255]).err(), Some(crate::Error::Length { got: 255 }));
    }
}
