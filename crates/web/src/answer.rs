//! Pages as answers: content policy, validators, compression, 304.
//!
//! Pages are compressed: nothing in them is secret and nothing of the visitor's is in them, so that the length of what is
//! compressed tells nobody anything; and on a slow network it is a fifth. It is done once, when a page is made.

use std::io::Write as _;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use model::UnixTime;
use sha2::{Digest as _, Sha256};

use crate::calendar;

/// Everything that pages need and nothing else: style, pictures, sounds and films of this origin. No script, no frame.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Kept by whoever likes, asked about each time: what is deleted here is to be gone there.
pub(crate) const REVALIDATE: &str = "public, no-cache";

/// A page that was made.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    kind: &'static str,
    plain: Bytes,
    packed: Bytes,
    digest: String,
    /// When it began to say this.
    pub(crate) modified: UnixTime,
    /// Seconds until something on it ends by its own timer.
    pub(crate) lasts_s: Option<i64>,
}

impl Page {
    /// A page of HTML.
    pub(crate) fn html(text: String, made: UnixTime) -> Self {
        Self::new("text/html; charset=utf-8", text, made)
    }

    /// A page of another kind.
    pub(crate) fn new(kind: &'static str, text: String, modified: UnixTime) -> Self {
        let mut packer = GzEncoder::new(Vec::with_capacity(text.len() / 4), Compression::new(5));
        // Writing to a Vec cannot fail; an empty one would only not be used.
        let packed = packer.write_all(text.as_bytes()).and_then(|()| packer.finish());
        Self {
            kind,
            digest: digest(text.as_bytes()),
            packed: packed.unwrap_or_default().into(),
            plain: text.into(),
            modified,
            lasts_s: None,
        }
    }

    /// The same, as long as what it shows lasts.
    pub(crate) fn lasting(self, lasts_s: Option<i64>) -> Self {
        Self { lasts_s, ..self }
    }

    /// Bytes it holds in memory.
    pub(crate) fn size(&self) -> usize {
        self.plain.len() + self.packed.len() + 256
    }

    /// Whether both say the same.
    pub(crate) fn says(&self, other: &Self) -> bool {
        self.digest == other.digest
    }

    /// The answer to a request with these headers.
    pub(crate) fn answer(
        &self,
        status: StatusCode,
        request: &HeaderMap,
        now: UnixTime,
    ) -> Response {
        let packed = accepts_gzip(request) && !self.packed.is_empty();
        let tag = format!("\"{}{}\"", self.digest, if packed { "-gz" } else { "" });
        let found = status == StatusCode::OK;
        let mut response = if found && is_known(request, &tag, self.modified) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let bytes = if packed { &self.packed } else { &self.plain };
            let mut response = (status, Body::from(bytes.clone())).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
            if packed {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            response
        };
        let headers = response.headers_mut();
        guard(headers, POLICY);
        headers.insert(header::VARY, HeaderValue::from_static("accept-language, accept-encoding"));
        if found {
            put(headers, header::ETAG, &tag);
            // A date says nothing of what changes within its second: it is told once that has passed.
            if self.modified < now {
                put(headers, header::LAST_MODIFIED, &calendar::http(self.modified));
            }
        }
        response
    }
}

/// Headers that every answer has.
pub(crate) fn guard(headers: &mut HeaderMap, policy: &'static str) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, REVALIDATE),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Sets a header whose value was made here; one that is not of its shape is left out.
pub(crate) fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Half of a SHA-256, in hexadecimal: names content among that of one address.
pub(crate) fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn accepts_gzip(request: &HeaderMap) -> bool {
    let header = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    header.unwrap_or_default().split(',').any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

/// Whether the visitor has this already: by tag, or where none is named, by date.
pub(crate) fn is_known(request: &HeaderMap, tag: &str, modified: UnixTime) -> bool {
    let text = |name| request.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(tags) = text(header::IF_NONE_MATCH) {
        let known = |given: &str| given.trim().trim_start_matches("W/") == tag;
        return tags.trim() == "*" || tags.split(',').any(known);
    }
    text(header::IF_MODIFIED_SINCE)
        .and_then(calendar::parse_http)
        .is_some_and(|since| modified <= since)
}
