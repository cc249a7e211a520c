//! Reads how long an MP3 (ISO/IEC 11172-3) or Ogg (RFC 3533) file plays. Runs in the helper process only.

use std::io::{Read, Seek, SeekFrom};

use model::media::Film;

/// Bytes behind the tags in which the first frame is looked for.
const SEARCH_BYTES: u64 = 64 * 1024;
/// The last page of an Ogg stream is within so many bytes of the end (a page has at most 65,307).
const LAST_PAGE_BYTES: u64 = 65_536;
/// Bytes of the tag's own header.
const TAG_HEAD: u64 = 10;
/// Samples in a second of every Opus stream's clock.
const OPUS_RATE: u32 = 48_000;

/// Reads the length, if it is one of these files.
pub(super) fn read(source: &mut (impl Read + Seek)) -> Result<Film, String> {
    let unreadable = |error: std::io::Error| format!("unreadable: {error}");
    let length = source.seek(SeekFrom::End(0)).map_err(unreadable)?;
    let head = part(source, 0, SEARCH_BYTES).map_err(unreadable)?;
    let duration_s = if head.starts_with(b"OggS") {
        let start = length.saturating_sub(LAST_PAGE_BYTES);
        let tail = part(source, start, LAST_PAGE_BYTES).map_err(unreadable)?;
        ogg(&head, &tail)
    } else {
        let start = tag_bytes(&head);
        let frames = if start == 0 {
            head
        } else {
            part(source, start, SEARCH_BYTES).map_err(unreadable)?
        };
        mp3(&frames, length.saturating_sub(start))
    };
    let duration_s = duration_s.ok_or("not a sound that can be read")?;
    Ok(Film { duration_s, has_audio: true, ..Film::default() })
}

fn part(source: &mut (impl Read + Seek), start: u64, length: u64) -> std::io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    source.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Bytes of the ID3 tag in front, whose size is written in 7 bits a byte.
fn tag_bytes(head: &[u8]) -> u64 {
    match head {
        [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] => {
            let size =
                [a, b, c, d].into_iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
            size + TAG_HEAD
        }
        _ => 0,
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// What the header of a layer III frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    bits_per_second: u32,
    rate: u32,
    /// Samples in a frame.
    samples: u32,
    /// Bytes between the header and what an encoder may have written there about the whole file.
    side_info: usize,
    /// Bytes of the whole frame.
    bytes: usize,
}

impl Frame {
    fn parse(header: u32) -> Option<Self> {
        const V1: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        const V2: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        let field = |shift: u32, bits: u32| header >> shift & ((1 << bits) - 1);
        let (sync, version, layer) = (field(21, 11), field(19, 2), field(17, 2));
        if sync != 0x7ff || version == 1 || layer != 1 {
            return None;
        }
        let first = version == 3;
        let kilobits = *(if first { V1 } else { V2 }).get(usize::try_from(field(12, 4)).ok()?)?;
        let base = *[44_100_u32, 48_000, 32_000].get(usize::try_from(field(10, 2)).ok()?)?;
        let rate = match version {
            3 => base,
            2 => base / 2,
            _ => base / 4,
        };
        let mono = field(6, 2) == 3;
        let side_info = match (first, mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        if kilobits == 0 {
            return None;
        }
        let samples = if first { 1152 } else { 576 };
        let bytes = samples / 8 * kilobits * 1000 / rate + field(9, 1);
        Some(Self {
            bits_per_second: kilobits * 1000,
            rate,
            samples,
            side_info,
            bytes: usize::try_from(bytes).ok()?,
        })
    }
}

/// By the number of frames if the encoder wrote it into the first one, else as if all frames had the first one's rate.
fn mp3(bytes: &[u8], length: u64) -> Option<f64> {
    // One frame may be chance; two in a row are a file. A file of one frame is not worth a length.
    let frame_at = |at: usize| word(bytes, at).and_then(Frame::parse);
    let (start, frame) = (0..bytes.len()).find_map(|at| {
        let frame = frame_at(at)?;
        frame_at(at.checked_add(frame.bytes)?)
            .is_some_and(|next| next.rate == frame.rate)
            .then_some((at, frame))
    })?;
    let about = start.checked_add(4 + frame.side_info)?;
    let counted = match bytes.get(about..about.checked_add(4)?)? {
        b"Xing" | b"Info" if word(bytes, about + 4)? & 1 == 1 => word(bytes, about + 8),
        _ => None,
    };
    let duration = match counted {
        Some(frames) => f64::from(frames) * f64::from(frame.samples) / f64::from(frame.rate),
        None => seconds(
            length.checked_sub(u64::try_from(start).ok()?)?.checked_mul(8)?,
            frame.bits_per_second,
        ),
    };
    Some(duration)
}

/// By the clock of the last page.
fn ogg(head: &[u8], tail: &[u8]) -> Option<f64> {
    // The first packet begins behind the page's header of 27 bytes and its table of segments.
    let first = head.get(27 + usize::from(*head.get(26)?)..)?;
    let (rate, skipped) = if first.starts_with(b"OpusHead") {
        (OPUS_RATE, u64::from(u16::from_le_bytes(first.get(10..12)?.try_into().ok()?)))
    } else if first.starts_with(b"\x01vorbis") {
        (u32::from_le_bytes(first.get(12..16)?.try_into().ok()?), 0)
    } else {
        return None;
    };
    let last = tail.windows(4).rposition(|window| window == b"OggS")?;
    let clock = u64::from_le_bytes(tail.get(last + 6..last + 14)?.try_into().ok()?);
    // All bits set: no packet ends on this page.
    (rate > 0 && clock != u64::MAX).then(|| seconds(clock.saturating_sub(skipped), rate))
}

#[expect(clippy::cast_precision_loss, reason = "a length in seconds needs no more")]
fn seconds(ticks: u64, per_second: u32) -> f64 {
    ticks as f64 / f64::from(per_second)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn length(bytes: Vec<u8>) -> Option<f64> {
        read(&mut Cursor::new(bytes)).ok().map(|film| film.duration_s)
    }

    /// Frames of 128 kbit/s at 44.1 kHz, stereo: 417 bytes, 1152 samples each.
    fn frames(count: usize) -> Vec<u8> {
        let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
        frame.resize(417, 0);
        frame.repeat(count)
    }

    fn page(clock: u64, packet: &[u8]) -> Vec<u8> {
        let mut page = b"OggS\0\0".to_vec();
        page.extend(clock.to_le_bytes());
        page.extend([0; 12]);
        page.extend([1, u8::try_from(packet.len()).unwrap()]);
        page.extend(packet);
        page
    }

    #[test]
    fn an_mp3_of_one_rate_is_measured_by_its_bytes() {
        let expected = 417.0 * 100.0 * 8.0 / 128_000.0;
        assert_eq!(length(frames(100)), Some(expected));
        let mut tagged = b"ID3\x04\0\0\0\0\x01\x00".to_vec();
        tagged.extend([0; 128]);
        tagged.extend(frames(100));
        assert_eq!(length(tagged), Some(expected));
    }

    #[test]
    fn an_mp3_that_counts_its_frames_is_believed() {
        let mut bytes = frames(3);
        bytes[36..40].copy_from_slice(b"Xing");
        bytes[40..44].copy_from_slice(&1_u32.to_be_bytes());
        bytes[44..48].copy_from_slice(&1000_u32.to_be_bytes());
        assert_eq!(length(bytes), Some(1000.0 * 1152.0 / 44_100.0));
    }

    #[test]
    fn an_ogg_is_measured_by_its_clock() {
        let mut opus = b"OpusHead\x01\x01".to_vec();
        opus.extend(312_u16.to_le_bytes());
        opus.extend([0; 7]);
        let file = [page(0, &opus), page(48_000 * 3 + 312, b"sound")].concat();
        assert_eq!(length(file), Some(3.0));
        let mut vorbis = b"\x01vorbis\0\0\0\0\x02".to_vec();
        vorbis.extend(22_050_u32.to_le_bytes());
        let file = [page(0, &vorbis), page(44_100, b"sound")].concat();
        assert_eq!(length(file), Some(2.0));
    }

    #[test]
    fn broken_sounds_are_refused() {
        for bad in [
            &b""[..],
            b"ID3",
            b"ID3\x04\0\0\x7f\x7f\x7f\x7f",
            b"OggS",
            b"OggS\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff",
            &[0xff; 4000],
        ] {
            assert_eq!(length(bad.to_vec()), None);
        }
        let whole = [page(0, b"OpusHead\x01\x01\0\0\0\0\0"), page(9, b"x")].concat();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 0xff;
            drop(read(&mut Cursor::new(flipped)));
            drop(read(&mut Cursor::new(whole[..at].to_vec())));
        }
    }
}
