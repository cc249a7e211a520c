//! IGE on any processor, through the `aes` crate.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

use super::{BLOCK, halves};

pub(super) fn encrypt(key: &[u8; 32], iv: &[u8; 32], blocks: &mut [[u8; BLOCK]]) {
    let cipher = Aes256::new(key.into());
    let (mut before_c, mut before_p) = halves(iv);
    for block in blocks {
        let plain = *block;
        xor(block, &before_c);
        cipher.encrypt_block(block.into());
        xor(block, &before_p);
        (before_c, before_p) = (*block, plain);
    }
}

pub(super) fn decrypt(key: &[u8; 32], iv: &[u8; 32], blocks: &mut [[u8; BLOCK]]) {
    let cipher = Aes256::new(key.into());
    let (mut before_c, mut before_p) = halves(iv);
    for block in blocks {
        let hidden = *block;
        xor(block, &before_p);
        cipher.decrypt_block(block.into());
        xor(block, &before_c);
        (before_c, before_p) = (hidden, *block);
    }
}

fn xor(to: &mut [u8; BLOCK], with: &[u8; BLOCK]) {
    for (to, with) in to.iter_mut().zip(with) {
        *to ^= with;
    }
}
