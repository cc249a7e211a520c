//! Whether secrets show in how long something takes: the test of dudect (Reparaz, Balasch, Verbauwhede, 2017).
//!
//! Inputs of two classes come in a random order; Welch's t-test compares how long they took, all of them and without the slowest
//! parts, where the system's noise is. Below 4.5 nothing was found.

use std::hint::black_box;
use std::time::Instant;

use crypto::{AuthKey, Random as _, RsaKeyPair, Sender, SrpChallenge, SrpProof};

use crate::client::Random;
use crate::server::Result;

/// What counts as found.
const LIMIT: f64 = 4.5;
/// Parts of the times, the fastest first, that are compared.
const PARTS: [f64; 5] = [0.5, 0.75, 0.9, 0.99, 1.0];
/// Inputs of each class, made beforehand.
const POOL: usize = 256;
/// Bytes of a packet.
const PACKET: usize = 24 + 512;

/// An inner message of a key exchange, in one form or the other.
type Seal = fn(
    &crypto::RsaPublicKey,
    &[u8],
    &mut dyn crypto::Random,
) -> std::result::Result<[u8; 256], crypto::Error>;

/// Runs every case with so many samples; the slowest one, a whole proof of a password, with a hundredth of them.
pub(crate) fn run(samples: usize) -> Result<()> {
    let mut found = Vec::new();
    let mut report = |name: &str, samples: usize, t: f64| {
        println!("timing: {name}: |t| {t:.2} over {samples} samples, limit {LIMIT}");
        if t >= LIMIT || t.is_nan() {
            found.push(name.to_owned());
        }
    };
    let t = equal_bytes::<16>(samples);
    report("comparison of a msg_key, first against last byte wrong", samples, t);
    let t = equal_bytes::<32>(samples);
    report("comparison of a code's digest or an M1, first against last byte wrong", samples, t);
    let t = packets(samples)?;
    report("a whole packet, one bit of its padding against all of it wrong", samples, t);
    let pair = RsaKeyPair::generate(2048).map_err(text)?;
    for (name, form) in
        [("RSA_PAD", crypto::encrypt_inner_pad as Seal), ("old RSA", crypto::encrypt_inner_old)]
    {
        let t = inner(&pair, form, Wrong::Noise, samples)?;
        report(&format!("{name}, right against noise"), samples, t);
    }
    let t = inner(&pair, crypto::encrypt_inner_pad, Wrong::AboveModulus, samples)?;
    report("RSA_PAD, right against above the modulus", samples, t);
    let fewer = (samples / 100).max(1000);
    let t = proofs(fewer)?;
    report("proof of a password, M1 right against wrong", fewer, t);
    if found.is_empty() { Ok(()) } else { Err(format!("time tells of: {}", found.join("; "))) }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    Random.fill(&mut out);
    out
}

/// Times `work` on the inputs of both classes in a random order; answers the largest |t|.
fn compare<I: Clone>(pools: [Vec<I>; 2], samples: usize, mut work: impl FnMut(&mut I)) -> f64 {
    let mut times: [Vec<f64>; 2] = [Vec::with_capacity(samples), Vec::with_capacity(samples)];
    let mut order = vec![0; samples * 2];
    Random.fill(&mut order);
    // Whatever the processor learns at first belongs to nobody.
    for pair in order.chunks_exact(2).take(POOL * 2).chain(order.chunks_exact(2)) {
        let [class, place] = [usize::from(pair[0] & 1), usize::from(pair[1]) % POOL];
        let mut input = pools[class][place].clone();
        let begun = Instant::now();
        work(black_box(&mut input));
        let took = begun.elapsed();
        times[class].push(took.as_secs_f64() * 1e9);
    }
    for class in &mut times {
        class.drain(..POOL / 2);
    }
    let mut all: Vec<f64> = times.concat();
    all.sort_by(f64::total_cmp);
    PARTS
        .iter()
        .map(|part| {
            let place = ((all.len() - 1) as f64 * part) as usize;
            welch(&times[0], &times[1], all[place]).abs()
        })
        .fold(0.0, f64::max)
}

/// Welch's t of the times up to `most`.
fn welch(a: &[f64], b: &[f64], most: f64) -> f64 {
    let sum = |times: &[f64]| {
        let kept = || times.iter().filter(|time| **time <= most);
        let count = kept().count() as f64;
        let mean = kept().sum::<f64>() / count;
        let variance = kept().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    };
    let ((mean_a, spread_a), (mean_b, spread_b)) = (sum(a), sum(b));
    let spread = spread_a + spread_b;
    if spread == 0.0 { 0.0 } else { (mean_a - mean_b) / spread.sqrt() }
}

fn equal_bytes<const N: usize>(samples: usize) -> f64 {
    let make = |place: usize| {
        (0..POOL)
            .map(|_| {
                let right = bytes::<N>();
                let mut wrong = right;
                wrong[place] ^= 1;
                (right, wrong)
            })
            .collect()
    };
    compare([make(0), make(N - 1)], samples, |(right, wrong)| {
        // One comparison is over before the clock has moved.
        for _ in 0..64 {
            black_box(crypto::ct_eq(black_box(right.as_slice()), black_box(wrong.as_slice())));
        }
    })
}

/// Opening packets that are wrong in their last block only, or all over.
fn packets(samples: usize) -> Result<f64> {
    let key = AuthKey::new(bytes());
    let mut near = Vec::new();
    let mut far = Vec::new();
    for _ in 0..POOL {
        let mut packet = bytes::<PACKET>();
        crypto::seal(&key, Sender::Client, &mut packet).map_err(text)?;
        packet[PACKET - 1] ^= 1;
        near.push(packet);
        let mut noise = bytes::<PACKET>();
        noise[..8].copy_from_slice(&key.id().to_le_bytes());
        far.push(noise);
    }
    Ok(compare([near, far], samples, |packet| {
        black_box(crypto::open(&key, Sender::Client, packet).is_ok());
    }))
}

enum Wrong {
    Noise,
    AboveModulus,
}

/// The inner message of a key exchange: right in one form, against what is refused.
fn inner(pair: &RsaKeyPair, seal: Seal, wrong: Wrong, samples: usize) -> Result<f64> {
    let mut right = Vec::new();
    let mut refused = Vec::new();
    for _ in 0..POOL {
        right.push(seal(pair.public(), &bytes::<96>(), &mut Random).map_err(text)?);
        let mut noise = bytes::<256>();
        noise[0] = match wrong {
            Wrong::Noise => 0,
            Wrong::AboveModulus => 0xff,
        };
        refused.push(noise);
    }
    Ok(compare([right, refused], samples, |encrypted| {
        black_box(crypto::decrypt_inner(pair, encrypted, true, true).is_some());
    }))
}

fn proofs(samples: usize) -> Result<f64> {
    let salts: (&[u8], &[u8]) = (b"first salt", b"second salt");
    let verifier = crypto::srp_verifier(b"password", salts).map_err(text)?;
    let challenge = SrpChallenge::new(&verifier, &mut Random).map_err(text)?;
    let mut right = Vec::new();
    let mut wrong = Vec::new();
    for _ in 0..POOL {
        let proof: SrpProof =
            crypto::srp_client_proof(b"password", salts, challenge.public(), &mut Random)
                .map_err(text)?;
        let mut other = proof.clone();
        other.m1 = bytes();
        right.push(proof);
        wrong.push(other);
    }
    Ok(compare([right, wrong], samples, |proof| {
        black_box(challenge.verify(&verifier, salts, proof).is_ok());
    }))
}
