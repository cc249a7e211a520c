//! RSA keys of the server: 2048 bits, exponent 65537.

use core::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use subtle::Choice;
use zeroize::Zeroizing;

use crate::bn::Rsa;
use crate::{Error, sha1};

const LEN: usize = 256;

/// The public half, as clients hold it.
pub struct RsaPublicKey {
    key: Rsa,
    modulus: [u8; LEN],
}

impl RsaPublicKey {
    /// From a PKCS#1 PEM block; text around it is ignored.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::new(Rsa::public_from_pkcs1(&pem_block(text, "RSA PUBLIC KEY").ok_or(Error::Key)?)?)
    }

    fn new(key: Rsa) -> Result<Self, Error> {
        let modulus: [u8; LEN] = key.modulus()?;
        if modulus[0] & 0x80 == 0 || key.exponent()? != 65_537 {
            return Err(Error::Key);
        }
        Ok(Self { key, modulus })
    }

    /// As PKCS#1 PEM, lines of 64 characters.
    ///
    /// # Errors
    /// [`Error::Library`].
    pub fn pem_pkcs1(&self) -> Result<String, Error> {
        Ok(pem_text("RSA PUBLIC KEY", &self.key.public_der()?).to_string())
    }

    /// The low 64 bits of SHA-1 over the TL strings `n` and `e`, as the protocol's `long`.
    #[must_use]
    pub fn fingerprint(&self) -> i64 {
        // TL strings: fe and three bytes of length before 256 bytes; 03 before the three bytes of 65537.
        let digest = sha1(&[&[0xfe, 0x00, 0x01, 0x00], &self.modulus, &[0x03, 0x01, 0x00, 0x01]]);
        let mut low = [0; 8];
        low.copy_from_slice(&digest[12..]);
        i64::from_le_bytes(low)
    }

    /// The modulus, big-endian.
    #[must_use]
    pub const fn modulus(&self) -> &[u8; LEN] {
        &self.modulus
    }

    /// The raw public operation.
    ///
    /// # Errors
    /// [`Error::Library`] when `input` is not below the modulus.
    pub fn raw(&self, input: &[u8; LEN]) -> Result<[u8; LEN], Error> {
        self.key.public(input)
    }

    /// Whether a big-endian number is below the modulus.
    pub(crate) fn is_above(&self, number: &[u8; LEN]) -> Choice {
        // Both are public; the comparison of arrays is big-endian order.
        Choice::from(u8::from(*number < self.modulus))
    }
}

impl fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPublicKey({:016x})", self.fingerprint())
    }
}

/// Both halves, as the server holds them.
pub struct RsaKeyPair {
    public: RsaPublicKey,
}

impl RsaKeyPair {
    /// A fresh key of `bits` bits, which have to be 2048. Drawn from the library's own generator.
    ///
    /// # Errors
    /// [`Error::Key`] for another size, [`Error::Library`].
    pub fn generate(bits: u32) -> Result<Self, Error> {
        if bits != 2048 {
            return Err(Error::Key);
        }
        Self::new(Rsa::generate(2048)?)
    }

    /// From PKCS#1 (`RSAPrivateKey`) or PKCS#8 DER.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        Self::new(Rsa::from_pkcs1(der).or_else(|_| Rsa::from_pkcs8(der))?)
    }

    /// From a PEM block `RSA PRIVATE KEY` or `PRIVATE KEY`; text around it is ignored.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        let der = pem_block(text, "RSA PRIVATE KEY").or_else(|| pem_block(text, "PRIVATE KEY"));
        Self::from_der(&der.ok_or(Error::Key)?)
    }

    fn new(key: Rsa) -> Result<Self, Error> {
        Ok(Self { public: RsaPublicKey::new(key)? })
    }

    /// The whole key as PKCS#1 DER, to be sealed and stored.
    ///
    /// # Errors
    /// [`Error::Library`].
    pub fn to_pkcs1_der(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.public.key.private_der()
    }

    /// The whole key as PKCS#1 PEM.
    ///
    /// # Errors
    /// [`Error::Library`].
    pub fn to_pkcs1_pem(&self) -> Result<Zeroizing<String>, Error> {
        Ok(pem_text("RSA PRIVATE KEY", &self.to_pkcs1_der()?))
    }

    /// The public half as PKCS#1 PEM, as `hoopoe key` prints it.
    ///
    /// # Errors
    /// [`Error::Library`].
    pub fn public_pem_pkcs1(&self) -> Result<String, Error> {
        self.public.pem_pkcs1()
    }

    /// As [`RsaPublicKey::fingerprint`].
    #[must_use]
    pub fn fingerprint(&self) -> i64 {
        self.public.fingerprint()
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> &RsaPublicKey {
        &self.public
    }

    /// The raw private operation: blinded, with CRT, in constant time.
    ///
    /// # Errors
    /// [`Error::Library`] when `input` is not below the modulus.
    pub fn raw_private(&self, input: &[u8; LEN]) -> Result<Zeroizing<[u8; LEN]>, Error> {
        self.public.key.private(input).map(Zeroizing::new)
    }
}

impl fmt::Debug for RsaKeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaKeyPair({:016x}, <redacted>)", self.fingerprint())
    }
}

fn pem_block(text: &str, label: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let code: Zeroizing<String> = Zeroizing::new(body.split_ascii_whitespace().collect());
    STANDARD.decode(code.as_bytes()).ok().map(Zeroizing::new)
}

fn pem_text(label: &str, der: &[u8]) -> Zeroizing<String> {
    let code = Zeroizing::new(STANDARD.encode(der));
    // One allocation, so that no copy of a private key is left behind by growing.
    let mut text = String::with_capacity(code.len() + code.len() / 64 + 128);
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    for (at, letter) in code.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            text.push('\n');
        }
        text.push(letter);
    }
    text.push_str("\n-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    Zeroizing::new(text)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::OnceLock;

    use super::*;

    /// One key for all tests: making one takes long.
    pub(crate) fn test_key() -> &'static RsaKeyPair {
        static KEY: OnceLock<RsaKeyPair> = OnceLock::new();
        KEY.get_or_init(|| RsaKeyPair::generate(2048).unwrap())
    }

    /// Made by `openssl genrsa 2048`, converted by `openssl pkcs8 -topk8 -nocrypt`; its fingerprint was computed by an
    /// independent program. Used nowhere but here.
    const PKCS8: &str = include_str!("../tests/data/rsa_pkcs8.pem");
    const PKCS1: &str = include_str!("../tests/data/rsa_pkcs1.pem");
    const PUBLIC: &str = include_str!("../tests/data/rsa_public.pem");
    const FINGERPRINT: &str = include_str!("../tests/data/rsa_fingerprint.txt");

    #[test]
    fn both_forms_of_a_key_made_elsewhere_are_read() {
        let (eight, one) =
            (RsaKeyPair::from_pem(PKCS8).unwrap(), RsaKeyPair::from_pem(PKCS1).unwrap());
        assert_eq!(eight.fingerprint(), one.fingerprint());
        assert_eq!(eight.public_pem_pkcs1().unwrap(), PUBLIC);
        assert_eq!(eight.fingerprint().to_string(), FINGERPRINT.trim());
    }

    #[test]
    fn stored_and_read_again() {
        let key = test_key();
        let again = RsaKeyPair::from_pem(&key.to_pkcs1_pem().unwrap()).unwrap();
        assert_eq!(again.fingerprint(), key.fingerprint());
        let der = RsaKeyPair::from_der(&key.to_pkcs1_der().unwrap()).unwrap();
        assert_eq!(der.fingerprint(), key.fingerprint());
        let public = RsaPublicKey::from_pem(&key.public_pem_pkcs1().unwrap()).unwrap();
        assert_eq!(public.fingerprint(), key.fingerprint());
    }

    #[test]
    fn private_undoes_public() {
        let mut number = [0x5a; LEN];
        number[0] = 1;
        let hidden = test_key().public().raw(&number).unwrap();
        assert_ne!(hidden, number);
        assert_eq!(*test_key().raw_private(&hidden).unwrap(), number);
    }

    #[test]
    fn numbers_above_the_modulus_are_refused() {
        assert_eq!(test_key().raw_private(&[0xff; LEN]).err(), Some(Error::Library));
        assert!(!bool::from(test_key().public().is_above(&[0xff; LEN])));
        assert!(!bool::from(test_key().public().is_above(test_key().public().modulus())));
        assert!(bool::from(test_key().public().is_above(&[0; LEN])));
    }

    #[test]
    fn nonsense_is_no_key() {
        assert!(
            RsaKeyPair::from_pem(
                "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"
            )
            .is_err()
        );
        assert!(RsaKeyPair::from_der(&[0x30, 0x03, 0x02, 0x01, 0x00]).is_err());
        assert!(RsaKeyPair::generate(1024).is_err());
    }

    #[test]
    fn the_private_half_is_not_printed() {
        assert!(format!("{:?}", test_key()).ends_with("<redacted>)"));
    }
}
