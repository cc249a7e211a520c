//! What a file is by its first bytes; what clients say of it is not believed.

/// Bytes that suffice.
pub(crate) const HEAD_BYTES: u32 = 16;

/// The kinds that the protocol names (`storage.FileType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum FileKind {
    Unknown,
    Jpeg,
    Gif,
    Png,
    Pdf,
    Mp3,
    Mov,
    Mp4,
    Webp,
    /// Unknown to the protocol.
    Ogg,
}

/// The kind of a file that starts with these bytes.
#[must_use]
pub fn kind(head: &[u8]) -> FileKind {
    match head {
        [0xff, 0xd8, 0xff, ..] => FileKind::Jpeg,
        [b'G', b'I', b'F', b'8', ..] => FileKind::Gif,
        [0x89, b'P', b'N', b'G', ..] => FileKind::Png,
        [b'%', b'P', b'D', b'F', ..] => FileKind::Pdf,
        [b'I', b'D', b'3', ..] | [0xff, 0xf2 | 0xf3 | 0xfa | 0xfb, ..] => FileKind::Mp3,
        [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', ..] => FileKind::Mov,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => FileKind::Mp4,
        [b'O', b'g', b'g', b'S', ..] => FileKind::Ogg,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => FileKind::Webp,
        _ => FileKind::Unknown,
    }
}

impl FileKind {
    /// A picture that can be read.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Gif | Self::Png | Self::Webp)
    }

    /// A film or sound whose header can be read.
    #[must_use]
    pub const fn plays(self) -> bool {
        matches!(self, Self::Mov | Self::Mp4 | Self::Mp3 | Self::Ogg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        assert_eq!(kind(b"\xff\xd8\xff\xe0\0\x10JFIF"), FileKind::Jpeg);
        assert_eq!(kind(b"GIF89a"), FileKind::Gif);
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n"), FileKind::Png);
        assert_eq!(kind(b"%PDF-1.7"), FileKind::Pdf);
        assert_eq!(kind(b"ID3\x04"), FileKind::Mp3);
        assert_eq!(kind(b"OggS\0"), FileKind::Ogg);
        assert_eq!(kind(b"\0\0\0\x20ftypisom"), FileKind::Mp4);
        assert_eq!(kind(b"\0\0\0\x20ftypqt  "), FileKind::Mov);
        assert_eq!(kind(b"RIFF\x10\0\0\0WEBPVP8 "), FileKind::Webp);
        for other in [&b""[..], b"x", b"<html>", b"RIFF\x10\0\0\0WAVE"] {
            assert_eq!(kind(other), FileKind::Unknown);
        }
    }
}
