//! `gzip_packed`: opening what peers compressed, and compressing answers.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::{GzDecoder, ZlibDecoder};
use flate2::write::GzEncoder;

use crate::{Budget, Error, Result};

/// How far a compressed stream may grow.
#[derive(Clone, Copy, Debug)]
pub struct InflateLimits {
    /// Bytes of output, whatever the input.
    pub max_output_bytes: usize,
    /// Bytes of output for each byte of input.
    pub max_ratio: usize,
    /// Ids at the head of the output that lift `max_ratio`: a file's part that repeats one byte compresses a thousandfold,
    /// official clients compress every part that shrinks, and a part is stored as it is rather than expanded.
    pub parts: &'static [u32],
}

impl InflateLimits {
    /// For requests: 1 MiB, 64-fold; `upload.saveFilePart` and `upload.saveBigFilePart` up to the size alone.
    pub const REQUEST: Self =
        Self { max_output_bytes: 1 << 20, max_ratio: 64, parts: &[0xb304_a621, 0xde7b_673d] };
}

/// Bytes read at a time.
const STEP: usize = 16 * 1024;

/// Decompresses a gzip or a zlib stream (official clients send the latter under the name `gzip_packed`).
///
/// The output is charged to `budget` step by step, before it is kept; only a file's part brings its own allowance, twice its
/// size (once for the stream, once for the decoded bytes).
///
/// # Errors
/// [`Error::DamagedStream`], [`Error::InflatesTooFar`] or [`Error::Budget`].
#[expect(clippy::disallowed_methods, reason = "this is the capped decoder")]
pub fn inflate(data: &[u8], limits: InflateLimits, budget: &mut Budget) -> Result<Vec<u8>> {
    match data {
        [0x1f, 0x8b, ..] => drain(GzDecoder::new(data), data.len(), limits, budget),
        _ => drain(ZlibDecoder::new(data), data.len(), limits, budget),
    }
}

fn drain(
    mut source: impl Read,
    input: usize,
    limits: InflateLimits,
    budget: &mut Budget,
) -> Result<Vec<u8>> {
    let by_ratio = input.saturating_mul(limits.max_ratio);
    let mut out = Vec::new();
    let mut step = [0u8; STEP];
    loop {
        let read = source.read(&mut step).map_err(|_| Error::DamagedStream)?;
        let Some(chunk) = step.get(..read).filter(|chunk| !chunk.is_empty()) else {
            return Ok(out);
        };
        let size = out.len().saturating_add(read);
        let is_part = is_part(&out, chunk, limits.parts);
        let limit =
            if is_part { limits.max_output_bytes } else { limits.max_output_bytes.min(by_ratio) };
        if size > limit {
            return Err(Error::InflatesTooFar { limit });
        }
        if is_part {
            budget.grant(read.saturating_mul(2));
        }
        budget.charge(read)?;
        out.extend_from_slice(chunk);
    }
}

/// Whether the output begins with one of `parts`.
fn is_part(out: &[u8], chunk: &[u8], parts: &[u32]) -> bool {
    let head = if out.is_empty() { chunk } else { out };
    head.first_chunk::<4>().is_some_and(|id| parts.contains(&u32::from_le_bytes(*id)))
}

/// Compresses an answer as gzip, which every client opens.
#[must_use]
pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(data.len() / 2), Compression::fast());
    // Writing to memory does not fail; were it to, a stored block is still not what the caller asked for, so nothing is.
    match encoder.write_all(data) {
        Ok(()) => encoder.finish().unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::{InflateLimits, gzip, inflate};
    use crate::{Budget, Error};

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn open(data: &[u8]) -> crate::Result<Vec<u8>> {
        inflate(data, InflateLimits::REQUEST, &mut Budget::for_request(data.len()))
    }

    #[test]
    fn both_kinds_of_stream_open() {
        let text = b"a request that says the same, the same, the same".repeat(20);
        assert_eq!(open(&gzip(&text)), Ok(text.clone()));
        assert_eq!(open(&zlib(&text)), Ok(text));
    }

    #[test]
    fn nothing_opens_to_nothing() {
        assert_eq!(open(&gzip(b"")), Ok(Vec::new()));
    }

    #[test]
    fn bomb_stops_at_the_ratio() {
        let bomb = zlib(&vec![0; 1 << 20]);
        assert_eq!(open(&bomb), Err(Error::InflatesTooFar { limit: bomb.len() * 64 }));
    }

    #[test]
    fn bomb_stops_at_the_size() {
        let mut bomb = 0xb304_a621u32.to_le_bytes().to_vec();
        bomb.resize(1 << 21, 0);
        assert_eq!(open(&zlib(&bomb)), Err(Error::InflatesTooFar { limit: 1 << 20 }));
    }

    #[test]
    fn part_of_a_monotonous_file_opens() {
        let mut part = 0xb304_a621u32.to_le_bytes().to_vec();
        part.resize(512 * 1024 + 28, 7);
        assert_eq!(open(&zlib(&part)), Ok(part));
    }

    #[test]
    fn output_is_charged() {
        let mut state = 1u32;
        let text: Vec<u8> = (0..40_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0] & 15
            })
            .collect();
        let packed = zlib(&text);
        let mut budget = Budget::of(50_000);
        assert_eq!(inflate(&packed, InflateLimits::REQUEST, &mut budget), Ok(text));
        assert_eq!(budget.left(), 10_000);
        assert!(matches!(
            inflate(&packed, InflateLimits::REQUEST, &mut budget),
            Err(Error::Budget { .. })
        ));
    }

    #[test]
    fn damage_and_truncation_are_refused() {
        let good = gzip(&b"some text".repeat(100));
        assert_eq!(open(&good[..good.len() - 9]), Err(Error::DamagedStream));
        assert_eq!(open(b"\x78\x9cnonsense"), Err(Error::DamagedStream));
        assert_eq!(open(b""), Err(Error::DamagedStream));
    }
}
