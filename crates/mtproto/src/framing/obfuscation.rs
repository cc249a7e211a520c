//! Obfuscation: AES-256-CTR over a whole stream, keyed by its own first 64 bytes.
//!
//! ```text
//! junk 8 | key 32 | iv 16 | tag 4 | dc 2 | junk 2
//! ```
//! The last eight bytes are encrypted with that very stream. The other direction takes key and iv from bytes 8 to 56 in
//! reverse order. With a secret a key is SHA-256(key, secret).

use crypto::{AesCtr, Random, sha256_parts};

use super::Framing;

/// Length of the first bytes.
pub(crate) const INIT_LEN: usize = 64;

/// The two running streams of one side.
#[derive(Debug)]
pub(crate) struct Obfuscation {
    pub(crate) read: AesCtr,
    pub(crate) write: AesCtr,
    /// The data centre that the header names; junk in several libraries.
    pub(crate) dc: i16,
}

impl Obfuscation {
    /// The server's side. `None` when the tag is unknown, as with another secret.
    pub(super) fn accept(
        init: &[u8; INIT_LEN],
        secret: Option<&[u8; 16]>,
    ) -> Option<(Framing, Self)> {
        let (mut read, write) = streams(init, secret);
        let mut plain = *init;
        read.apply(&mut plain);
        let framing = match plain[56..60] {
            [0xef, 0xef, 0xef, 0xef] => Framing::Abridged,
            [0xee, 0xee, 0xee, 0xee] => Framing::Intermediate,
            [0xdd, 0xdd, 0xdd, 0xdd] => Framing::PaddedIntermediate,
            _ => return None,
        };
        Some((framing, Self { read, write, dc: i16::from_le_bytes([plain[60], plain[61]]) }))
    }

    /// The client's side, and the first bytes to send. `None` for the full framing, which has no tag.
    pub(crate) fn start(
        framing: Framing,
        secret: Option<&[u8; 16]>,
        dc: i16,
        rng: &mut dyn Random,
    ) -> Option<([u8; INIT_LEN], Self)> {
        let tag = match framing {
            Framing::Abridged => 0xef,
            Framing::Intermediate => 0xee,
            Framing::PaddedIntermediate => 0xdd,
            Framing::Full => return None,
        };
        let mut init = [0; INIT_LEN];
        for _ in 0..100 {
            rng.fill(&mut init);
            if is_unambiguous(&init) {
                break;
            }
        }
        init[56..60].fill(tag);
        init[60..62].copy_from_slice(&dc.to_le_bytes());
        let (mut write, read) = streams(&init, secret);
        let mut hidden = init;
        write.apply(&mut hidden);
        init[56..].copy_from_slice(&hidden[56..]);
        Some((init, Self { read, write, dc }))
    }
}

/// Whether no other transport starts with these bytes.
fn is_unambiguous(init: &[u8; INIT_LEN]) -> bool {
    let first = [init[0], init[1], init[2], init[3]];
    let words =
        [[0xee; 4], [0xdd; 4], *b"POST", *b"GET ", *b"HEAD", *b"OPTI", [0x16, 0x03, 0x01, 0x02]];
    init[0] != 0xef && !words.contains(&first) && init[4..8] != [0; 4]
}

/// The stream from the client to the server, and the one back.
fn streams(init: &[u8; INIT_LEN], secret: Option<&[u8; 16]>) -> (AesCtr, AesCtr) {
    let mut back = [0; 48];
    for (to, from) in back.iter_mut().zip(init[8..56].iter().rev()) {
        *to = *from;
    }
    let mut forth = [0; 48];
    forth.copy_from_slice(&init[8..56]);
    (stream(&forth, secret), stream(&back, secret))
}

fn stream(material: &[u8; 48], secret: Option<&[u8; 16]>) -> AesCtr {
    let (mut key, mut iv) = ([0; 32], [0; 16]);
    key.copy_from_slice(&material[..32]);
    iv.copy_from_slice(&material[32..]);
    if let Some(secret) = secret {
        key = sha256_parts(&[&key, secret]);
    }
    AesCtr::new(&key, &iv)
}
