//! What a client says of a document, cleaned: nothing of it is shown or stored before.

use model::media::DocumentAttribute;

/// Attributes kept.
const ATTRIBUTES: usize = 16;
/// Characters of a file name.
const NAME_CHARS: usize = 255;
/// Characters of a title or performer.
const TITLE_CHARS: usize = 255;
/// Bytes of a waveform: 100 samples of 5 bits need 63; some clients send a few more.
const WAVEFORM_BYTES: usize = 100;
/// Pixels of a side at most.
const SIDE: i32 = 100_000;
/// Seconds at most: two months.
const DURATION_S: i32 = 60 * 24 * 3600;
/// Characters of a codec's name.
const CODEC_CHARS: usize = 32;

/// What a file without a known type is.
pub(super) const PLAIN_MIME: &str = "application/octet-stream";

/// A MIME type of the usual shape, in lower case; anything else becomes [`PLAIN_MIME`].
pub(super) fn mime_type(given: &str) -> String {
    let mime = given.trim().to_ascii_lowercase();
    let word = |part: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        (1..=127).contains(&part.len()) && part.bytes().all(allowed)
    };
    let shaped = mime.split_once('/').is_some_and(|(kind, sub)| word(kind) && word(sub));
    if shaped { mime } else { PLAIN_MIME.to_owned() }
}

/// A file name without folders and control characters; the last dots of a path are no name.
pub(super) fn file_name(given: &str) -> Option<String> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let name: String = last.chars().filter(|c| !hidden(*c)).take(NAME_CHARS).collect();
    let name = name.trim();
    (!name.is_empty() && name != "." && name != "..").then(|| name.to_owned())
}

fn line(given: Option<String>, limit: usize) -> Option<String> {
    let text: String = given?.chars().filter(|c| !c.is_control()).take(limit).collect();
    (!text.trim().is_empty()).then_some(text)
}

fn side(pixels: i32) -> i32 {
    pixels.clamp(0, SIDE)
}

fn duration(seconds: f64) -> f64 {
    if seconds.is_finite() { seconds.clamp(0.0, f64::from(DURATION_S)) } else { 0.0 }
}

/// Cleans attributes: each kind once, the first wins; values within bounds.
pub(super) fn clean(given: Vec<DocumentAttribute>) -> Vec<DocumentAttribute> {
    let mut attributes: Vec<DocumentAttribute> = Vec::new();
    for attribute in given.into_iter().take(ATTRIBUTES) {
        let known = attributes
            .iter()
            .any(|other| std::mem::discriminant(other) == std::mem::discriminant(&attribute));
        if let Some(attribute) = Some(attribute).filter(|_| !known).and_then(cleaned) {
            attributes.push(attribute);
        }
    }
    attributes
}

fn cleaned(attribute: DocumentAttribute) -> Option<DocumentAttribute> {
    Some(match attribute {
        DocumentAttribute::ImageSize { width, height } => {
            DocumentAttribute::ImageSize { width: side(width), height: side(height) }
        }
        DocumentAttribute::FileName { name } => {
            DocumentAttribute::FileName { name: file_name(&name)? }
        }
        DocumentAttribute::Video {
            round,
            streaming,
            nosound,
            duration_s,
            width,
            height,
            preload_prefix_bytes,
            video_start_s,
            codec,
        } => DocumentAttribute::Video {
            round,
            streaming,
            nosound,
            duration_s: duration(duration_s),
            width: side(width),
            height: side(height),
            preload_prefix_bytes: preload_prefix_bytes.filter(|bytes| *bytes > 0),
            video_start_s: video_start_s.map(duration),
            codec: line(codec, CODEC_CHARS),
        },
        DocumentAttribute::Audio { voice, duration_s, title, performer, waveform } => {
            DocumentAttribute::Audio {
                voice,
                duration_s: duration_s.clamp(0, DURATION_S),
                title: line(title, TITLE_CHARS),
                performer: line(performer, TITLE_CHARS),
                waveform: waveform
                    .filter(|waveform| voice && (1..=WAVEFORM_BYTES).contains(&waveform.len())),
            }
        }
        kept @ (DocumentAttribute::Animated | DocumentAttribute::HasStickers) => kept,
        // A sticker belongs to a set, and sets are not offered.
        DocumentAttribute::Sticker { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mime_types_have_a_shape() {
        assert_eq!(mime_type("Video/MP4"), "video/mp4");
        assert_eq!(
            mime_type("application/vnd.ms-excel.sheet+xml"),
            "application/vnd.ms-excel.sheet+xml"
        );
        for bad in ["", "mp4", "a/b/c", "text/html\r\nX: y", "/", "a/", "text/ht ml", "text/\u{e9}"]
        {
            assert_eq!(mime_type(bad), PLAIN_MIME, "{bad}");
        }
    }

    #[test]
    fn names_lose_folders_and_hidden_characters() {
        assert_eq!(file_name("../../etc/passwd").as_deref(), Some("passwd"));
        assert_eq!(file_name("C:\\a\\b.txt").as_deref(), Some("b.txt"));
        assert_eq!(file_name("a\0b\n\u{202e}txt.exe").as_deref(), Some("abtxt.exe"));
        assert_eq!(file_name("x".repeat(300).as_str()).map(|name| name.len()), Some(255));
        for nothing in ["", "..", "a/..", "dir/", " \t"] {
            assert_eq!(file_name(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn values_stay_within_bounds_and_kinds_come_once() {
        let video = |duration_s, width| DocumentAttribute::Video {
            round: false,
            streaming: true,
            nosound: false,
            duration_s,
            width,
            height: -5,
            preload_prefix_bytes: Some(-1),
            video_start_s: Some(f64::INFINITY),
            codec: Some("h264\n".to_owned()),
        };
        let clean =
            clean(vec![video(f64::NAN, i32::MAX), video(3.0, 4), DocumentAttribute::Animated]);
        let DocumentAttribute::Video {
            duration_s,
            width,
            height,
            preload_prefix_bytes,
            video_start_s,
            codec,
            ..
        } = &clean[0]
        else {
            panic!("a video")
        };
        assert_eq!(
            (*duration_s, *width, *height, *preload_prefix_bytes, *video_start_s),
            (0.0, SIDE, 0, None, Some(0.0))
        );
        assert_eq!(codec.as_deref(), Some("h264"));
        assert_eq!(clean[1..], [DocumentAttribute::Animated]);
    }

    #[test]
    fn only_voices_have_a_waveform_of_a_sane_length() {
        let audio = |voice, bytes| {
            let waveform = Some(vec![7; bytes]);
            DocumentAttribute::Audio {
                voice,
                duration_s: -3,
                title: None,
                performer: None,
                waveform,
            }
        };
        let kept = |attribute| match clean(vec![attribute]).pop() {
            Some(DocumentAttribute::Audio { waveform, duration_s: 0, .. }) => waveform,
            other => panic!("{other:?}"),
        };
        assert_eq!(kept(audio(true, 63)), Some(vec![7; 63]));
        assert_eq!(kept(audio(true, 101)), None);
        assert_eq!(kept(audio(false, 63)), None);
    }
}
