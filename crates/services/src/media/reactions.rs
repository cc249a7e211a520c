//! The emoji that clients offer to react with, and their pictures: drawn for this server, part of the program, the same for everyone. Any
//! other emoji may be sent as a reaction too; official apps only show those they got pictures of.
//!
//! A drawing is a Lottie animation (`assets/reactions/*.json`; clients take it gzipped), its icon the drawing at rest.

use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use model::media::{BlobHash, Document, DocumentAttribute};
use model::{DocumentId, UnixTime, UserId};

/// When the pictures were drawn: 2026-11-28.
pub(super) const DRAWN: UnixTime = UnixTime(1_795_824_000);
/// Side of a drawing, in its own units.
const DRAWING_SIDE: i32 = 512;
/// Side of an icon, in pixels.
const ICON_SIDE: i32 = 100;

/// An emoji that clients offer.
#[derive(Clone, Copy, Debug)]
pub struct Offered {
    /// As it is sent.
    pub emoji: &'static str,
    /// In English.
    pub title: &'static str,
    icon: &'static [u8],
    drawing: &'static str,
}

macro_rules! offered {
    ($($emoji:literal $title:literal $file:literal;)*) => {
        [$(Offered {
            emoji: $emoji,
            title: $title,
            icon: include_bytes!(concat!("../../assets/reactions/", $file, ".webp")),
            drawing: include_str!(concat!("../../assets/reactions/", $file, ".json")),
        }),*]
    };
}

/// In the order in which clients show them. What is added comes last: numbers of pictures go by place.
pub static OFFERED: [Offered; 12] = offered! {
    "\u{1f44d}" "Thumbs up" "thumb_up";
    "\u{1f44e}" "Thumbs down" "thumb_down";
    "\u{2764}" "Red heart" "heart";
    "\u{1f525}" "Fire" "fire";
    "\u{1f389}" "Party popper" "party";
    "\u{1f601}" "Beaming face" "grin";
    "\u{1f622}" "Crying face" "cry";
    "\u{1f631}" "Screaming face" "scream";
    "\u{1f621}" "Angry face" "angry";
    "\u{26a1}" "Lightning" "lightning";
    "\u{1f494}" "Broken heart" "broken_heart";
    "\u{1f440}" "Eyes" "eyes";
};

/// Pictures by number, from 1: of each emoji the icon, then the drawing. Numbers of files that people send are random, of 63 bits.
static PICTURES: LazyLock<Vec<(Document, Vec<u8>)>> = LazyLock::new(|| {
    let both = OFFERED.iter().flat_map(|one| {
        [
            (one, "image/webp", ICON_SIDE, one.icon.to_vec()),
            (one, "application/x-tgsticker", DRAWING_SIDE, gzipped(one.drawing)),
        ]
    });
    both.zip(1_i64..)
        .map(|((one, mime, side, bytes), id)| (described(one, mime, side, &bytes, id), bytes))
        .collect()
});

fn gzipped(text: &str) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    // Nothing that is written to memory fails.
    drop(out.write_all(text.as_bytes()));
    out.finish().unwrap_or_default()
}

fn described(one: &Offered, mime: &str, side: i32, bytes: &[u8], id: i64) -> Document {
    Document {
        id: DocumentId(id),
        owner: UserId(0),
        date: DRAWN,
        mime_type: mime.to_owned(),
        size_bytes: i64::try_from(bytes.len()).unwrap_or_default(),
        blob: BlobHash(crypto::sha256(bytes)),
        attributes: vec![
            DocumentAttribute::ImageSize { width: side, height: side },
            DocumentAttribute::Sticker { alt: one.emoji.to_owned() },
        ],
        stripped: Vec::new(),
        thumbs: Vec::new(),
    }
}

/// Each emoji with its icon and its drawing.
pub fn pictures() -> impl Iterator<Item = (&'static Offered, &'static Document, &'static Document)>
{
    OFFERED.iter().zip(PICTURES.chunks_exact(2)).filter_map(|(one, pair)| match pair {
        [(icon, _), (drawing, _)] => Some((one, icon, drawing)),
        _ => None,
    })
}

/// The bytes of a picture of ours, if `document` is one.
pub(super) fn picture(document: DocumentId) -> Option<&'static [u8]> {
    let place = usize::try_from(document.0).ok()?.checked_sub(1)?;
    PICTURES.get(place).map(|(_, bytes)| bytes.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_emoji_has_an_icon_and_a_drawing_of_its_own() {
        let mut numbers = Vec::new();
        for (one, icon, drawing) in pictures() {
            let webp = picture(icon.id).unwrap();
            assert!(webp.starts_with(b"RIFF") && webp[8..].starts_with(b"WEBP"), "{}", one.title);
            // What clients take as an animated sticker is gzipped JSON of at most 64 KiB.
            let tgs = picture(drawing.id).unwrap();
            assert!(tgs.starts_with(&[0x1f, 0x8b]) && tgs.len() < 64 * 1024, "{}", one.title);
            let drawn: serde_json::Value = serde_json::from_str(one.drawing).unwrap();
            assert_eq!((&drawn["w"], &drawn["tgs"]), (&512.into(), &1.into()), "{}", one.title);
            numbers.extend([icon.id.0, drawing.id.0]);
        }
        assert_eq!(numbers, (1..=24).collect::<Vec<_>>());
        assert_eq!(picture(DocumentId(0)), None);
        assert_eq!(picture(DocumentId(25)), None);
        assert_eq!(picture(DocumentId(-1)), None);
    }
}
