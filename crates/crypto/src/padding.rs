//! The two RSA forms of the key exchange: `RSA_PAD`, and the older SHA-1 form.
//!
//! <https://core.telegram.org/mtproto/auth_key>, step 4.1. The old form is accepted for the sake of libraries that know no
//! other. Both inverses always run, so that the form a client chose, and why a packet was refused, cannot be timed.
#![expect(
    clippy::indexing_slicing,
    reason = "constant ranges of arrays, which `Zeroizing` hides from the lint"
)]

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::rsa::{RsaKeyPair, RsaPublicKey};
use crate::{Error, Random, ige_decrypt, ige_encrypt, sha1, sha256_parts};

const LEN: usize = 256;
/// Length of data with padding inside `RSA_PAD`.
const PAD_LEN: usize = 192;
/// Largest data that `RSA_PAD` takes, so that at least 48 bytes of it are random.
const PAD_MAX_DATA: usize = 144;
/// Lengths of `p_q_inner_data`; `_dc` or `_temp`; `_temp_dc`, given that pq takes 8 bytes and p, q 4 each.
const OLD_LENGTHS: [usize; 3] = [96, 100, 104];

/// Which of the two forms a client used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RsaForm {
    /// `RSA_PAD`: the data is followed by padding up to 192 bytes.
    Pad,
    /// SHA-1, data, padding: the data's length is known exactly.
    Old,
}

/// Inner data whose hash was right. Wiped when dropped.
pub struct InnerData {
    bytes: Zeroizing<[u8; PAD_LEN]>,
    len: usize,
    /// The form it came in.
    pub form: RsaForm,
}

impl InnerData {
    /// The data: exact for [`RsaForm::Old`], with padding behind it for [`RsaForm::Pad`].
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl core::fmt::Debug for InnerData {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "InnerData({:?}, <redacted>)", self.form)
    }
}

/// Opens `encrypted_data` of `req_DH_params` in both forms, with equal work whatever it holds.
///
/// `old_rsa` allows the old form; `known` is false when the client named a key that is not ours. Either only masks the
/// verdict. `None` means refused, for whatever reason.
#[must_use]
pub fn decrypt_inner(
    key: &RsaKeyPair,
    encrypted: &[u8; LEN],
    old_rsa: bool,
    known: bool,
) -> Option<InnerData> {
    let below = key.public().is_above(encrypted);
    let mut input = [0; LEN];
    for (to, from) in input.iter_mut().zip(encrypted) {
        *to = u8::conditional_select(&0, from, below);
    }
    let plain = key.raw_private(&input).unwrap_or_else(|_| Zeroizing::new([0; LEN]));

    let (pad_ok, padded) = open_pad(&plain);
    let (old_ok, old, old_len) = open_old(&plain);
    let old_ok = old_ok & Choice::from(u8::from(old_rsa));

    let mut bytes = Zeroizing::new([0; PAD_LEN]);
    for (to, (from_old, from_pad)) in bytes.iter_mut().zip(old.iter().zip(padded.iter())) {
        *to = u8::conditional_select(from_old, from_pad, pad_ok);
    }
    let accepted = (pad_ok | old_ok) & below & Choice::from(u8::from(known));
    // From here on the verdict is public: the client sees it in the answer.
    if !bool::from(accepted) {
        return None;
    }
    let (form, len) =
        if bool::from(pad_ok) { (RsaForm::Pad, PAD_LEN) } else { (RsaForm::Old, old_len) };
    Some(InnerData { bytes, len, form })
}

/// `temp_key_xor 32 | aes_encrypted 224`, the latter of `reversed data 192 | SHA-256(temp_key, data) 32`.
fn open_pad(plain: &[u8; LEN]) -> (Choice, Zeroizing<[u8; PAD_LEN]>) {
    let mut body = Zeroizing::new([0; 224]);
    body.copy_from_slice(&plain[32..]);
    let mut temp_key = Zeroizing::new(sha256_parts(&[body.as_slice()]));
    for (to, from) in temp_key.iter_mut().zip(plain) {
        *to ^= from;
    }
    let whole = ige_decrypt(&temp_key, &[0; 32], body.as_mut_slice()).is_ok();
    let mut data = Zeroizing::new([0; PAD_LEN]);
    for (to, from) in data.iter_mut().zip(body[..PAD_LEN].iter().rev()) {
        *to = *from;
    }
    let hash = sha256_parts(&[temp_key.as_slice(), data.as_slice()]);
    (hash.ct_eq(&body[PAD_LEN..]) & Choice::from(u8::from(whole)), data)
}

/// `0 | SHA-1(data) 20 | data | padding`. All three lengths are hashed; none is parsed.
fn open_old(plain: &[u8; LEN]) -> (Choice, Zeroizing<[u8; PAD_LEN]>, usize) {
    let zero = plain[0].ct_eq(&0);
    let (mut found, mut len) = (Choice::from(0), 0_u64);
    for (candidate, length) in OLD_LENGTHS.iter().zip([96_u64, 100, 104]) {
        let digest = sha1(&[plain.get(21..21 + candidate).unwrap_or_default()]);
        let equal = digest.ct_eq(&plain[1..21]);
        len.conditional_assign(&length, equal);
        found |= equal;
    }
    let mut data = Zeroizing::new([0; PAD_LEN]);
    data.copy_from_slice(&plain[21..21 + PAD_LEN]);
    (found & zero, data, usize::try_from(len).unwrap_or_default())
}

/// The forward direction of `RSA_PAD`, for clients.
///
/// # Errors
/// [`Error::Length`] for more than 144 bytes, [`Error::Library`].
pub fn encrypt_inner_pad(
    key: &RsaPublicKey,
    data: &[u8],
    rng: &mut dyn Random,
) -> Result<[u8; LEN], Error> {
    if data.len() > PAD_MAX_DATA {
        return Err(Error::Length { got: data.len() });
    }
    let mut padded = [0; PAD_LEN];
    rng.fill(&mut padded);
    for (to, from) in padded.iter_mut().zip(data) {
        *to = *from;
    }
    loop {
        let mut temp_key = [0; 32];
        rng.fill(&mut temp_key);
        let hash = sha256_parts(&[&temp_key, &padded]);
        let mut out = [0; LEN];
        for (to, from) in out[32..224].iter_mut().zip(padded.iter().rev()) {
            *to = *from;
        }
        out[224..].copy_from_slice(&hash);
        ige_encrypt(&temp_key, &[0; 32], &mut out[32..])?;
        let mask = sha256_parts(&[&out[32..]]);
        for (to, (key_byte, mask_byte)) in out.iter_mut().zip(temp_key.iter().zip(mask)) {
            *to = key_byte ^ mask_byte;
        }
        // A value above the modulus wants another temp_key.
        if bool::from(key.is_above(&out)) {
            return key.raw(&out);
        }
    }
}

/// The forward direction of the old form, for clients.
///
/// # Errors
/// [`Error::Length`] for more than 235 bytes, [`Error::Library`].
pub fn encrypt_inner_old(
    key: &RsaPublicKey,
    data: &[u8],
    rng: &mut dyn Random,
) -> Result<[u8; LEN], Error> {
    if data.len() > LEN - 21 {
        return Err(Error::Length { got: data.len() });
    }
    let mut out = [0; LEN];
    rng.fill(&mut out[1..]);
    out[1..21].copy_from_slice(&sha1(&[data]));
    for (to, from) in out[21..].iter_mut().zip(data) {
        *to = *from;
    }
    key.raw(&out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rsa::tests::test_key;

    fn rng() -> impl FnMut(&mut [u8]) {
        let mut state = 1_u64;
        move |out| {
            for byte in out {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
                *byte = state.to_be_bytes()[0];
            }
        }
    }

    #[test]
    fn rsa_pad_round_trip() {
        let data = [0x42; 144];
        let hidden = encrypt_inner_pad(test_key().public(), &data, &mut rng()).unwrap();
        let inner = decrypt_inner(test_key(), &hidden, false, true).unwrap();
        assert_eq!(inner.form, RsaForm::Pad);
        assert_eq!(inner.bytes().len(), 192);
        assert_eq!(inner.bytes()[..144], data);
    }

    #[test]
    fn old_form_round_trip_in_its_three_lengths() {
        for len in OLD_LENGTHS {
            let data = vec![0x17; len];
            let hidden = encrypt_inner_old(test_key().public(), &data, &mut rng()).unwrap();
            let inner = decrypt_inner(test_key(), &hidden, true, true).unwrap();
            assert_eq!((inner.form, inner.bytes()), (RsaForm::Old, data.as_slice()));
        }
    }

    #[test]
    fn old_form_of_any_other_length_is_refused() {
        for len in [0, 92, 95, 97, 108, 192] {
            let hidden = encrypt_inner_old(test_key().public(), &vec![1; len], &mut rng()).unwrap();
            assert!(decrypt_inner(test_key(), &hidden, true, true).is_none(), "{len}");
        }
    }

    #[test]
    fn the_switch_and_an_unknown_key_mask_the_verdict() {
        let hidden = encrypt_inner_old(test_key().public(), &[1; 96], &mut rng()).unwrap();
        assert!(decrypt_inner(test_key(), &hidden, false, true).is_none());
        assert!(decrypt_inner(test_key(), &hidden, true, false).is_none());
        let hidden = encrypt_inner_pad(test_key().public(), &[1; 96], &mut rng()).unwrap();
        assert!(decrypt_inner(test_key(), &hidden, false, false).is_none());
    }

    #[test]
    fn changed_and_oversized_values_are_refused() {
        for encrypt in [encrypt_inner_pad, encrypt_inner_old] {
            let mut hidden = encrypt(test_key().public(), &[1; 96], &mut rng()).unwrap();
            hidden[200] ^= 1;
            assert!(decrypt_inner(test_key(), &hidden, true, true).is_none());
        }
        for value in [[0xff; LEN], [0; LEN], *test_key().public().modulus()] {
            assert!(decrypt_inner(test_key(), &value, true, true).is_none());
        }
    }

    #[test]
    fn old_form_with_a_first_byte_is_refused() {
        let mut plain = [7; LEN];
        plain[0] = 1;
        let digest = sha1(&[&plain[21..117]]);
        plain[1..21].copy_from_slice(&digest);
        let hidden = test_key().public().raw(&plain).unwrap();
        assert!(decrypt_inner(test_key(), &hidden, true, true).is_none());
        plain[0] = 0;
        let hidden = test_key().public().raw(&plain).unwrap();
        assert!(decrypt_inner(test_key(), &hidden, true, true).is_some());
    }

    #[test]
    fn data_that_does_not_fit_is_not_encrypted() {
        assert!(encrypt_inner_pad(test_key().public(), &[0; 145], &mut rng()).is_err());
        assert!(encrypt_inner_old(test_key().public(), &[0; 236], &mut rng()).is_err());
    }
}
