//! The decoder: a cursor over borrowed bytes.

use crate::{BOOL_FALSE, BOOL_TRUE, Budget, Error, Limits, Result, VECTOR};

/// A cursor over bytes that a peer sent, with limits of depth and memory.
///
/// ```
/// # use tl_codec::Reader;
/// let mut reader = Reader::new(&[7, 0, 0, 0, 2, b'h', b'i', 0]);
/// assert_eq!(reader.i32()?, 7);
/// assert_eq!(reader.str()?, "hi");
/// reader.finish()?;
/// # Ok::<(), tl_codec::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    data: &'a [u8],
    pos: usize,
    depth: u32,
    limits: Limits,
    budget: Budget,
}

impl<'a> Reader<'a> {
    /// A reader of a peer's request that is exactly `data`.
    #[must_use]
    pub const fn new(data: &'a [u8]) -> Self {
        Self::with(data, Limits::REQUEST, Budget::for_request(data.len()))
    }

    /// A reader of bytes that we wrote ourselves.
    #[must_use]
    pub const fn trusted(data: &'a [u8]) -> Self {
        Self::with(data, Limits::ANSWER, Budget::unlimited())
    }

    /// A reader with limits of its own, for instance with what an earlier step left of the budget.
    #[must_use]
    pub const fn with(data: &'a [u8], limits: Limits, budget: Budget) -> Self {
        Self { data, pos: 0, depth: 0, limits, budget }
    }

    /// What is left of the budget, for the next step of the same request.
    #[must_use]
    pub const fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The same, to charge for something that the reader does not see.
    pub const fn budget_mut(&mut self) -> &mut Budget {
        &mut self.budget
    }

    /// Takes `bytes` of memory from the budget.
    ///
    /// # Errors
    /// [`Error::Budget`].
    pub const fn charge(&mut self, bytes: usize) -> Result<()> {
        self.budget.charge(bytes)
    }

    /// Offset of the next byte from the beginning.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.pos
    }

    /// The bytes not read yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.data.get(self.pos..).unwrap_or_default()
    }

    /// How many bytes are not read yet.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.data.len().saturating_sub(self.pos)
    }

    /// Bytes read since `start`, a value of [`Reader::position`].
    #[must_use]
    pub fn since(&self, start: usize) -> &'a [u8] {
        self.data.get(start..self.pos).unwrap_or_default()
    }

    /// Ends reading.
    ///
    /// # Errors
    /// [`Error::TrailingBytes`] if something is left.
    pub const fn finish(&self) -> Result<()> {
        match self.remaining() {
            0 => Ok(()),
            left => Err(Error::TrailingBytes { left }),
        }
    }

    /// Goes one level down. Each call is paired with [`Reader::ascend`]; after an error the reader is of no more use.
    ///
    /// # Errors
    /// [`Error::TooDeep`].
    pub const fn descend(&mut self) -> Result<()> {
        if self.depth >= self.limits.depth {
            return Err(Error::TooDeep { limit: self.limits.depth });
        }
        self.depth += 1;
        Ok(())
    }

    /// Comes one level up.
    pub const fn ascend(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The next `len` bytes as they stand.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    pub fn raw(&mut self, len: usize) -> Result<&'a [u8]> {
        let end = self
            .pos
            .checked_add(len)
            .ok_or(Error::Truncated { needed: len, left: self.remaining() })?;
        let bytes = self
            .data
            .get(self.pos..end)
            .ok_or(Error::Truncated { needed: len, left: self.remaining() })?;
        self.pos = end;
        Ok(bytes)
    }

    /// Everything to the end (the `!X` of a wrapper, which has no length of its own).
    pub fn raw_rest(&mut self) -> &'a [u8] {
        let rest = self.rest();
        self.pos = self.data.len();
        rest
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let left = self.remaining();
        let bytes = self.rest().first_chunk::<N>().ok_or(Error::Truncated { needed: N, left })?;
        self.pos = self.pos.saturating_add(N);
        Ok(*bytes)
    }

    /// A constructor's id, or any `#`.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    pub fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// The next id, without reading it.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    pub fn peek_u32(&self) -> Result<u32> {
        let left = self.remaining();
        let bytes = self.rest().first_chunk::<4>().ok_or(Error::Truncated { needed: 4, left })?;
        Ok(u32::from_le_bytes(*bytes))
    }

    /// `int`.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    pub fn i32(&mut self) -> Result<i32> {
        self.array().map(i32::from_le_bytes)
    }

    /// `long`.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    pub fn i64(&mut self) -> Result<i64> {
        self.array().map(i64::from_le_bytes)
    }

    /// `double`.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    pub fn f64(&mut self) -> Result<f64> {
        self.array().map(f64::from_le_bytes)
    }

    /// `int128`, as it stands on the wire.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    pub fn i128(&mut self) -> Result<[u8; 16]> {
        self.array()
    }

    /// `int256`, as it stands on the wire.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    pub fn i256(&mut self) -> Result<[u8; 32]> {
        self.array()
    }

    /// `Bool`.
    ///
    /// # Errors
    /// [`Error::UnknownConstructor`] or [`Error::Truncated`].
    pub fn bool(&mut self) -> Result<bool> {
        match self.u32()? {
            BOOL_TRUE => Ok(true),
            BOOL_FALSE => Ok(false),
            id => Err(Error::UnknownConstructor { id, expected: "Bool" }),
        }
    }

    /// `bytes`, borrowed: nothing is allocated, nothing is charged.
    ///
    /// The first byte is the length up to 253; 254 announces three bytes of length, 255 seven. The whole is padded to a multiple
    /// of four.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let [first] = self.array::<1>()?;
        let (len, header) = match first {
            254 => {
                let [a, b, c] = self.array::<3>()?;
                (u64::from(u32::from_le_bytes([a, b, c, 0])), 0)
            }
            255 => {
                let [a, b, c, d, e, f, g] = self.array::<7>()?;
                (u64::from_le_bytes([a, b, c, d, e, f, g, 0]), 0)
            }
            short => (u64::from(short), 1),
        };
        let left = self.remaining();
        let len =
            usize::try_from(len).map_err(|_| Error::Truncated { needed: usize::MAX, left })?;
        let bytes = self.raw(len)?;
        let tail = (len.saturating_add(header)) % 4;
        if tail != 0 {
            self.raw(4 - tail)?;
        }
        Ok(bytes)
    }

    /// `string`, borrowed and checked.
    ///
    /// # Errors
    /// [`Error::NotUtf8`] or [`Error::Truncated`].
    pub fn str(&mut self) -> Result<&'a str> {
        core::str::from_utf8(self.bytes()?).map_err(|_| Error::NotUtf8)
    }

    /// `bytes`, copied and charged.
    ///
    /// # Errors
    /// [`Error::Budget`] or [`Error::Truncated`].
    pub fn bytes_owned(&mut self) -> Result<Vec<u8>> {
        let bytes = self.bytes()?;
        self.charge(bytes.len())?;
        Ok(bytes.to_vec())
    }

    /// `string`, copied and charged.
    ///
    /// # Errors
    /// [`Error::Budget`], [`Error::NotUtf8`] or [`Error::Truncated`].
    pub fn string(&mut self) -> Result<String> {
        let text = self.str()?;
        self.charge(text.len())?;
        Ok(text.to_owned())
    }

    /// The head of a boxed vector: its id and its length.
    ///
    /// # Errors
    /// [`Error::UnknownConstructor`], or what [`Reader::bare_vector_len`] gives.
    pub fn vector_len(&mut self) -> Result<usize> {
        match self.u32()? {
            VECTOR => self.bare_vector_len(),
            id => Err(Error::UnknownConstructor { id, expected: "Vector" }),
        }
    }

    /// The length of a vector, checked against the cap and against the rest of the input: the smallest element (an
    /// `int`, or a constructor without fields) takes four bytes.
    ///
    /// # Errors
    /// [`Error::VectorTooLong`] or [`Error::Truncated`].
    pub fn bare_vector_len(&mut self) -> Result<usize> {
        let len = usize::try_from(self.u32()?).unwrap_or(usize::MAX);
        let limit = self.limits.vector_len.min(self.remaining() / 4);
        if len > limit {
            return Err(Error::VectorTooLong { len, limit });
        }
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::{Budget, Deserialize, Error, Limits, Reader, Serialize, Writer};

    fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
        let mut writer = Writer::new();
        write(&mut writer);
        writer.into_bytes()
    }

    #[test]
    fn string_lengths_around_each_border_survive() {
        for len in [0, 1, 2, 3, 4, 253, 254, 255, 256, 65_535, 65_536] {
            let bytes = vec![b'x'; len];
            let wire = written(|w| w.bytes(&bytes));
            assert_eq!(wire.len() % 4, 0, "{len}");
            let mut reader = Reader::new(&wire);
            assert_eq!(reader.bytes(), Ok(&bytes[..]), "{len}");
            assert_eq!(reader.finish(), Ok(()));
        }
    }

    #[test]
    fn string_of_sixteen_mebibytes_uses_the_long_form() {
        let bytes = vec![1u8; 1 << 24];
        let wire = written(|w| w.bytes(&bytes));
        assert_eq!(wire.first(), Some(&255));
        assert_eq!(Reader::new(&wire).bytes(), Ok(&bytes[..]));
    }

    #[test]
    fn string_whose_padding_is_missing_is_refused() {
        assert_eq!(
            Reader::new(&[2, b'h', b'i']).bytes(),
            Err(Error::Truncated { needed: 1, left: 0 })
        );
    }

    #[test]
    fn string_longer_than_input_is_refused_before_any_copy() {
        assert_eq!(
            Reader::new(&[254, 255, 255, 255, 0, 0, 0, 0]).bytes(),
            Err(Error::Truncated { needed: 0x00ff_ffff, left: 4 })
        );
        assert!(Reader::new(&[255; 8]).bytes().is_err());
    }

    #[test]
    fn string_that_is_not_utf8_is_refused() {
        assert_eq!(Reader::new(&[2, 0xff, 0xfe, 0]).string(), Err(Error::NotUtf8));
    }

    #[test]
    fn vector_longer_than_the_rest_is_refused_before_any_allocation() {
        let wire = written(|w| {
            w.u32(crate::VECTOR);
            w.u32(0x7fff_ffff);
            w.i64(0);
        });
        assert_eq!(
            Vec::<i64>::from_bytes(&wire),
            Err(Error::VectorTooLong { len: 0x7fff_ffff, limit: 2 })
        );
    }

    #[test]
    fn vector_above_the_cap_is_refused() {
        let wire = vec![0i32; 20_000].to_bytes();
        assert_eq!(
            Vec::<i32>::from_bytes(&wire),
            Err(Error::VectorTooLong { len: 20_000, limit: 16_384 })
        );
        assert_eq!(
            Vec::<i32>::deserialize(&mut Reader::trusted(&wire)).map(|v| v.len()),
            Ok(20_000)
        );
    }

    #[test]
    fn budget_is_charged_before_elements_are_read() {
        let wire = vec![0i64; 10].to_bytes();
        let mut reader = Reader::with(&wire, Limits::REQUEST, Budget::of(79));
        assert_eq!(
            Vec::<i64>::deserialize(&mut reader),
            Err(Error::Budget { wanted: 80, left: 79 })
        );
    }

    #[test]
    fn depth_is_bounded_and_given_back() {
        let mut reader = Reader::new(&[]);
        for _ in 0..32 {
            assert_eq!(reader.descend(), Ok(()));
        }
        assert_eq!(reader.descend(), Err(Error::TooDeep { limit: 32 }));
        reader.ascend();
        assert_eq!(reader.descend(), Ok(()));
    }

    #[test]
    fn trailing_bytes_are_refused() {
        assert_eq!(i32::from_bytes(&[0; 8]), Err(Error::TrailingBytes { left: 4 }));
    }

    #[test]
    fn bool_is_one_of_two_ids() {
        assert_eq!(bool::from_bytes(&true.to_bytes()), Ok(true));
        assert_eq!(bool::from_bytes(&false.to_bytes()), Ok(false));
        assert_eq!(
            bool::from_bytes(&[1, 0, 0, 0]),
            Err(Error::UnknownConstructor { id: 1, expected: "Bool" })
        );
    }

    proptest! {
        #[test]
        fn values_survive(a: i32, b: i64, c: f64, d: String, e: Vec<u8>, f: Vec<String>, g: [u8; 16], h: [u8; 32], i: bool) {
            let wire = written(|w| {
                a.serialize(w); b.serialize(w); c.serialize(w); d.serialize(w); e.serialize(w);
                f.serialize(w); g.serialize(w); h.serialize(w); i.serialize(w);
            });
            let r = &mut Reader::new(&wire);
            prop_assert_eq!(i32::deserialize(r), Ok(a));
            prop_assert_eq!(i64::deserialize(r), Ok(b));
            prop_assert_eq!(f64::deserialize(r).map(f64::to_bits), Ok(c.to_bits()));
            prop_assert_eq!(String::deserialize(r), Ok(d));
            prop_assert_eq!(Vec::<u8>::deserialize(r), Ok(e));
            prop_assert_eq!(Vec::<String>::deserialize(r), Ok(f));
            prop_assert_eq!(<[u8; 16]>::deserialize(r), Ok(g));
            prop_assert_eq!(<[u8; 32]>::deserialize(r), Ok(h));
            prop_assert_eq!(bool::deserialize(r), Ok(i));
            prop_assert_eq!(r.finish(), Ok(()));
        }

        #[test]
        fn any_bytes_end_without_panic(data: Vec<u8>) {
            let r = &mut Reader::new(&data);
            while Vec::<String>::deserialize(r).is_ok() || r.bytes().is_ok() && r.remaining() > 0 {}
        }
    }
}
