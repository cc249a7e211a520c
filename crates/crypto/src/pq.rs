//! The small proof of work of `req_pq`: a product of two 31-bit primes.

use crate::Random;

/// Two distinct primes of [2^30, 2^31) and their product: so pq takes 8 bytes, p and q take 4 each, and the inner
/// data of the key exchange has one length per constructor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pq {
    /// The smaller prime.
    pub p: u32,
    /// The larger prime.
    pub q: u32,
}

impl Pq {
    /// Draws a fresh pair; about 30 microseconds.
    #[must_use]
    pub fn generate(rng: &mut dyn Random) -> Self {
        let first = prime(rng);
        loop {
            let second = prime(rng);
            if first != second {
                return Self { p: first.min(second), q: first.max(second) };
            }
        }
    }

    /// The product, at least 2^60 and below 2^62.
    #[must_use]
    pub fn product(self) -> u64 {
        u64::from(self.p) * u64::from(self.q)
    }
}

fn prime(rng: &mut dyn Random) -> u32 {
    loop {
        let mut bytes = [0; 4];
        rng.fill(&mut bytes);
        // Counting on from the draw ends even with a generator that repeats itself, as in tests.
        let start = (u32::from_le_bytes(bytes) & 0x3fff_ffff) | 0x4000_0001;
        let found =
            (start..0x8000_0000).step_by(2).take(1000).find(|&candidate| is_prime(candidate));
        if let Some(found) = found {
            return found;
        }
    }
}

/// Miller-Rabin; these four bases decide every number below 3,215,031,751.
fn is_prime(n: u32) -> bool {
    const SMALL: [u32; 10] = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31];
    if n < 2 || n.is_multiple_of(2) || SMALL.iter().any(|&small| n.is_multiple_of(small)) {
        return n == 2 || SMALL.contains(&n);
    }
    let n = u64::from(n);
    let twos = (n - 1).trailing_zeros();
    let odd = (n - 1) >> twos;
    [2_u64, 3, 5, 7].into_iter().all(|base| {
        let mut value = pow_mod(base, odd, n);
        if value == 1 || value == n - 1 {
            return true;
        }
        for _ in 1..twos {
            value = value * value % n;
            if value == n - 1 {
                return true;
            }
        }
        false
    })
}

/// `n` is below 2^32, so no product overflows.
fn pow_mod(base: u64, mut exponent: u64, n: u64) -> u64 {
    let (mut result, mut base) = (1, base % n);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % n;
        }
        base = base * base % n;
        exponent >>= 1;
    }
    result
}

/// Splits a product of two primes below 2^63 (a client's work): Pollard's rho. `None` when no factor is found.
#[must_use]
pub fn factorize(pq: u64) -> Option<Pq> {
    if pq < 4 || pq >> 63 != 0 {
        return None;
    }
    if pq.is_multiple_of(2) {
        return pair(2, pq / 2);
    }
    (1..=16).find_map(|increment| rho(pq, increment)).and_then(|factor| pair(factor, pq / factor))
}

fn pair(a: u64, b: u64) -> Option<Pq> {
    Some(Pq { p: u32::try_from(a.min(b)).ok()?, q: u32::try_from(a.max(b)).ok()? })
}

/// The walk is over x -> x * x / 2^64 + increment, which is as random as the plain one and needs no division.
fn rho(n: u64, increment: u64) -> Option<u64> {
    let inverse = negative_inverse(n);
    let times = |a: u64, b: u64| reduced_product(a, b, n, inverse);
    let step = |x: u64| {
        let next = times(x, x) + increment;
        if next >= n { next - n } else { next }
    };
    let (mut slow, mut fast) = (2, 2);
    for _ in 0..1 << 20 {
        // One gcd for 64 steps; if the product hits zero, the next increment gets its turn.
        let mut product = 1;
        for _ in 0..64 {
            slow = step(slow);
            fast = step(step(fast));
            product = times(product, slow.abs_diff(fast));
        }
        let factor = gcd(product, n);
        if factor == n {
            return None;
        }
        if factor > 1 {
            return Some(factor);
        }
    }
    None
}

/// -1 / n modulo 2^64, for odd n: each step doubles the number of right bits.
const fn negative_inverse(n: u64) -> u64 {
    let mut inverse = n;
    let mut step = 0;
    while step < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(n.wrapping_mul(inverse)));
        step += 1;
    }
    inverse.wrapping_neg()
}

/// a * b / 2^64 modulo n (Montgomery), for a, b < n < 2^63.
fn reduced_product(a: u64, b: u64, n: u64, negative_inverse: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let [low, _] = halves(product);
    let [_, high] =
        halves(product + u128::from(low.wrapping_mul(negative_inverse)) * u128::from(n));
    if high >= n { high - n } else { high }
}

/// The lower and the upper half.
const fn halves(number: u128) -> [u64; 2] {
    #[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
    [number as u64, (number >> 64) as u64]
}

const fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeded(mut state: u64) -> impl FnMut(&mut [u8]) {
        move |out| {
            for byte in out {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                *byte = state.to_be_bytes()[0];
            }
        }
    }

    #[test]
    fn primes_are_distinct_in_range_and_found_again() {
        let mut rng = seeded(1);
        for _ in 0..20 {
            let made = Pq::generate(&mut rng);
            assert!(made.p < made.q && made.p >= 1 << 30 && made.q < 1 << 31);
            assert_eq!(made.product().to_be_bytes()[0] & 0xc0, 0);
            assert_eq!(factorize(made.product()), Some(made));
        }
    }

    #[test]
    fn the_published_example_factors() {
        assert_eq!(factorize(0x17ED_4894_1A08_F981), Some(Pq { p: 0x494C_553B, q: 0x5391_1073 }));
    }

    #[test]
    fn primality_agrees_with_trial_division() {
        let by_trial =
            |n: u32| n > 1 && (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d));
        for n in 0..3_000 {
            assert_eq!(is_prime(n), by_trial(n), "{n}");
        }
    }

    #[test]
    fn nothing_to_split_gives_nothing() {
        assert_eq!(factorize(0), None);
        assert_eq!(factorize(3), None);
    }
}
