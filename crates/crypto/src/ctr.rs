//! AES-256-CTR with running state, for obfuscated transports.

use core::fmt;

use ::ctr::cipher::{KeyIvInit, StreamCipher};

/// A key stream that runs on from call to call. It holds no decryption keys, which counter mode never needs: connections are many.
pub struct AesCtr(::ctr::Ctr128BE<aes::Aes256Enc>);

impl AesCtr {
    /// A stream from its start.
    #[must_use]
    pub fn new(key: &[u8; 32], iv: &[u8; 16]) -> Self {
        Self(::ctr::Ctr128BE::new(key.into(), iv.into()))
    }

    /// Encrypts or decrypts the next bytes of the stream in place.
    pub fn apply(&mut self, data: &mut [u8]) {
        self.0.apply_keystream(data);
    }
}

impl fmt::Debug for AesCtr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesCtr(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SP 800-38A, F.5.5
    const KEY: [u8; 32] = [
        0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae, 0xf0, 0x85, 0x7d, 0x77,
        0x81, 0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7, 0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14,
        0xdf, 0xf4,
    ];
    const IV: [u8; 16] = [
        0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe,
        0xff,
    ];

    #[test]
    fn published_vector_in_odd_pieces() {
        let mut data = [
            0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93,
            0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57,
        ];
        let mut stream = AesCtr::new(&KEY, &IV);
        for piece in data.chunks_mut(7) {
            stream.apply(piece);
        }
        let expected = [
            0x60, 0x1e, 0xc3, 0x13, 0x77, 0x57, 0x89, 0xa5, 0xb7, 0xa7, 0xf5, 0x04, 0xbb, 0xf3,
            0xd2, 0x28, 0xf4, 0x43, 0xe3, 0xca,
        ];
        assert_eq!(data, expected);
    }
}
