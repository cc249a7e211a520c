//! A TL value of any layer as a tree, borrowed from the bytes it came from.
//!
//! Parts that have the same bytes on both layers stay bytes ([`Value::Raw`]): they are walked once, for their length and
//! their validity, and copied.

use tl_codec::{Error, Reader, Result};

use crate::table::{Form, Name, Ty, by_id};

/// A value of some type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Int(i32),
    Long(i64),
    Double(f64),
    /// `Bool`, or a `true` that is there.
    Bool(bool),
    /// `string` or `bytes`.
    Bytes(&'a [u8]),
    /// Bytes of a value of this type, the same on both layers.
    Raw(Ty, &'a [u8]),
    Vector(Vec<Self>),
    Object(Object<'a>),
}

/// A constructor or method with those of its fields that are there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object<'a> {
    pub(crate) name: Name,
    pub(crate) fields: Vec<(Name, Value<'a>)>,
}

impl<'a> Object<'a> {
    /// A field's value, if it is there.
    pub(crate) fn get(&self, name: Name) -> Option<&Value<'a>> {
        self.fields.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// The same by a name that only one layer may know.
    pub(crate) fn named(&self, name: &str) -> Option<&Value<'a>> {
        Name::find(name).and_then(|name| self.get(name))
    }
}

/// Flags words a form can have; the widest has two.
pub(crate) const WORDS: usize = 4;

/// Reads values with the table of one layer.
pub(crate) struct Decoder<'a> {
    reader: Reader<'a>,
    layer: u16,
    /// Types that are the same from this layer on stay bytes.
    older: u16,
    is_strict: bool,
}

impl<'a> Decoder<'a> {
    /// For bytes of `layer` that will be written for another layer; `older` is the lower one of the two.
    pub(crate) const fn new(reader: Reader<'a>, layer: u16, older: u16) -> Self {
        Self { reader, layer, older, is_strict: false }
    }

    /// Accepts constructors of exactly this layer.
    #[cfg(test)]
    pub(crate) const fn strict(reader: Reader<'a>, layer: u16) -> Self {
        Self { reader, layer, older: 0, is_strict: true }
    }

    pub(crate) const fn reader(&self) -> &Reader<'a> {
        &self.reader
    }

    pub(crate) const fn reader_mut(&mut self) -> &mut Reader<'a> {
        &mut self.reader
    }

    /// Reads a value of type `ty`.
    pub(crate) fn value(&mut self, ty: Ty) -> Result<Value<'a>> {
        match ty {
            Ty::Vector(_) | Ty::Named(_) if ty.same_from() <= self.older => {
                let start = self.reader.position();
                self.walk(ty)?;
                Ok(Value::Raw(ty, self.reader.since(start)))
            }
            _ => self.opened(ty),
        }
    }

    /// Reads a value of type `ty` whose outermost level is not left as bytes.
    pub(crate) fn opened(&mut self, ty: Ty) -> Result<Value<'a>> {
        Ok(match ty {
            Ty::Flags | Ty::Int => Value::Int(self.reader.i32()?),
            Ty::Long => Value::Long(self.reader.i64()?),
            Ty::Double => Value::Double(self.reader.f64()?),
            Ty::Bool => Value::Bool(self.reader.bool()?),
            Ty::True => Value::Bool(true),
            Ty::String => Value::Bytes(self.reader.str()?.as_bytes()),
            Ty::Bytes => Value::Bytes(self.reader.bytes()?),
            Ty::Any | Ty::Nothing => return Err(self.unexpected(ty)),
            Ty::Vector(of) => {
                let len = self.reader.vector_len()?;
                self.reader.charge(len.saturating_mul(size_of::<Value<'_>>()))?;
                let mut items = Vec::with_capacity(len);
                for _ in 0..len {
                    items.push(self.value(*of)?);
                }
                Value::Vector(items)
            }
            Ty::Named(of) => {
                self.reader.descend()?;
                let form = self.form(of)?;
                let object = self.fields(form)?;
                self.reader.ascend();
                Value::Object(object)
            }
        })
    }

    /// Reads the fields of a form whose id is already read.
    pub(crate) fn fields(&mut self, form: &'static Form) -> Result<Object<'a>> {
        self.reader.charge(form.fields.len().saturating_mul(size_of::<(Name, Value<'_>)>()))?;
        let mut fields = Vec::with_capacity(form.fields.len());
        let mut words = Words::default();
        for field in form.fields {
            if matches!(field.ty, Ty::Flags) {
                words.push(self.reader.u32()?);
            } else if field.flag.is_none_or(|flag| words.has(flag)) {
                fields.push((field.name, self.value(field.ty)?));
            }
        }
        Ok(Object { name: form.name, fields })
    }

    /// Goes over a value without keeping it.
    pub(crate) fn walk(&mut self, ty: Ty) -> Result<()> {
        match ty {
            Ty::Vector(of) => {
                for _ in 0..self.reader.vector_len()? {
                    self.walk(*of)?;
                }
            }
            Ty::Named(of) => {
                self.reader.descend()?;
                let form = self.form(of)?;
                self.walk_fields(form)?;
                self.reader.ascend();
            }
            _ => drop(self.opened(ty)?),
        }
        Ok(())
    }

    /// Goes over the fields of a form whose id is already read.
    pub(crate) fn walk_fields(&mut self, form: &'static Form) -> Result<()> {
        let mut words = Words::default();
        for field in form.fields {
            if matches!(field.ty, Ty::Flags) {
                words.push(self.reader.u32()?);
            } else if field.flag.is_none_or(|flag| words.has(flag)) {
                self.walk(field.ty)?;
            }
        }
        Ok(())
    }

    /// Reads an id and finds its form among the constructors of a type.
    fn form(&mut self, of: Name) -> Result<&'static Form> {
        let id = as_meant(self.reader.u32()?, of.text());
        by_id(id, self.layer, |form| form.result == Ty::Named(of) && !form.is_function)
            .filter(|form| !self.is_strict || form.is_at(self.layer))
            .ok_or(Error::UnknownConstructor { id, expected: of.text() })
    }

    fn unexpected(&self, ty: Ty) -> Error {
        let expected = if matches!(ty, Ty::Any) { "a request without wrappers" } else { "nothing" };
        Error::UnknownConstructor { id: self.reader.peek_u32().unwrap_or_default(), expected }
    }
}

/// The id that a constructor of `InputPeer` stands for where an `InputUser` or `InputChannel` belongs: Pyrogram and its kin
/// send them there, and the official server takes them. The fields are the same.
fn as_meant(id: u32, of: &str) -> u32 {
    match (of, id) {
        ("InputUser", 0x7f3b_18ea) => 0xb988_86cf,
        ("InputUser", 0x7da0_7ec9) => 0xf7c1_b13f,
        ("InputUser", 0xdde8_a54c) => 0xf211_58c6,
        ("InputUser", 0xa87b_0a1c) => 0x1da4_48e2,
        ("InputChannel", 0x7f3b_18ea) => 0xee8c_1e86,
        ("InputChannel", 0x27bc_bbfc) => 0xf35a_ec28,
        ("InputChannel", 0xbd2a_0840) => 0x5b93_4f9d,
        _ => id,
    }
}

/// The flags words read so far.
#[derive(Default)]
struct Words {
    words: [u32; WORDS],
    len: usize,
}

impl Words {
    fn push(&mut self, word: u32) {
        if let Some(place) = self.words.get_mut(self.len) {
            *place = word;
            self.len += 1;
        }
    }

    fn has(&self, flag: u8) -> bool {
        self.words.get(usize::from(flag / 32)).is_some_and(|word| word >> (flag % 32) & 1 == 1)
    }
}
