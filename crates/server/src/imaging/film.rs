//! Reads the header of an MP4 or QuickTime film (ISO/IEC 14496-12): length, size, which tracks. Runs in the helper process only.

use std::io::{Read, Seek, SeekFrom};

use model::media::Film;

/// The header's box holds tables of every sample; longer ones are not read.
const HEADER_BYTES: u64 = 32 * 1024 * 1024;
/// Boxes at the top of a file that are looked at.
const BOXES: usize = 10_000;

/// Finds the header box and reads it.
pub(super) fn read(source: &mut (impl Read + Seek)) -> Result<Film, String> {
    let unreadable = |error: std::io::Error| format!("unreadable: {error}");
    let end = source.seek(SeekFrom::End(0)).map_err(unreadable)?;
    let mut at = 0;
    for _ in 0..BOXES {
        if at >= end {
            break;
        }
        source.seek(SeekFrom::Start(at)).map_err(unreadable)?;
        let mut head = [0; 16];
        let read = fill(source, &mut head).map_err(unreadable)?;
        let found = head
            .get(..read)
            .and_then(|head| Header::parse(head, end - at))
            .ok_or("a broken box")?;
        if found.kind == *b"moov" {
            if found.length > HEADER_BYTES {
                return Err("a header too long".to_owned());
            }
            source.seek(SeekFrom::Start(at + found.head)).map_err(unreadable)?;
            let mut header = Vec::new();
            source.take(found.length - found.head).read_to_end(&mut header).map_err(unreadable)?;
            return film(&header).ok_or_else(|| "a broken header".to_owned());
        }
        at += found.length;
    }
    Err("no header".to_owned())
}

fn fill(source: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// The start of a box.
struct Header {
    kind: [u8; 4],
    /// Bytes of the start itself.
    head: u64,
    /// Bytes of the whole box.
    length: u64,
}

impl Header {
    /// Length 0 means to the end, 1 that a long one follows.
    fn parse(bytes: &[u8], left: u64) -> Option<Self> {
        let kind = bytes.get(4..8)?.try_into().ok()?;
        let (head, length) = match u64::from(word(bytes, 0)?) {
            0 => (8, left),
            1 => (16, u64::from(word(bytes, 8)?) << 32 | u64::from(word(bytes, 12)?)),
            short => (8, short),
        };
        (head..=left).contains(&length).then_some(Self { kind, head, length })
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// The boxes within a box.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let found = Header::parse(bytes, u64::try_from(bytes.len()).ok()?)?;
        let (whole, rest) = bytes.split_at_checked(usize::try_from(found.length).ok()?)?;
        bytes = rest;
        Some((found.kind, whole.get(usize::try_from(found.head).ok()?..)?))
    })
}

fn child<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|(found, _)| found == kind).map(|(_, content)| content)
}

fn film(header: &[u8]) -> Option<Film> {
    let mut film = Film { duration_s: duration(child(header, b"mvhd")?)?, ..Film::default() };
    for (_, track) in boxes(header).filter(|(kind, _)| kind == b"trak") {
        let media = child(track, b"mdia")?;
        match child(media, b"hdlr")?.get(8..12)? {
            b"soun" => film.has_audio = true,
            b"vide" if !film.has_video => {
                film.has_video = true;
                (film.width, film.height) = size(child(track, b"tkhd")?)?;
                if film.duration_s <= 0.0 {
                    film.duration_s = child(media, b"mdhd").and_then(duration).unwrap_or(0.0);
                }
            }
            _ => {}
        }
    }
    Some(film)
}

/// Seconds, of `mvhd` or `mdhd`: version, flags, two dates, ticks in a second, ticks in all.
fn duration(content: &[u8]) -> Option<f64> {
    let (scale, ticks) = if *content.first()? == 1 {
        (
            word(content, 20)?,
            f64::from(word(content, 24)?) * 4_294_967_296.0 + f64::from(word(content, 28)?),
        )
    } else {
        (word(content, 12)?, f64::from(word(content, 16)?))
    };
    // All bits set means that nobody knows.
    let unknown = scale == 0 || ticks >= 4_294_967_295.0;
    Some(if unknown { 0.0 } else { ticks / f64::from(scale) })
}

/// Width and height as shown: whole pixels of `tkhd`, turned if its matrix turns by a quarter.
fn size(content: &[u8]) -> Option<(u32, u32)> {
    let matrix = if *content.first()? == 1 { 52 } else { 40 };
    let (width, height) = (word(content, matrix + 36)? >> 16, word(content, matrix + 40)? >> 16);
    let turned = word(content, matrix)? == 0 && word(content, matrix + 4)? != 0;
    Some(if turned { (height, width) } else { (width, height) })
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Cursor;

    use super::*;

    fn boxed(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let length = u32::try_from(content.len() + 8).unwrap();
        [&length.to_be_bytes()[..], kind, &content].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    fn track(handler: &[u8; 4], width: u32, height: u32, turned: bool) -> Vec<u8> {
        let matrix = if turned {
            [0, 1 << 16, 0, 0xffff_0000, 0, 0, 0, 0, 1 << 30]
        } else {
            [1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30]
        };
        let tkhd =
            [&words(&[0; 10])[..], &words(&matrix), &words(&[width << 16, height << 16])].concat();
        let hdlr = [&words(&[0, 0])[..], handler, &words(&[0; 4])].concat();
        let mdia = boxed(b"mdia", &[&boxed(b"hdlr", &[&hdlr])]);
        boxed(b"trak", &[&boxed(b"tkhd", &[&tkhd]), &mdia])
    }

    /// A film without pictures or sound, but with a header that promises them.
    pub(crate) fn sample(sound: bool, turned: bool) -> Vec<u8> {
        let mvhd = words(&[0, 0, 0, 600, 600 * 5 + 300, 0]);
        let mut tracks = track(b"vide", 320, 240, turned);
        if sound {
            tracks.extend(track(b"soun", 0, 0, false));
        }
        let moov = boxed(b"moov", &[&boxed(b"mvhd", &[&mvhd]), &tracks]);
        [boxed(b"ftyp", &[b"isom\0\0\0\0"]), boxed(b"mdat", &[&[7; 100]]), moov].concat()
    }

    fn parse(bytes: Vec<u8>) -> Result<Film, String> {
        read(&mut Cursor::new(bytes))
    }

    #[test]
    fn the_header_tells_length_size_and_tracks() {
        let film = parse(sample(true, false)).unwrap();
        assert_eq!(
            film,
            Film { duration_s: 5.5, width: 320, height: 240, has_video: true, has_audio: true }
        );
        let turned = parse(sample(false, true)).unwrap();
        assert_eq!((turned.width, turned.height, turned.has_audio), (240, 320, false));
    }

    #[test]
    fn broken_films_are_refused() {
        for bad in [
            &b""[..],
            b"ftyp",
            b"\0\0\0\x07moov",
            b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            assert!(parse(bad.to_vec()).is_err());
        }
        let whole = sample(true, false);
        for cut in 0..whole.len() {
            assert!(parse(whole[..cut].to_vec()).is_err(), "{cut}");
        }
        // No byte of it makes the reader fail in a worse way.
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 0xff;
            drop(parse(flipped));
        }
    }
}
