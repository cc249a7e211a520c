//! IGE with AES-NI: up to eight messages in lockstep, state in registers.
#![expect(
    unsafe_code,
    reason = "AES-NI: loads and stores, and calls of functions that need the CPU feature"
)]
#![expect(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "arrays of N or 15 elements walked by constant bounds, which the compiler unrolls; slices cut to `blocks`"
)]

use core::arch::x86_64::{
    __m128i, _mm_aesdec_si128, _mm_aesdeclast_si128, _mm_aesenc_si128, _mm_aesenclast_si128,
    _mm_aesimc_si128, _mm_loadu_si128, _mm_set1_epi32, _mm_setzero_si128, _mm_shuffle_epi8,
    _mm_shuffle_epi32, _mm_slli_si128, _mm_storeu_si128, _mm_xor_si128,
};

use super::{BLOCK, IgeLane, halves};

/// The round keys of AES-256.
type Schedule = [__m128i; 15];

/// Encrypts all lanes; false when the processor lacks AES-NI or SSSE3, and then nothing is changed.
pub(super) fn encrypt(lanes: &mut [IgeLane<'_>]) -> bool {
    if !std::arch::is_x86_feature_detected!("aes") || !std::arch::is_x86_feature_detected!("ssse3")
    {
        return false;
    }
    let mut rest = lanes;
    while !rest.is_empty() {
        let take = match rest.len() {
            8.. => 8,
            4..8 => 4,
            2..4 => 2,
            _ => 1,
        };
        let (group, others) = core::mem::take(&mut rest).split_at_mut(take);
        match take {
            // SAFETY: the features were detected above.
            8 => unsafe { group_of::<8>(group) },
            // SAFETY: as above.
            4 => unsafe { group_of::<4>(group) },
            // SAFETY: as above.
            2 => unsafe { group_of::<2>(group) },
            // SAFETY: as above.
            _ => unsafe { group_of::<1>(group) },
        }
        rest = others;
    }
    true
}

/// Decrypts; false when the processor lacks AES-NI or SSSE3, and then nothing is changed.
pub(super) fn decrypt(key: &[u8; 32], iv: &[u8; 32], blocks: &mut [[u8; BLOCK]]) -> bool {
    if !std::arch::is_x86_feature_detected!("aes") || !std::arch::is_x86_feature_detected!("ssse3")
    {
        return false;
    }
    // SAFETY: the features were detected above.
    unsafe { decrypt_one(key, iv, blocks) };
    true
}

/// What one lane carries from block to block.
struct Chain<const N: usize> {
    keys: [Schedule; N],
    before_c: [__m128i; N],
    before_p: [__m128i; N],
}

/// `group` holds N lanes: the common length in lockstep, then what is left of each by itself.
#[target_feature(enable = "aes,ssse3")]
fn group_of<const N: usize>(group: &mut [IgeLane<'_>]) {
    let common = group.iter().map(|lane| lane.data.len() / BLOCK).min().unwrap_or(0);
    let zero = _mm_setzero_si128();
    let mut keys = [&[0; 32]; N];
    for (key, lane) in keys.iter_mut().zip(group.iter()) {
        *key = &lane.key;
    }
    let mut chain = Chain::<N> { keys: expand(keys), before_c: [zero; N], before_p: [zero; N] };
    for (i, lane) in group.iter().enumerate().take(N) {
        let (first, second) = halves(&lane.iv);
        chain.before_c[i] = load(&first);
        chain.before_p[i] = load(&second);
    }
    let mut heads: [&mut [[u8; BLOCK]]; N] = core::array::from_fn(|_| Default::default());
    let mut tails: [&mut [[u8; BLOCK]]; N] = core::array::from_fn(|_| Default::default());
    for (i, lane) in group.iter_mut().enumerate().take(N) {
        (heads[i], tails[i]) = lane.data.as_chunks_mut().0.split_at_mut(common);
    }
    lockstep(&mut chain, &mut heads, common);
    for (i, tail) in tails.into_iter().enumerate() {
        let mut one = Chain::<1> {
            keys: [chain.keys[i]],
            before_c: [chain.before_c[i]],
            before_p: [chain.before_p[i]],
        };
        let blocks = tail.len();
        lockstep(&mut one, &mut [tail], blocks);
    }
}

/// The first `blocks` blocks of each of the N lanes.
#[target_feature(enable = "aes,ssse3")]
fn lockstep<const N: usize>(
    chain: &mut Chain<N>,
    lanes: &mut [&mut [[u8; BLOCK]]; N],
    blocks: usize,
) {
    let (mut before_c, mut before_p) = (chain.before_c, chain.before_p);
    let keys = &chain.keys;
    for block in 0..blocks {
        let mut plain = [_mm_setzero_si128(); N];
        let mut state = plain;
        for i in 0..N {
            plain[i] = load(&lanes[i][block]);
            state[i] = _mm_xor_si128(_mm_xor_si128(plain[i], before_c[i]), keys[i][0]);
        }
        for round in 1..14 {
            for i in 0..N {
                state[i] = _mm_aesenc_si128(state[i], keys[i][round]);
            }
        }
        for i in 0..N {
            before_c[i] = _mm_xor_si128(_mm_aesenclast_si128(state[i], keys[i][14]), before_p[i]);
            store(&mut lanes[i][block], before_c[i]);
        }
        before_p = plain;
    }
    (chain.before_c, chain.before_p) = (before_c, before_p);
}

#[target_feature(enable = "aes,ssse3")]
fn decrypt_one(key: &[u8; 32], iv: &[u8; 32], blocks: &mut [[u8; BLOCK]]) {
    let [forward] = expand([key]);
    let mut keys = forward;
    for (to, from) in keys.iter_mut().zip(forward.iter().rev()).skip(1).take(13) {
        *to = _mm_aesimc_si128(*from);
    }
    (keys[0], keys[14]) = (forward[14], forward[0]);
    let (first, second) = halves(iv);
    let (mut before_c, mut before_p) = (load(&first), load(&second));
    for block in blocks {
        let hidden = load(block);
        let mut state = _mm_xor_si128(_mm_xor_si128(hidden, before_p), keys[0]);
        for key in &keys[1..14] {
            state = _mm_aesdec_si128(state, *key);
        }
        before_p = _mm_xor_si128(_mm_aesdeclast_si128(state, keys[14]), before_c);
        before_c = hidden;
        store(block, before_p);
    }
}

/// The key schedules (FIPS 197, section 5.2) of N lanes in lockstep, two round keys a step.
///
/// SubWord goes through the last round of AES over four equal columns, which its row shift leaves alone: on some processors that
/// is several times faster than the instruction made for key schedules.
#[target_feature(enable = "aes,ssse3")]
fn expand<const N: usize>(keys: [&[u8; 32]; N]) -> [Schedule; N] {
    let zero = _mm_setzero_si128();
    let rotated_last_word = _mm_set1_epi32(0x0c0f_0e0d);
    let mut out = [[zero; 15]; N];
    let (mut even, mut odd) = ([zero; N], [zero; N]);
    for i in 0..N {
        let (first, second) = halves(keys[i]);
        (even[i], odd[i]) = (load(&first), load(&second));
        (out[i][0], out[i][1]) = (even[i], odd[i]);
    }
    for step in 1..8 {
        let constant = _mm_set1_epi32(1 << (step - 1));
        for i in 0..N {
            let word = _mm_aesenclast_si128(_mm_shuffle_epi8(odd[i], rotated_last_word), constant);
            even[i] = _mm_xor_si128(spread(even[i]), word);
            out[i][2 * step] = even[i];
        }
        if step == 7 {
            break;
        }
        for i in 0..N {
            let word = _mm_aesenclast_si128(_mm_shuffle_epi32::<0xff>(even[i]), zero);
            odd[i] = _mm_xor_si128(spread(odd[i]), word);
            out[i][2 * step + 1] = odd[i];
        }
    }
    out
}

/// Each word becomes the sum of itself and all words before it.
#[target_feature(enable = "sse2")]
fn spread(mut key: __m128i) -> __m128i {
    key = _mm_xor_si128(key, _mm_slli_si128::<4>(key));
    _mm_xor_si128(key, _mm_slli_si128::<8>(key))
}

#[target_feature(enable = "sse2")]
fn load(block: &[u8; BLOCK]) -> __m128i {
    // SAFETY: the array is valid for 16 bytes; the load needs no alignment.
    unsafe { _mm_loadu_si128(block.as_ptr().cast()) }
}

#[target_feature(enable = "sse2")]
fn store(block: &mut [u8; BLOCK], value: __m128i) {
    // SAFETY: the array is valid for 16 bytes; the store needs no alignment.
    unsafe { _mm_storeu_si128(block.as_mut_ptr().cast(), value) }
}
