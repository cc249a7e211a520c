//! Two-step verification: SRP as the protocol uses it.
//!
//! <https://core.telegram.org/api/srp>, algorithm
//! `passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow` in the group of the key exchange. The server holds a
//! verifier and never sees a password; the client's half is here for tests and tools.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::bn::Bn;
use crate::dh::group;
use crate::{Error, G, PRIME, Random, sha256, sha256_parts};

const ITERATIONS: u32 = 100_000;
type Number = [u8; 256];

/// Whether `v` may be stored: 1 < v < p - 1.
#[must_use]
pub fn srp_verifier_is_valid(verifier: &Number) -> bool {
    let mut last = PRIME;
    last[255] -= 1;
    let mut one = [0; 256];
    one[255] = 1;
    *verifier > one && *verifier < last
}

/// What a client sends to prove its password.
#[derive(Clone)]
pub struct SrpProof {
    /// A = g^a mod p.
    pub a: Number,
    /// M1.
    pub m1: [u8; 32],
}

impl fmt::Debug for SrpProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SrpProof(<redacted>)")
    }
}

/// One question of the server: `srp_B` and the secret behind it. Used for one answer only.
pub struct SrpChallenge {
    secret: Zeroizing<Number>,
    public: Number,
}

impl SrpChallenge {
    /// Draws b and computes `srp_B` = k*v + g^b mod p.
    ///
    /// # Errors
    /// [`Error::Range`] for an invalid verifier, [`Error::Library`].
    pub fn new(verifier: &Number, rng: &mut dyn Random) -> Result<Self, Error> {
        let mut secret = Zeroizing::new([0; 256]);
        rng.fill(secret.as_mut_slice());
        Self::from_secret(verifier, secret)
    }

    /// The same challenge again from its stored secret.
    ///
    /// # Errors
    /// [`Error::Range`] for an invalid verifier, [`Error::Library`].
    pub fn from_secret(verifier: &Number, secret: Zeroizing<Number>) -> Result<Self, Error> {
        if !srp_verifier_is_valid(verifier) {
            return Err(Error::Range);
        }
        let group = group()?;
        let power = group.power(&generator()?, &Bn::from_be(secret.as_slice())?)?;
        let masked = group.product(&multiplier()?, &Bn::from_be(verifier)?)?;
        let public = group.sum(&masked, &power)?.to_be()?;
        Ok(Self { secret, public })
    }

    /// `srp_B`.
    #[must_use]
    pub const fn public(&self) -> &Number {
        &self.public
    }

    /// b, to be kept until the answer comes.
    #[must_use]
    pub fn expose_secret(&self) -> &Number {
        &self.secret
    }

    /// Whether `proof` shows knowledge of the password behind `verifier`. A fault of the numbers and a wrong password
    /// give the same answer.
    ///
    /// # Errors
    /// [`Error::Range`] when A is 0 modulo p or not below p, [`Error::Library`].
    pub fn verify(
        &self,
        verifier: &Number,
        salts: (&[u8], &[u8]),
        proof: &SrpProof,
    ) -> Result<bool, Error> {
        if proof.a == [0; 256] || proof.a >= PRIME {
            return Err(Error::Range);
        }
        let group = group()?;
        let scramble = Bn::from_be(&sha256_parts(&[&proof.a, &self.public]))?;
        // s = (A * v^u)^b
        let base = group
            .product(&Bn::from_be(&proof.a)?, &group.power(&Bn::from_be(verifier)?, &scramble)?)?;
        let shared: Number = group.power(&base, &Bn::from_be(self.secret.as_slice())?)?.to_be()?;
        let expected = evidence(salts, &proof.a, &self.public, &Zeroizing::new(shared));
        Ok(expected.ct_eq(&proof.m1).into())
    }
}

impl fmt::Debug for SrpChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SrpChallenge(<redacted>)")
    }
}

/// The client's half: v = g^x mod p.
///
/// # Errors
/// [`Error::Library`].
pub fn srp_verifier(password: &[u8], salts: (&[u8], &[u8])) -> Result<Number, Error> {
    group()?.power(&generator()?, &Bn::from_be(private_key(password, salts).as_slice())?)?.to_be()
}

/// The client's half: A and M1 for `srp_B`.
///
/// # Errors
/// [`Error::Range`] when `srp_B` is not below p, [`Error::Library`].
pub fn srp_client_proof(
    password: &[u8],
    salts: (&[u8], &[u8]),
    public: &Number,
    rng: &mut dyn Random,
) -> Result<SrpProof, Error> {
    if *public >= PRIME {
        return Err(Error::Range);
    }
    let group = group()?;
    let mut secret = Zeroizing::new([0; 256]);
    rng.fill(secret.as_mut_slice());
    let secret = Bn::from_be(secret.as_slice())?;
    let a: Number = group.power(&generator()?, &secret)?.to_be()?;
    let scramble = Bn::from_be(&sha256_parts(&[&a, public]))?;
    let x = Bn::from_be(private_key(password, salts).as_slice())?;
    let verifier = group.power(&generator()?, &x)?;
    // s = (B - k*v)^(a + u*x)
    let base =
        group.difference(&Bn::from_be(public)?, &group.product(&multiplier()?, &verifier)?)?;
    let shared: Number = group.power(&base, &secret.plus(&scramble.times(&x)?)?)?.to_be()?;
    Ok(SrpProof { a, m1: evidence(salts, &a, public, &shared) })
}

fn generator() -> Result<Bn, Error> {
    Bn::from_u64(u64::from(G))
}

fn padded_generator() -> Number {
    let mut bytes = [0; 256];
    bytes[255] = G;
    bytes
}

/// k = H(p | g), below p because a hash has 256 bits.
fn multiplier() -> Result<Bn, Error> {
    Bn::from_be(&sha256_parts(&[&PRIME, &padded_generator()]))
}

/// M1 = H(H(p) xor H(g) | H(salt1) | H(salt2) | A | B | H(s)).
fn evidence((salt1, salt2): (&[u8], &[u8]), a: &Number, b: &Number, shared: &Number) -> [u8; 32] {
    let mut mixed = sha256(&PRIME);
    for (to, with) in mixed.iter_mut().zip(sha256(&padded_generator())) {
        *to ^= with;
    }
    let key = Zeroizing::new(sha256(shared));
    sha256_parts(&[&mixed, &sha256(salt1), &sha256(salt2), a, b, key.as_slice()])
}

/// x = PH2(password): two salted hashes, PBKDF2, one more salted hash.
fn private_key(password: &[u8], (salt1, salt2): (&[u8], &[u8])) -> Zeroizing<[u8; 32]> {
    let salted = |data: &[u8], salt: &[u8]| Zeroizing::new(sha256_parts(&[salt, data, salt]));
    let first = salted(password, salt1);
    let second = salted(first.as_slice(), salt2);
    let stretched = pbkdf2(second.as_slice(), salt1);
    salted(stretched.as_slice(), salt2)
}

/// The first block of PBKDF2-HMAC-SHA-512, which is all of 64 bytes.
fn pbkdf2(password: &[u8], salt: &[u8]) -> Zeroizing<[u8; 64]> {
    let mut out = Zeroizing::new([0; 64]);
    let Ok(keyed) = Hmac::<Sha512>::new_from_slice(password) else {
        // HMAC takes keys of every length.
        return out;
    };
    let mut block: [u8; 64] = keyed
        .clone()
        .chain_update(salt)
        .chain_update(1_u32.to_be_bytes())
        .finalize()
        .into_bytes()
        .into();
    *out = block;
    for _ in 1..ITERATIONS {
        block = keyed.clone().chain_update(block).finalize().into_bytes().into();
        for (to, with) in out.iter_mut().zip(block) {
            *to ^= with;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALTS: (&[u8], &[u8]) = (b"salt one, of the client", b"salt two");

    fn rng(mut state: u64) -> impl FnMut(&mut [u8]) {
        move |out| {
            for byte in out {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(5);
                *byte = state.to_be_bytes()[0];
            }
        }
    }

    #[test]
    fn the_right_password_is_accepted_and_others_are_not() {
        let verifier = srp_verifier(b"open sesame", SALTS).unwrap();
        let challenge = SrpChallenge::new(&verifier, &mut rng(1)).unwrap();
        let right =
            srp_client_proof(b"open sesame", SALTS, challenge.public(), &mut rng(2)).unwrap();
        assert_eq!(challenge.verify(&verifier, SALTS, &right), Ok(true));
        let wrong =
            srp_client_proof(b"open barley", SALTS, challenge.public(), &mut rng(2)).unwrap();
        assert_eq!(challenge.verify(&verifier, SALTS, &wrong), Ok(false));

        let again =
            SrpChallenge::from_secret(&verifier, Zeroizing::new(*challenge.expose_secret()))
                .unwrap();
        assert_eq!(again.verify(&verifier, SALTS, &right), Ok(true));
        let other = SrpChallenge::new(&verifier, &mut rng(9)).unwrap();
        assert_eq!(other.verify(&verifier, SALTS, &right), Ok(false));
        assert_eq!(challenge.verify(&verifier, (SALTS.0, b"other"), &right), Ok(false));
        let mut flipped = right;
        flipped.m1[31] ^= 1;
        assert_eq!(challenge.verify(&verifier, SALTS, &flipped), Ok(false));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let mut verifier = [0; 256];
        verifier[100] = 7;
        let challenge = SrpChallenge::new(&verifier, &mut rng(1)).unwrap();
        for a in [[0; 256], PRIME, [0xff; 256]] {
            let proof = SrpProof { a, m1: [0; 32] };
            assert_eq!(challenge.verify(&verifier, SALTS, &proof), Err(Error::Range));
        }
        let mut one = [0; 256];
        one[255] = 1;
        let mut last = PRIME;
        last[255] -= 1;
        for verifier in [[0; 256], one, last, PRIME, [0xff; 256]] {
            assert!(SrpChallenge::new(&verifier, &mut rng(1)).is_err());
        }
    }

    #[test]
    fn pbkdf2_gives_the_value_of_an_independent_program() {
        // python3 -c "import hashlib; print(hashlib.pbkdf2_hmac('sha512', b'password', b'salt', 100000).hex()[:32])"
        let head: [u8; 16] = [
            0xf5, 0xd1, 0x70, 0x22, 0xc9, 0x6a, 0xf4, 0x6c, 0x0a, 0x1d, 0xc4, 0x9a, 0x58, 0xbb,
            0xe6, 0x54,
        ];
        assert_eq!(pbkdf2(b"password", b"salt")[..16], head);
    }
}
