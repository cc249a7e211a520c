//! Powers of the generator, from a table: the server raises the same g to a new secret in every key exchange.
//!
//! With the secret in digits of four bits, g^a is the product of one table entry for each digit: 79 products instead of 320
//! squarings and more. The table does not depend on any secret. Which entry is taken does, so every look-up reads all
//! sixteen entries of its row and keeps one by a mask.

use core::hint::black_box;

use zeroize::Zeroizing;

use crate::Error;
use crate::bn::{Bn, Modulus};

/// Bytes of an exponent.
pub(crate) const EXPONENT_LEN: usize = 40;
const DIGITS: usize = EXPONENT_LEN * 2;
const ROW: usize = 16;
const BYTES: usize = 256;
const WORDS: usize = BYTES / 8;

/// A lifted number as the library writes it, in words of the machine for the mask.
type Entry = [u64; WORDS];

/// Powers of one base: `rows[i][d]` is base^(d * 16^i), lifted.
pub(crate) struct FixedBase {
    rows: Vec<[Entry; ROW]>,
}

impl FixedBase {
    /// Makes the table: 1280 products, about 2 ms.
    pub(crate) fn new(modulus: &Modulus, base: u64) -> Result<Self, Error> {
        let one = modulus.lift(&Bn::from_u64(1)?)?;
        let mut step = modulus.lift(&Bn::from_u64(base)?)?;
        let mut rows = Vec::with_capacity(DIGITS);
        for _ in 0..DIGITS {
            let mut row = [[0; WORDS]; ROW];
            let mut power = Bn::from_be(&one.to_be::<BYTES>()?)?;
            for entry in &mut row {
                *entry = words(&power.to_be()?);
                power = modulus.lifted_product(&power, &step)?;
            }
            step = power;
            rows.push(row);
        }
        Ok(Self { rows })
    }

    /// base^exponent, big-endian, in a time that does not depend on the exponent.
    pub(crate) fn power(
        &self,
        modulus: &Modulus,
        exponent: &[u8; EXPONENT_LEN],
    ) -> Result<[u8; BYTES], Error> {
        let digits = exponent.iter().rev().flat_map(|byte| [byte & 15, byte >> 4]);
        let mut product: Option<Bn> = None;
        for (row, digit) in self.rows.iter().zip(digits) {
            let entry = Bn::from_be(bytes(&select(row, digit)).as_slice())?;
            product = Some(match product {
                Some(product) => modulus.lifted_product(&product, &entry)?,
                None => entry,
            });
        }
        modulus.lower(&product.ok_or(Error::Library)?)?.to_be()
    }
}

/// The entry of this digit; all are read.
fn select(row: &[Entry; ROW], digit: u8) -> Zeroizing<Entry> {
    let mut chosen = Zeroizing::new([0; WORDS]);
    for (number, entry) in (0_u64..).zip(row) {
        // All ones if they are equal: only 0 - 1 has its top bit set.
        let differs = u64::from(digit) ^ number;
        let mask = black_box(0_u64.wrapping_sub(differs.wrapping_sub(1) >> 63));
        for (out, word) in chosen.iter_mut().zip(entry) {
            *out |= word & mask;
        }
    }
    chosen
}

fn words(bytes: &[u8; BYTES]) -> Entry {
    let mut words = [0; WORDS];
    for (word, chunk) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *word = u64::from_ne_bytes(*chunk);
    }
    words
}

fn bytes(words: &Entry) -> Zeroizing<[u8; BYTES]> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    for (chunk, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *chunk = word.to_ne_bytes();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dh::group;

    #[test]
    fn a_power_from_the_table_is_the_librarys_power() {
        let group = group().unwrap();
        let table = FixedBase::new(group, 3).unwrap();
        let mut state = 1_u8;
        let mut cases = vec![[0; EXPONENT_LEN], [0xff; EXPONENT_LEN]];
        for place in 0..EXPONENT_LEN {
            let mut one = [0; EXPONENT_LEN];
            one[place] = 0x1f;
            cases.push(one);
        }
        cases.extend((0..64).map(|_| {
            std::array::from_fn(|_| {
                state = state.wrapping_mul(141).wrapping_add(77);
                state
            })
        }));
        for exponent in cases {
            let expected = group
                .power(&Bn::from_u64(3).unwrap(), &Bn::from_be(&exponent).unwrap())
                .unwrap()
                .to_be::<BYTES>()
                .unwrap();
            assert_eq!(table.power(group, &exponent).unwrap(), expected, "{exponent:02x?}");
        }
    }

    #[test]
    fn every_digit_selects_its_entry() {
        let row: [Entry; ROW] = std::array::from_fn(|number| [number as u64 * 7 + 1; WORDS]);
        for digit in 0..16 {
            assert_eq!(*select(&row, digit), row[usize::from(digit)]);
        }
    }
}
