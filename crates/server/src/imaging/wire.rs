//! How the server and its helper process speak: length-prefixed values over stdin and stdout, all numbers little-endian.

use std::io::{self, Read, Write};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;

use model::media::Film;
use services::ports::{Picture, PictureRequest, PictureSize};

/// Longest path.
const PATH_BYTES: u32 = 4096;
/// Most sizes of one request.
const SIZES: u8 = 16;
/// Longest error text.
const ERROR_BYTES: u32 = 1024;
/// Bytes of one size at most: nothing the encoder makes comes near.
const SIZE_BYTES: u32 = 16 * 1024 * 1024;
/// Longest film, seconds: two months.
const LONGEST_S: f64 = 5_184_000.0;
/// Longest side of a film, pixels.
const LARGEST_SIDE: u32 = 100_000;
/// Bytes of a whole answer at most.
pub(super) const ANSWER_BYTES: u64 = 64 * 1024 * 1024;

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

fn write_u32(out: &mut impl Write, value: u32) -> io::Result<()> {
    out.write_all(&value.to_le_bytes())
}

fn write_bytes(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    write_u32(out, u32::try_from(bytes.len()).map_err(|_| malformed("too long"))?)?;
    out.write_all(bytes)
}

fn read_u8(input: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    input.read_exact(&mut byte)?;
    Ok(byte[0])
}

fn read_u32(input: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    input.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

fn read_bytes(input: &mut impl Read, limit: u32) -> io::Result<Vec<u8>> {
    let length = read_u32(input)?;
    if length > limit {
        return Err(malformed("too long"));
    }
    let mut bytes = Vec::new();
    input.take(u64::from(length)).read_to_end(&mut bytes)?;
    if u32::try_from(bytes.len()) == Ok(length) {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// What the helper is asked.
#[derive(Clone, Debug)]
pub(super) enum Request {
    /// Sizes of a picture.
    Picture(PictureRequest),
    /// The header of a film.
    Film(PathBuf),
}

impl Request {
    /// The one file concerned.
    pub(super) fn source(&self) -> &std::path::Path {
        match self {
            Self::Picture(request) => &request.source,
            Self::Film(source) => source,
        }
    }
}

/// Writes a request.
pub(super) fn write_request(out: &mut impl Write, request: &Request) -> io::Result<()> {
    out.write_all(&[u8::from(matches!(request, Request::Film(_)))])?;
    write_bytes(out, request.source().as_os_str().as_bytes())?;
    let Request::Picture(request) = request else { return Ok(()) };
    out.write_all(&[u8::try_from(request.sizes.len()).map_err(|_| malformed("too many sizes"))?])?;
    for size in &request.sizes {
        out.write_all(&[
            u8::try_from(size.kind).map_err(|_| malformed("not a letter"))?,
            u8::from(size.square),
        ])?;
        write_u32(out, size.side)?;
    }
    Ok(())
}

/// Reads a request.
pub(super) fn read_request(input: &mut impl Read) -> io::Result<Request> {
    let is_film = read_u8(input)? == 1;
    let source = PathBuf::from(std::ffi::OsString::from_vec(read_bytes(input, PATH_BYTES)?));
    if is_film {
        return Ok(Request::Film(source));
    }
    let count = read_u8(input)?;
    if count > SIZES {
        return Err(malformed("too many sizes"));
    }
    let mut sizes = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let kind = char::from(read_u8(input)?);
        let square = read_u8(input)? != 0;
        sizes.push(PictureSize { kind, side: read_u32(input)?, square });
    }
    Ok(Request::Picture(PictureRequest { source, sizes }))
}

/// Writes what a film's header says, or one line that says why not.
pub(super) fn write_film(out: &mut impl Write, answer: &Result<Film, String>) -> io::Result<()> {
    let film = match answer {
        Ok(film) => film,
        Err(reason) => return write_refusal(out, reason),
    };
    out.write_all(&[0])?;
    out.write_all(&film.duration_s.to_le_bytes())?;
    write_u32(out, film.width)?;
    write_u32(out, film.height)?;
    out.write_all(&[u8::from(film.has_video), u8::from(film.has_audio)])
}

/// Reads what a film's header says. Lengths that no film has are not believed.
pub(super) fn read_film(input: &mut impl Read) -> io::Result<Result<Film, String>> {
    if let Some(reason) = read_refusal(input)? {
        return Ok(Err(reason));
    }
    let mut duration = [0; 8];
    input.read_exact(&mut duration)?;
    let duration_s = f64::from_le_bytes(duration);
    let (width, height) = (read_u32(input)?, read_u32(input)?);
    let (has_video, has_audio) = (read_u8(input)? != 0, read_u8(input)? != 0);
    let duration_s = if duration_s.is_finite() { duration_s.clamp(0.0, LONGEST_S) } else { 0.0 };
    Ok(Ok(Film {
        duration_s,
        width: width.min(LARGEST_SIDE),
        height: height.min(LARGEST_SIDE),
        has_video,
        has_audio,
    }))
}

fn write_refusal(out: &mut impl Write, reason: &str) -> io::Result<()> {
    out.write_all(&[1])?;
    let end = reason.floor_char_boundary(1000);
    write_bytes(out, reason.get(..end).unwrap_or_default().as_bytes())
}

/// The first byte of an answer says whether it is a refusal.
fn read_refusal(input: &mut impl Read) -> io::Result<Option<String>> {
    match read_u8(input)? {
        0 => Ok(None),
        1 => Ok(Some(String::from_utf8_lossy(&read_bytes(input, ERROR_BYTES)?).into_owned())),
        _ => Err(malformed("unknown answer")),
    }
}

/// Writes an answer: a picture, or one line that says why not.
pub(super) fn write_answer(
    out: &mut impl Write,
    answer: &Result<Picture, String>,
) -> io::Result<()> {
    let picture = match answer {
        Ok(picture) => picture,
        Err(reason) => return write_refusal(out, reason),
    };
    out.write_all(&[0])?;
    write_u32(out, picture.width)?;
    write_u32(out, picture.height)?;
    write_bytes(out, &picture.stripped)?;
    out.write_all(&[u8::try_from(picture.sizes.len()).map_err(|_| malformed("too many sizes"))?])?;
    for (kind, width, height, bytes) in &picture.sizes {
        out.write_all(&[u8::try_from(*kind).map_err(|_| malformed("not a letter"))?])?;
        write_u32(out, *width)?;
        write_u32(out, *height)?;
        write_bytes(out, bytes)?;
    }
    Ok(())
}

/// Reads an answer. The helper has read hostile bytes, so nothing it says is taken on trust.
pub(super) fn read_answer(input: &mut impl Read) -> io::Result<Result<Picture, String>> {
    if let Some(reason) = read_refusal(input)? {
        return Ok(Err(reason));
    }
    let (width, height) = (read_u32(input)?, read_u32(input)?);
    if width == 0 || height == 0 {
        return Err(malformed("an empty picture"));
    }
    let stripped = read_bytes(input, ERROR_BYTES * 4)?;
    let count = read_u8(input)?;
    if count > SIZES {
        return Err(malformed("too many sizes"));
    }
    let mut sizes = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let kind = char::from(read_u8(input)?);
        let (width, height) = (read_u32(input)?, read_u32(input)?);
        sizes.push((kind, width, height, read_bytes(input, SIZE_BYTES)?));
    }
    Ok(Ok(Picture { width, height, stripped, sizes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> PictureRequest {
        let sizes = vec![
            PictureSize { kind: 'x', side: 800, square: false },
            PictureSize { kind: 'a', side: 160, square: true },
        ];
        PictureRequest { source: PathBuf::from("/data/blobs/ab"), sizes }
    }

    #[test]
    fn a_request_comes_back() {
        let mut bytes = Vec::new();
        write_request(&mut bytes, &Request::Picture(request())).unwrap();
        let Request::Picture(back) = read_request(&mut bytes.as_slice()).unwrap() else {
            panic!("a picture")
        };
        assert_eq!((back.source, back.sizes), (request().source, request().sizes));
        bytes.clear();
        write_request(&mut bytes, &Request::Film(PathBuf::from("/x"))).unwrap();
        assert!(
            matches!(read_request(&mut bytes.as_slice()).unwrap(), Request::Film(path) if path == std::path::Path::new("/x"))
        );
    }

    #[test]
    fn a_film_comes_back_with_sane_figures() {
        let film =
            Film { duration_s: 12.5, width: 640, height: 480, has_video: true, has_audio: false };
        let mut bytes = Vec::new();
        write_film(&mut bytes, &Ok(film)).unwrap();
        assert_eq!(read_film(&mut bytes.as_slice()).unwrap(), Ok(film));
        bytes.clear();
        write_film(&mut bytes, &Ok(Film { duration_s: f64::NAN, width: u32::MAX, ..film }))
            .unwrap();
        let back = read_film(&mut bytes.as_slice()).unwrap().unwrap();
        assert_eq!((back.duration_s, back.width), (0.0, LARGEST_SIDE));
    }

    #[test]
    fn an_answer_comes_back_whole_or_not_at_all() {
        let picture = Picture {
            width: 9,
            height: 8,
            stripped: vec![1, 2],
            sizes: vec![('s', 3, 4, vec![5; 700])],
        };
        let mut bytes = Vec::new();
        write_answer(&mut bytes, &Ok(picture.clone())).unwrap();
        let back = read_answer(&mut bytes.as_slice()).unwrap().unwrap();
        assert_eq!(
            (back.width, back.height, back.stripped, back.sizes),
            (9, 8, picture.stripped, picture.sizes)
        );
        for cut in 0..bytes.len() {
            assert!(read_answer(&mut &bytes[..cut]).is_err());
        }
    }

    #[test]
    fn lengths_that_lie_reserve_no_memory() {
        let mut answer = vec![0, 1, 0, 0, 0, 1, 0, 0, 0];
        answer.extend(u32::MAX.to_le_bytes());
        assert!(read_answer(&mut answer.as_slice()).is_err());
        assert!(read_answer(&mut [7_u8].as_slice()).is_err());
    }
}
