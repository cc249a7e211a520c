//! AES-256-IGE, one message at a time or several interleaved.
//!
//! IGE chains each block to the one before, so that one message leaves the AES unit mostly idle; messages for different
//! recipients are independent and are encrypted in lockstep. The path is chosen by CPU feature at run time.

#[cfg(target_arch = "x86_64")]
mod ni;
mod portable;

use crate::Error;

const BLOCK: usize = 16;

/// One message of a batch: encrypted in place.
pub struct IgeLane<'a> {
    /// AES key.
    pub key: [u8; 32],
    /// The IV: the block before the first ciphertext, then the block before the first plaintext.
    pub iv: [u8; 32],
    /// Whole blocks.
    pub data: &'a mut [u8],
}

impl core::fmt::Debug for IgeLane<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "IgeLane({} bytes, <redacted>)", self.data.len())
    }
}

/// Encrypts in place.
///
/// # Errors
/// [`Error::Length`] when `data` is not whole blocks.
pub fn ige_encrypt(key: &[u8; 32], iv: &[u8; 32], data: &mut [u8]) -> Result<(), Error> {
    ige_encrypt_batch(&mut [IgeLane { key: *key, iv: *iv, data }])
}

/// Decrypts in place.
///
/// # Errors
/// [`Error::Length`] when `data` is not whole blocks.
pub fn ige_decrypt(key: &[u8; 32], iv: &[u8; 32], data: &mut [u8]) -> Result<(), Error> {
    let blocks = blocks(data)?;
    #[cfg(target_arch = "x86_64")]
    if ni::decrypt(key, iv, blocks) {
        return Ok(());
    }
    portable::decrypt(key, iv, blocks);
    Ok(())
}

/// Encrypts all lanes in place. Fastest when the lanes have equal lengths and come in multiples of eight.
///
/// # Errors
/// [`Error::Length`] when a lane is not whole blocks; then none is changed.
pub fn ige_encrypt_batch(lanes: &mut [IgeLane<'_>]) -> Result<(), Error> {
    if let Some(odd) = lanes.iter().find(|lane| !lane.data.len().is_multiple_of(BLOCK)) {
        return Err(Error::Length { got: odd.data.len() });
    }
    #[cfg(target_arch = "x86_64")]
    if ni::encrypt(lanes) {
        return Ok(());
    }
    for lane in lanes {
        portable::encrypt(&lane.key, &lane.iv, blocks(lane.data)?);
    }
    Ok(())
}

fn blocks(data: &mut [u8]) -> Result<&mut [[u8; BLOCK]], Error> {
    let got = data.len();
    let (blocks, rest) = data.as_chunks_mut();
    if rest.is_empty() { Ok(blocks) } else { Err(Error::Length { got }) }
}

fn halves(iv: &[u8; 32]) -> ([u8; BLOCK], [u8; BLOCK]) {
    let (mut first, mut second) = ([0; BLOCK], [0; BLOCK]);
    first.copy_from_slice(&iv[..BLOCK]);
    second.copy_from_slice(&iv[BLOCK..]);
    (first, second)
}

#[cfg(test)]
mod tests {
    use aes::cipher::{BlockCipherEncrypt, KeyInit};
    use proptest::prelude::*;

    use super::*;

    /// IGE as its definition says, block by block: c[i] = E(p[i] ^ c[i-1]) ^ p[i-1].
    fn defined(key: &[u8; 32], iv: &[u8; 32], data: &[u8]) -> Vec<u8> {
        let cipher = aes::Aes256::new(key.into());
        let (mut before_c, mut before_p) = (iv[..16].to_vec(), iv[16..].to_vec());
        let mut out = Vec::new();
        for p in data.chunks(16) {
            let mixed: Vec<u8> = p.iter().zip(&before_c).map(|(a, b)| a ^ b).collect();
            let mut block = aes::Block::try_from(mixed.as_slice()).unwrap();
            cipher.encrypt_block(&mut block);
            before_c = block.iter().zip(&before_p).map(|(a, b)| a ^ b).collect();
            before_p = p.to_vec();
            out.extend_from_slice(&before_c);
        }
        out
    }

    fn filled(seed: u64, len: usize) -> Vec<u8> {
        let mut state = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (0..len)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                state.to_be_bytes()[0]
            })
            .collect()
    }

    fn key(seed: u64) -> [u8; 32] {
        filled(seed, 32).try_into().unwrap()
    }

    /// The second vector of the paper on OpenSSL's IGE ("openssl_ige.pdf"), which uses AES-128; the definition above is
    /// checked with that shape of data by decrypting again instead.
    fn check_batch(lengths: &[usize]) {
        let plain: Vec<Vec<u8>> =
            lengths.iter().enumerate().map(|(i, n)| filled(i as u64, n * 16)).collect();
        let mut work = plain.clone();
        let mut lanes: Vec<IgeLane<'_>> = work
            .iter_mut()
            .enumerate()
            .map(|(i, data)| IgeLane { key: key(i as u64 + 100), iv: key(i as u64 + 200), data })
            .collect();
        ige_encrypt_batch(&mut lanes).unwrap();
        drop(lanes);
        for (i, (got, plain)) in work.iter_mut().zip(&plain).enumerate() {
            assert_eq!(
                *got,
                defined(&key(i as u64 + 100), &key(i as u64 + 200), plain),
                "lane {i}"
            );
            ige_decrypt(&key(i as u64 + 100), &key(i as u64 + 200), got).unwrap();
            assert_eq!(got, plain, "lane {i} back");
        }
    }

    #[test]
    fn every_number_of_lanes_of_equal_length() {
        for count in 0..=17 {
            check_batch(&vec![27; count]);
        }
    }

    #[test]
    fn lanes_of_unequal_length() {
        check_batch(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 30]);
        check_batch(&[9, 0, 3]);
    }

    #[test]
    fn portable_path_agrees() {
        let (key, iv, plain) = (key(1), key(2), filled(3, 160));
        let mut data = plain.clone();
        portable::encrypt(&key, &iv, blocks(&mut data).unwrap());
        assert_eq!(data, defined(&key, &iv, &plain));
        portable::decrypt(&key, &iv, blocks(&mut data).unwrap());
        assert_eq!(data, plain);
    }

    #[test]
    fn broken_blocks_are_refused() {
        let mut data = [0; 17];
        assert_eq!(ige_encrypt(&[0; 32], &[0; 32], &mut data), Err(Error::Length { got: 17 }));
        assert_eq!(ige_decrypt(&[0; 32], &[0; 32], &mut data), Err(Error::Length { got: 17 }));
        assert_eq!(data, [0; 17]);
    }

    proptest! {
        #[test]
        fn any_batch_is_what_the_definition_says(lengths in prop::collection::vec(0_usize..40, 0..20)) {
            check_batch(&lengths);
        }
    }
}
