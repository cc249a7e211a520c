//! Ciphers, hashes and big-number operations of MTProto; the only crate with `unsafe`.
//!
//! Nothing here reads a clock or draws randomness of its own: whoever needs random bytes takes a [`Random`]. Two
//! exceptions live inside the library below: blinding of RSA private operations and the generation of RSA keys, where
//! aws-lc uses its own generator.
//!
//! Secrets are wiped when dropped and never printed. Comparisons of secrets take the same time whatever they hold.

mod auth_key;
mod bn;
mod ctr;
mod dh;
mod error;
mod fixed_base;
mod hash;
mod ige;
mod message;
mod padding;
mod pq;
mod random;
mod rsa;
mod sealer;
mod srp;
mod tmp_aes;

pub use auth_key::{AuthKey, KEY_LEN};
pub use ctr::AesCtr;
pub use dh::{DhPair, DhSecret, G, PRIME, in_range, verify_group};
pub use error::Error;
pub use hash::{ct_eq, hmac_sha256, sha1, sha256, sha256_parts};
pub use ige::{IgeLane, ige_decrypt, ige_encrypt, ige_encrypt_batch};
pub use message::{
    HEADER_LEN, MIN_PACKET, Opened, SealLane, Sender, open, open_v1, padded_len, quick_ack_token,
    seal, seal_batch, seal_v1,
};
pub use padding::{InnerData, RsaForm, decrypt_inner, encrypt_inner_old, encrypt_inner_pad};
pub use pq::{Pq, factorize};
pub use random::Random;
pub use rsa::{RsaKeyPair, RsaPublicKey};
pub use sealer::Sealer;
pub use srp::{SrpChallenge, SrpProof, srp_client_proof, srp_verifier, srp_verifier_is_valid};
pub use tmp_aes::TmpAes;
