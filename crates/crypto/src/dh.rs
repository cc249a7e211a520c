//! Diffie-Hellman in the protocol's group.

use core::fmt;
use std::sync::OnceLock;

use zeroize::Zeroizing;

use crate::bn::{Bn, Modulus};
use crate::fixed_base::{EXPONENT_LEN as SECRET_LEN, FixedBase};
use crate::{Error, Random};

/// The generator.
pub const G: u8 = 3;

/// The protocol's published 2048-bit safe prime, big-endian. Clients know it and skip a slow test of primality.
pub const PRIME: [u8; 256] = [
    0xc7, 0x1c, 0xae, 0xb9, 0xc6, 0xb1, 0xc9, 0x04, 0x8e, 0x6c, 0x52, 0x2f, 0x70, 0xf1, 0x3f, 0x73,
    0x98, 0x0d, 0x40, 0x23, 0x8e, 0x3e, 0x21, 0xc1, 0x49, 0x34, 0xd0, 0x37, 0x56, 0x3d, 0x93, 0x0f,
    0x48, 0x19, 0x8a, 0x0a, 0xa7, 0xc1, 0x40, 0x58, 0x22, 0x94, 0x93, 0xd2, 0x25, 0x30, 0xf4, 0xdb,
    0xfa, 0x33, 0x6f, 0x6e, 0x0a, 0xc9, 0x25, 0x13, 0x95, 0x43, 0xae, 0xd4, 0x4c, 0xce, 0x7c, 0x37,
    0x20, 0xfd, 0x51, 0xf6, 0x94, 0x58, 0x70, 0x5a, 0xc6, 0x8c, 0xd4, 0xfe, 0x6b, 0x6b, 0x13, 0xab,
    0xdc, 0x97, 0x46, 0x51, 0x29, 0x69, 0x32, 0x84, 0x54, 0xf1, 0x8f, 0xaf, 0x8c, 0x59, 0x5f, 0x64,
    0x24, 0x77, 0xfe, 0x96, 0xbb, 0x2a, 0x94, 0x1d, 0x5b, 0xcd, 0x1d, 0x4a, 0xc8, 0xcc, 0x49, 0x88,
    0x07, 0x08, 0xfa, 0x9b, 0x37, 0x8e, 0x3c, 0x4f, 0x3a, 0x90, 0x60, 0xbe, 0xe6, 0x7c, 0xf9, 0xa4,
    0xa4, 0xa6, 0x95, 0x81, 0x10, 0x51, 0x90, 0x7e, 0x16, 0x27, 0x53, 0xb5, 0x6b, 0x0f, 0x6b, 0x41,
    0x0d, 0xba, 0x74, 0xd8, 0xa8, 0x4b, 0x2a, 0x14, 0xb3, 0x14, 0x4e, 0x0e, 0xf1, 0x28, 0x47, 0x54,
    0xfd, 0x17, 0xed, 0x95, 0x0d, 0x59, 0x65, 0xb4, 0xb9, 0xdd, 0x46, 0x58, 0x2d, 0xb1, 0x17, 0x8d,
    0x16, 0x9c, 0x6b, 0xc4, 0x65, 0xb0, 0xd6, 0xff, 0x9c, 0xa3, 0x92, 0x8f, 0xef, 0x5b, 0x9a, 0xe4,
    0xe4, 0x18, 0xfc, 0x15, 0xe8, 0x3e, 0xbe, 0xa0, 0xf8, 0x7f, 0xa9, 0xff, 0x5e, 0xed, 0x70, 0x05,
    0x0d, 0xed, 0x28, 0x49, 0xf4, 0x7b, 0xf9, 0x59, 0xd9, 0x56, 0x85, 0x0c, 0xe9, 0x29, 0x85, 0x1f,
    0x0d, 0x81, 0x15, 0xf6, 0x35, 0xb1, 0x05, 0xee, 0x2e, 0x4e, 0x15, 0xd0, 0x4b, 0x24, 0x54, 0xbf,
    0x6f, 0x4f, 0xad, 0xf0, 0x34, 0xb1, 0x04, 0x03, 0x11, 0x9c, 0xd8, 0xe3, 0xb9, 0x2f, 0xcc, 0x5b,
];

pub(crate) fn group() -> Result<&'static Modulus, Error> {
    static GROUP: OnceLock<Modulus> = OnceLock::new();
    if let Some(group) = GROUP.get() {
        return Ok(group);
    }
    let made = Modulus::new(&PRIME)?;
    Ok(GROUP.get_or_init(|| made))
}

/// The table of powers of g.
fn generator() -> Result<&'static FixedBase, Error> {
    static TABLE: OnceLock<FixedBase> = OnceLock::new();
    if let Some(table) = TABLE.get() {
        return Ok(table);
    }
    let made = FixedBase::new(group()?, u64::from(G))?;
    Ok(TABLE.get_or_init(|| made))
}

/// Checks at start-up that p and (p-1)/2 are prime and that g generates the subgroup of that order. Four powers, about 10 ms.
///
/// With q = (p-1)/2: q passes Euler's test for three bases, which guards a published number against a slip of the pen. Given
/// q, g^q = 1 (mod p) proves both that p is prime (Pocklington: q divides p-1, and g^2-1 has no factor in common with p) and that g
/// has order q.
///
/// # Errors
/// [`Error::Range`] when they are not, [`Error::Library`].
pub fn verify_group() -> Result<(), Error> {
    let group = group()?;
    let order = group.number().half()?;
    let order_bytes: [u8; 256] = order.to_be()?;
    let field = Modulus::new(&order_bytes)?;
    let mut last = order_bytes;
    last[255] -= 1;
    for base in [2, 3, 5] {
        let root: [u8; 256] = field.power(&Bn::from_u64(base)?, &order.half()?)?.to_be()?;
        if root != number(1) && root != last {
            return Err(Error::Range);
        }
    }
    let identity: [u8; 256] = group.power(&Bn::from_u64(u64::from(G))?, &order)?.to_be()?;
    if PRIME[0] & 0x80 != 0 && identity == number(1) { Ok(()) } else { Err(Error::Range) }
}

const fn number(small: u8) -> [u8; 256] {
    let mut bytes = [0; 256];
    bytes[255] = small;
    bytes
}

/// Whether 2^(2048-64) <= `number` <= p - 2^(2048-64), as the protocol's security guidelines ask of g_a and g_b.
#[must_use]
pub fn in_range(number: &[u8; 256]) -> bool {
    let mut top = PRIME;
    // The prime's first eight bytes are not zero, so taking one from them borrows nothing.
    top[7] -= 1;
    number[..8] != [0; 8] && *number <= top
}

/// The secret exponent of one exchange. Wiped when dropped; never used twice.
pub struct DhSecret(Zeroizing<[u8; SECRET_LEN]>);

impl DhSecret {
    /// Draws 320 random bits: enough for this group, and seven times faster than 2048.
    #[must_use]
    pub fn generate(rng: &mut dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; SECRET_LEN]);
        rng.fill(bytes.as_mut_slice());
        Self(bytes)
    }

    /// g^a mod p.
    ///
    /// # Errors
    /// [`Error::Library`].
    pub fn public(&self) -> Result<[u8; 256], Error> {
        generator()?.power(group()?, &self.0)
    }

    /// g_b^a mod p, zero-padded on the left.
    ///
    /// # Errors
    /// [`Error::Range`] when g_b is not [`in_range`], [`Error::Library`].
    pub fn shared(&self, other: &[u8; 256]) -> Result<Zeroizing<[u8; 256]>, Error> {
        if !in_range(other) {
            return Err(Error::Range);
        }
        let shared = group()?.power(&Bn::from_be(other)?, &Bn::from_be(self.0.as_slice())?)?;
        shared.to_be().map(Zeroizing::new)
    }
}

impl fmt::Debug for DhSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DhSecret(<redacted>)")
    }
}

/// A secret with its public half, made ahead of time by an idle core.
#[derive(Debug)]
pub struct DhPair {
    /// a.
    pub secret: DhSecret,
    /// g^a mod p, in range.
    pub public: [u8; 256],
}

impl DhPair {
    /// Draws until g^a is in range, which is practically at once.
    ///
    /// # Errors
    /// [`Error::Range`] when a hundred draws failed: the source of randomness is broken. [`Error::Library`].
    pub fn generate(rng: &mut dyn Random) -> Result<Self, Error> {
        for _ in 0..100 {
            let secret = DhSecret::generate(rng);
            let public = secret.public()?;
            if in_range(&public) {
                return Ok(Self { secret, public });
            }
        }
        Err(Error::Range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rng(mut state: u64) -> impl FnMut(&mut [u8]) {
        move |out| {
            for byte in out {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(3);
                *byte = state.to_be_bytes()[0];
            }
        }
    }

    #[test]
    fn the_published_group_is_sound() {
        assert_eq!(verify_group(), Ok(()));
        let prime = group().unwrap().number();
        assert!(prime.is_prime(16).unwrap());
        assert!(prime.half().unwrap().is_prime(16).unwrap());
    }

    #[test]
    fn both_sides_agree() {
        let (a, b) =
            (DhPair::generate(&mut rng(1)).unwrap(), DhPair::generate(&mut rng(2)).unwrap());
        assert_eq!(a.secret.shared(&b.public).unwrap(), b.secret.shared(&a.public).unwrap());
        assert_ne!(a.public, b.public);
    }

    #[test]
    fn small_powers_are_what_they_should_be() {
        let two =
            DhSecret(Zeroizing::new(core::array::from_fn(|i| u8::from(i == SECRET_LEN - 1) * 2)));
        assert_eq!(two.public().unwrap(), number(9));
    }

    #[test]
    fn the_range_has_sharp_edges() {
        let mut low = [0; 256];
        low[7] = 1;
        assert!(in_range(&low));
        let mut below = [0xff; 256];
        below[..8].fill(0);
        assert!(!in_range(&below));
        let mut high = PRIME;
        high[7] -= 1;
        assert!(in_range(&high));
        high[255] += 1;
        assert!(!in_range(&high));
        for number in [[0; 256], [0xff; 256], PRIME] {
            assert!(!in_range(&number));
            assert_eq!(DhSecret::generate(&mut rng(1)).shared(&number).err(), Some(Error::Range));
        }
    }

    #[test]
    fn a_broken_generator_is_noticed() {
        assert_eq!(DhPair::generate(&mut |out: &mut [u8]| out.fill(0)).err(), Some(Error::Range));
    }
}
