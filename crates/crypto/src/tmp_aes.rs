//! The temporary cipher of the key exchange.
#![expect(
    clippy::indexing_slicing,
    reason = "constant ranges of arrays, which `Zeroizing` hides from the lint"
)]

use core::fmt;

use zeroize::Zeroizing;

use crate::{Error, ige_decrypt, ige_encrypt, sha1};

/// `tmp_aes_key` and `tmp_aes_iv`, made of `new_nonce` and `server_nonce`
/// (<https://core.telegram.org/mtproto/auth_key>, step 6).
pub struct TmpAes {
    key: Zeroizing<[u8; 32]>,
    iv: Zeroizing<[u8; 32]>,
}

impl TmpAes {
    /// Derives both.
    #[must_use]
    pub fn new(new_nonce: &[u8; 32], server_nonce: &[u8; 16]) -> Self {
        let new_server = sha1(&[new_nonce, server_nonce]);
        let server_new = sha1(&[server_nonce, new_nonce]);
        let new_new = sha1(&[new_nonce, new_nonce]);
        let (mut key, mut iv) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
        key[..20].copy_from_slice(&new_server);
        key[20..].copy_from_slice(&server_new[..12]);
        iv[..8].copy_from_slice(&server_new[12..]);
        iv[8..28].copy_from_slice(&new_new);
        iv[28..].copy_from_slice(&new_nonce[..4]);
        Self { key, iv }
    }

    /// AES-256-IGE in place.
    ///
    /// # Errors
    /// [`Error::Length`] when `data` is not whole blocks.
    pub fn encrypt(&self, data: &mut [u8]) -> Result<(), Error> {
        ige_encrypt(&self.key, &self.iv, data)
    }

    /// The inverse.
    ///
    /// # Errors
    /// [`Error::Length`] when `data` is not whole blocks.
    pub fn decrypt(&self, data: &mut [u8]) -> Result<(), Error> {
        ige_decrypt(&self.key, &self.iv, data)
    }
}

impl fmt::Debug for TmpAes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TmpAes(<redacted>)")
    }
}
