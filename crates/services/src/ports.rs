//! What services need of the world besides the store: time, randomness, ways to reach people, pictures.

use std::path::PathBuf;

use async_trait::async_trait;
use model::UnixTime;
use model::media::Film;

/// Wall time.
pub trait Clock: Send + Sync {
    /// Now, whole seconds.
    fn now(&self) -> UnixTime;
    /// Now, milliseconds since 1970, for rate limits.
    fn now_ms(&self) -> i64;

    /// Milliseconds since some moment, which nobody sets. By default the wall clock's, for clocks that a test sets.
    fn monotonic_ms(&self) -> i64 {
        self.now_ms()
    }
}

/// The system's randomness.
pub trait Entropy: Send + Sync {
    /// Fills `out` with unpredictable bytes.
    fn fill(&self, out: &mut [u8]);

    /// A random number.
    fn number(&self) -> i64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        i64::from_le_bytes(bytes)
    }
}

/// A way to hand somebody a short text that the server made: a login code or a recovery code.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Sends `text` to `address` (an e-mail address, or a phone number for a webhook).
    ///
    /// # Errors
    /// One line without the address or the text.
    async fn send(&self, address: &str, subject: &str, text: &str) -> Result<(), String>;
}

/// A picture to be read, given by path so that it never sits in this process.
#[derive(Clone, Debug)]
pub struct PictureRequest {
    /// The stored blob.
    pub source: PathBuf,
    /// Wanted sizes: the protocol's letter and the longest side in pixels; square ones are cropped.
    pub sizes: Vec<PictureSize>,
}

/// One wanted size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureSize {
    /// The protocol's letter.
    pub kind: char,
    /// Longest side, pixels.
    pub side: u32,
    /// Cropped to a square (profile photos).
    pub square: bool,
}

/// A picture that was read.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// Pixels of the original.
    pub width: u32,
    /// Pixels of the original.
    pub height: u32,
    /// The stripped preview (the protocol's headerless JPEG of at most 40 x 40).
    pub stripped: Vec<u8>,
    /// JPEGs, in the order of the request, none larger than the original: letter, width, height, bytes.
    pub sizes: Vec<(char, u32, u32, Vec<u8>)>,
}

/// Reads pictures in a bounded helper process that an image bomb can't hurt.
#[async_trait]
pub trait Imaging: Send + Sync {
    /// Makes the sizes.
    ///
    /// # Errors
    /// One line: not a picture, too large, took too long.
    async fn picture(&self, request: PictureRequest) -> Result<Picture, String>;

    /// Reads the header of an MP4 or QuickTime film, or how long an MP3 or Ogg file plays.
    ///
    /// # Errors
    /// One line: not such a film, too large, took too long.
    async fn film(&self, source: PathBuf) -> Result<Film, String> {
        drop(source);
        Err("films are not read here".to_owned())
    }
}
