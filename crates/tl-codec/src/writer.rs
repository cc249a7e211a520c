//! The encoder: appends to a growing buffer.

use crate::{BOOL_FALSE, BOOL_TRUE, VECTOR};

/// A buffer that TL values are appended to.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    buffer: Vec<u8>,
}

impl Writer {
    /// An empty buffer.
    #[must_use]
    pub const fn new() -> Self {
        Self { buffer: Vec::new() }
    }

    /// An empty buffer with room for `bytes`.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { buffer: Vec::with_capacity(bytes) }
    }

    /// Continues behind what `buffer` holds.
    #[must_use]
    pub const fn append_to(buffer: Vec<u8>) -> Self {
        Self { buffer }
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.buffer
    }

    /// What was written so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer
    }

    /// Bytes written so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Takes back everything behind `len`, a former value of [`Writer::len`].
    pub fn truncate(&mut self, len: usize) {
        self.buffer.truncate(len);
    }

    /// Replaces the four bytes at `at`, if they are there: a length or flags known only later.
    pub fn patch_u32(&mut self, at: usize, value: u32) {
        let place = self.buffer.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<4>);
        if let Some(place) = place {
            *place = value.to_le_bytes();
        }
    }

    /// Bytes as they stand, without length or padding.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// A constructor's id, or any `#`.
    pub fn u32(&mut self, value: u32) {
        self.raw(&value.to_le_bytes());
    }

    /// `int`.
    pub fn i32(&mut self, value: i32) {
        self.raw(&value.to_le_bytes());
    }

    /// `long`.
    pub fn i64(&mut self, value: i64) {
        self.raw(&value.to_le_bytes());
    }

    /// `double`.
    pub fn f64(&mut self, value: f64) {
        self.raw(&value.to_le_bytes());
    }

    /// `Bool`.
    pub fn bool(&mut self, value: bool) {
        self.u32(if value { BOOL_TRUE } else { BOOL_FALSE });
    }

    /// `bytes`: length, content, padding to a multiple of four.
    pub fn bytes(&mut self, bytes: &[u8]) {
        let [a, b, c, d, e, f, g, _] = (bytes.len() as u64).to_le_bytes();
        let header = match bytes.len() {
            0..254 => {
                self.raw(&[a]);
                1
            }
            254..0x0100_0000 => {
                self.raw(&[254, a, b, c]);
                4
            }
            _ => {
                self.raw(&[255, a, b, c, d, e, f, g]);
                8
            }
        };
        self.raw(bytes);
        let tail = (header + bytes.len()) % 4;
        if tail != 0 {
            self.buffer.resize(self.buffer.len() + 4 - tail, 0);
        }
    }

    /// `string`.
    pub fn string(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// The head of a boxed vector of `len` elements.
    pub fn vector_len(&mut self, len: usize) {
        self.u32(VECTOR);
        self.bare_vector_len(len);
    }

    /// The length of a vector. Vectors that we build stay far below four thousand million elements.
    pub fn bare_vector_len(&mut self, len: usize) {
        self.u32(u32::try_from(len).unwrap_or(u32::MAX));
    }
}
