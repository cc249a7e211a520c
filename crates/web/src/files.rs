//! Files of posts: ranges, validators, and no type but what the bytes say.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use model::MessageId;
use services::Core;
use services::media::sniff::FileKind;
use services::public::{Part, PublicFile, read};

use crate::answer::{guard, is_known, put};
use crate::calendar;

/// A file opened by itself may show itself, and nothing else.
const FILE_POLICY: &str = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";
/// Bytes read at a time: what one slow reader holds.
const PIECE_BYTES: u32 = 128 * 1024;

/// A part by the last piece of its address: `file`, `photo-x.jpg`, `thumb-m.jpg`, `cover-x.jpg`.
pub(crate) fn part(name: &str) -> Option<Part> {
    if name == "file" {
        return Some(Part::Document);
    }
    let (kind, size) = name.strip_suffix(".jpg")?.split_once('-')?;
    if size.len() != 1 {
        return None;
    }
    let size = size.to_owned();
    Some(match kind {
        "photo" => Part::Photo(size),
        "thumb" => Part::Thumb(size),
        "cover" => Part::Cover(size),
        _ => return None,
    })
}

/// A message's number.
pub(crate) fn number(text: &str) -> Option<MessageId> {
    let digits = (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && *number > 0)?;
    Some(MessageId(number))
}

/// What a file may be shown as; everything else is only to be saved.
const fn shown_as(kind: FileKind) -> Option<&'static str> {
    Some(match kind {
        FileKind::Jpeg => "image/jpeg",
        FileKind::Gif => "image/gif",
        FileKind::Png => "image/png",
        FileKind::Webp => "image/webp",
        FileKind::Mp3 => "audio/mpeg",
        FileKind::Mp4 => "video/mp4",
        FileKind::Mov => "video/quicktime",
        FileKind::Ogg => "audio/ogg",
        FileKind::Pdf | FileKind::Unknown => return None,
    })
}

/// The answer for a file.
pub(crate) fn answer(core: &Arc<Core>, file: &PublicFile, request: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", file.blob.to_hex().get(..32).unwrap_or_default());
    let size = file.size_bytes;
    let range = range(request, &tag, size);
    let mut response = if is_known(request, &tag, file.modified) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match range {
            Range::Whole => body(core, file, 0, size),
            Range::Part(first, last) => {
                let mut response = body(core, file, first, last + 1);
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                let shown = format!("bytes {first}-{last}/{size}");
                put(response.headers_mut(), header::CONTENT_RANGE, &shown);
                response
            }
            Range::Outside => {
                let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                put(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{size}"));
                response
            }
        }
    };
    let headers = response.headers_mut();
    guard(headers, FILE_POLICY);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    put(headers, header::ETAG, &tag);
    put(headers, header::LAST_MODIFIED, &calendar::http(file.modified));
    let shown = shown_as(file.kind);
    let kind = shown.unwrap_or("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    put(headers, header::CONTENT_DISPOSITION, &disposition(shown.is_some(), file.name.as_deref()));
    response
}

/// The bytes from `start` to `end`, in pieces.
fn body(core: &Arc<Core>, file: &PublicFile, start: u64, end: u64) -> Response {
    let (core, file) = (Arc::clone(core), file.clone());
    let pieces = futures_util::stream::try_unfold(start, move |offset| {
        let (core, file) = (Arc::clone(&core), file.clone());
        async move {
            let left = end.saturating_sub(offset);
            if left == 0 {
                return Ok(None);
            }
            let limit = u32::try_from(left).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
            let bytes = read(&core, &file, offset, limit).await.map_err(std::io::Error::other)?;
            let next = offset + u64::try_from(bytes.len()).unwrap_or(0);
            if bytes.is_empty() {
                return Err(std::io::Error::other("the file is shorter than it was said to be"));
            }
            Ok(Some((Bytes::from(bytes), next)))
        }
    });
    let mut response = Body::from_stream(pieces).into_response();
    put(response.headers_mut(), header::CONTENT_LENGTH, &end.saturating_sub(start).to_string());
    response
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Range {
    Whole,
    /// First and last byte.
    Part(u64, u64),
    Outside,
}

/// The one range asked for. Several at once, or of another version, are answered with the whole, as the standard allows.
fn range(request: &HeaderMap, tag: &str, size: u64) -> Range {
    let text = |name| request.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text(header::IF_RANGE).is_some_and(|given| given != tag) {
        return Range::Whole;
    }
    let Some((first, last)) = text(header::RANGE)
        .and_then(|given| given.strip_prefix("bytes="))
        .filter(|given| !given.contains(','))
        .and_then(|given| given.trim().split_once('-'))
    else {
        return Range::Whole;
    };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last && first < size => {
            Range::Part(first, last.min(size.saturating_sub(1)))
        }
        (Ok(first), Err(_)) if last.is_empty() && first < size => {
            Range::Part(first, size.saturating_sub(1))
        }
        (Err(_), Ok(count)) if first.is_empty() && count > 0 && size > 0 => {
            Range::Part(size.saturating_sub(count), size - 1)
        }
        (Ok(first), Ok(last)) if first > last => Range::Whole,
        (Ok(_), Err(_)) if !last.is_empty() => Range::Whole,
        (Err(_), _) if !first.is_empty() => Range::Whole,
        _ => Range::Outside,
    }
}

/// Shown or saved, under its own name. The name travels percent-encoded (RFC 8187): nothing of it reaches the header as it is.
fn disposition(shown: bool, name: Option<&str>) -> String {
    let mut text = if shown { "inline" } else { "attachment" }.to_owned();
    if let Some(name) = name {
        text.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            push_encoded(&mut text, byte);
        }
    }
    text
}

/// One byte, percent-encoded unless it is plain everywhere.
pub(crate) fn push_encoded(text: &mut String, byte: u8) {
    use std::fmt::Write as _;
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        text.push(char::from(byte));
    } else {
        // Writing to a String cannot fail.
        let _ = write!(text, "%{byte:02X}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_the_standard() {
        let check = |given: &'static str, expected| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static(given));
            assert_eq!(range(&headers, "\"t\"", 100), expected, "{given}");
        };
        check("bytes=0-9", Range::Part(0, 9));
        check("bytes=90-", Range::Part(90, 99));
        check("bytes=90-900", Range::Part(90, 99));
        check("bytes=-10", Range::Part(90, 99));
        check("bytes=-1000", Range::Part(0, 99));
        check("bytes=100-", Range::Outside);
        check("bytes=100-200", Range::Outside);
        check("bytes=-0", Range::Outside);
        for odd in ["bytes=9-0", "bytes=0-1,5-6", "lines=0-9", "bytes=x-y", "bytes=5-x", "bytes"] {
            check(odd, Range::Whole);
        }
        assert_eq!(range(&HeaderMap::new(), "\"t\"", 100), Range::Whole);
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=0-9"));
        headers.insert(header::IF_RANGE, HeaderValue::from_static("\"other\""));
        assert_eq!(range(&headers, "\"t\"", 100), Range::Whole);
    }

    #[test]
    fn names_never_break_the_header() {
        let shown = disposition(false, Some("a\"; x=\r\n<b>.html"));
        assert_eq!(shown, "attachment; filename*=UTF-8''a%22%3B%20x%3D%0D%0A%3Cb%3E.html");
        assert_eq!(disposition(true, None), "inline");
    }

    #[test]
    fn parts_and_numbers_have_one_form() {
        assert_eq!(part("photo-x.jpg"), Some(Part::Photo("x".to_owned())));
        assert_eq!(part("file"), Some(Part::Document));
        for odd in ["photo-.jpg", "photo-xx.jpg", "photo-x", "x", "photo-x.png", ""] {
            assert_eq!(part(odd), None, "{odd}");
        }
        assert_eq!(number("7"), Some(MessageId(7)));
        for odd in ["", "0", "-1", "+1", "99999999999", "x", "2147483648"] {
            assert_eq!(number(odd), None, "{odd}");
        }
    }
}
