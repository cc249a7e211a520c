//! Secrets at rest: XChaCha20-Poly1305 under a key-encryption key.

use core::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::{Error, Random};

const VERSION: u8 = 1;
const NONCE_LEN: usize = 24;

/// Seals small secrets, each bound to a context such as its table and row id.
///
/// ```text
/// version 1 | nonce 24 | ciphertext, as long as the plaintext | tag 16
/// ```
pub struct Sealer(Zeroizing<[u8; 32]>);

impl Sealer {
    /// A sealer under this key.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }

    /// Seals `plain`; `aad` has to be given again to open it.
    #[must_use]
    pub fn seal(&self, aad: &[u8], plain: &[u8], rng: &mut dyn Random) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        rng.fill(&mut nonce);
        let cipher = XChaCha20Poly1305::new((&*self.0).into());
        let sealed =
            cipher.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad }).unwrap_or_default();
        let mut out = Vec::with_capacity(1 + NONCE_LEN + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    /// Opens what [`Sealer::seal`] made.
    ///
    /// # Errors
    /// [`Error::Refused`] for another key, another context or changed bytes.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (&version, rest) = sealed.split_first().ok_or(Error::Refused)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(Error::Refused)?;
        if version != VERSION {
            return Err(Error::Refused);
        }
        let cipher = XChaCha20Poly1305::new((&*self.0).into());
        let plain = cipher.decrypt(&XNonce::from(*nonce), Payload { msg: body, aad });
        plain.map(Zeroizing::new).map_err(|_| Error::Refused)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed() -> (Sealer, Vec<u8>) {
        let sealer = Sealer::new([3; 32]);
        let sealed = sealer.seal(b"auth_keys/1", b"secret", &mut |out: &mut [u8]| out.fill(9));
        (sealer, sealed)
    }

    #[test]
    fn opens_what_it_sealed() {
        let (sealer, sealed) = sealed();
        assert_eq!(sealer.open(b"auth_keys/1", &sealed).unwrap().as_slice(), b"secret");
    }

    #[test]
    fn refuses_every_flipped_byte_and_every_cut() {
        let (sealer, sealed) = sealed();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(sealer.open(b"auth_keys/1", &changed).is_err());
            assert!(sealer.open(b"auth_keys/1", &sealed[..at]).is_err());
        }
    }

    #[test]
    fn refuses_another_context_and_another_key() {
        let (sealer, sealed) = sealed();
        assert!(sealer.open(b"auth_keys/2", &sealed).is_err());
        assert!(Sealer::new([4; 32]).open(b"auth_keys/1", &sealed).is_err());
    }
}
