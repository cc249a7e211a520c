//! Which transport the first bytes announce.
//!
//! ```text
//! ef                 abridged
//! ee ee ee ee        intermediate
//! dd dd dd dd        padded intermediate
//! "POST" "GET " ...  HTTP, and WebSocket inside it
//! xx xx xx xx 0000   full: a length, and the sequence number 0
//! anything else      obfuscated: 64 bytes
//! ```

use std::sync::Arc;

use super::{Framing, INIT_LEN, Obfuscation};

/// Most secrets tried on one connection: each costs a hash and a cipher set-up.
const MAX_SECRETS: usize = 8;

/// The secrets of 16 bytes that clients may mix into the obfuscation, as in an `MTProto` proxy's link. Cheap to clone.
#[derive(Clone, Default)]
pub struct Secrets(Arc<[[u8; 16]]>);

impl Secrets {
    /// No secrets: only obfuscation without one is understood.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// From secrets as they stand in links: 16 bytes, or `dd` and 16 bytes, or `ee`, 16 bytes and a host name. Others are
    /// left out, as are all after the eighth.
    #[must_use]
    pub fn new<S: AsRef<[u8]>>(secrets: impl IntoIterator<Item = S>) -> Self {
        Self(
            secrets
                .into_iter()
                .filter_map(|secret| bare(secret.as_ref()))
                .take(MAX_SECRETS)
                .collect(),
        )
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The 16 bytes inside a secret of a link.
pub(crate) fn bare(secret: &[u8]) -> Option<[u8; 16]> {
    match (secret.len(), secret.first()) {
        (16, _) => secret.first_chunk().copied(),
        (17, Some(0xdd)) | (17.., Some(0xee)) => secret.get(1..)?.first_chunk().copied(),
        _ => None,
    }
}

impl core::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Secrets({}, <redacted>)", self.0.len())
    }
}

/// What the first bytes say.
#[derive(Debug)]
pub(super) enum Detected {
    /// Too few bytes to tell.
    Incomplete,
    Http,
    /// In the clear; this many bytes are the tag and not part of a packet.
    Clear(Framing, usize),
    /// All of the first 64 bytes are consumed.
    Obfuscated(Framing, Box<Obfuscation>),
    Unknown,
}

pub(super) fn detect(first: &[u8], secrets: &Secrets, websocket: bool) -> Detected {
    if !websocket && let Some(clear) = detect_clear(first) {
        return clear;
    }
    let Some(init) = first.first_chunk::<INIT_LEN>() else {
        return Detected::Incomplete;
    };
    let with_secrets = secrets.0.iter().map(Some);
    core::iter::once(None)
        .chain(with_secrets)
        .find_map(|secret| Obfuscation::accept(init, secret))
        .map_or(Detected::Unknown, |(framing, obfuscation)| {
            Detected::Obfuscated(framing, Box::new(obfuscation))
        })
}

/// `None` when the bytes can only be the start of an obfuscated stream.
fn detect_clear(first: &[u8]) -> Option<Detected> {
    if first.first() == Some(&0xef) {
        return Some(Detected::Clear(Framing::Abridged, 1));
    }
    let Some(word) = first.first_chunk::<4>() else {
        return Some(Detected::Incomplete);
    };
    match word {
        [0xee, 0xee, 0xee, 0xee] => return Some(Detected::Clear(Framing::Intermediate, 4)),
        [0xdd, 0xdd, 0xdd, 0xdd] => return Some(Detected::Clear(Framing::PaddedIntermediate, 4)),
        b"POST" | b"GET " | b"HEAD" | b"OPTI" => return Some(Detected::Http),
        _ => {}
    }
    match first.get(4..8) {
        None => Some(Detected::Incomplete),
        Some([0, 0, 0, 0]) => Some(Detected::Clear(Framing::Full, 0)),
        Some(_) => None,
    }
}
