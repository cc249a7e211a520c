//! The interpreter: writes a tree for another layer, field by field, by name.

use tl_codec::{Reader, Writer};

use crate::by_hand;
use crate::table::{CANONICAL, Form, Name, Ty, by_name};
use crate::value::{Decoder, Object, Value, WORDS};

/// From which layer to which.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transcoder {
    pub(crate) from: u16,
    pub(crate) to: u16,
}

/// Whether a value was written. If not, whatever was written of it is to be taken back.
type Written = bool;

impl Transcoder {
    /// The lower one of the two layers.
    pub(crate) fn older(self) -> u16 {
        self.from.min(self.to)
    }

    /// Whether this is a client's request: then nothing may be lost on the way.
    pub(crate) const fn is_request(self) -> bool {
        self.to == CANONICAL
    }

    /// The value with its outermost level readable.
    pub(crate) fn open<'a>(self, value: &Value<'a>) -> Option<Value<'a>> {
        let Value::Raw(ty, bytes) = value else { return Some(value.clone()) };
        // These bytes were walked, bounded and charged before.
        Decoder::new(Reader::trusted(bytes), self.from, self.older()).opened(*ty).ok()
    }

    /// Writes `value` where the other layer has `ty`.
    pub(crate) fn put(self, value: &Value<'_>, ty: Ty, writer: &mut Writer) -> Written {
        match (value, ty) {
            (Value::Raw(of, bytes), _) if *of == ty => writer.raw(bytes),
            (Value::Raw(..), _) => {
                return self.open(value).is_some_and(|value| self.put(&value, ty, writer));
            }
            (Value::Vector(items), Ty::Vector(of)) => return self.vector(items, *of, writer),
            (Value::Object(object), Ty::Named(of)) => return self.object(object, of, writer),
            (Value::Object(object), _) => return self.content(object, ty, writer),
            (Value::Vector(items), _) => return self.one_of(value, items, ty, writer),
            (_, Ty::Named(of)) => {
                return by_hand::wrapped(value, of)
                    .is_some_and(|object| self.plain(&object, of, writer));
            }
            (_, Ty::Vector(of)) => {
                writer.vector_len(1);
                return self.put(value, *of, writer);
            }
            _ => return scalar(value, ty, writer),
        }
        true
    }

    /// A list where the other layer has one value: its wrapper, or its first element.
    fn one_of(
        self,
        value: &Value<'_>,
        items: &[Value<'_>],
        ty: Ty,
        writer: &mut Writer,
    ) -> Written {
        if let Ty::Named(of) = ty
            && let Some(object) = by_hand::wrapped(value, of)
        {
            return self.plain(&object, of, writer);
        }
        match items.first() {
            Some(item) => self.put(item, ty, writer),
            None => self.default(ty, writer),
        }
    }

    /// Elements that the other layer cannot express are left out of an answer; a request with one cannot be expressed.
    fn vector(self, items: &[Value<'_>], of: Ty, writer: &mut Writer) -> Written {
        let start = writer.len();
        writer.vector_len(0);
        let mut count = 0u32;
        for item in items {
            let before = writer.len();
            if self.put(item, of, writer) {
                count += 1;
            } else if self.is_request() {
                return false;
            } else {
                writer.truncate(before);
            }
        }
        writer.patch_u32(start + 4, count);
        true
    }

    /// Writes an object as a value of the type `of`: as it is, or what it holds, or what stands for it.
    fn object(self, object: &Object<'_>, of: Name, writer: &mut Writer) -> Written {
        let start = writer.len();
        let rewritten = by_hand::rewritten(self, object, Ty::Named(of));
        let object = rewritten.as_ref().unwrap_or(object);
        if self.plain(object, of, writer) {
            return true;
        }
        writer.truncate(start);
        if self.content(object, Ty::Named(of), writer) {
            return true;
        }
        writer.truncate(start);
        !self.is_request()
            && by_hand::stand_in(self, object, of)
                .is_some_and(|object| self.plain(&object, of, writer))
    }

    /// Writes the one field of an object that has the wanted type.
    fn content(self, object: &Object<'_>, ty: Ty, writer: &mut Writer) -> Written {
        match by_hand::content(object, ty) {
            Some(value) => self.put(&value, ty, writer),
            None => false,
        }
    }

    /// Writes an object by its own name.
    fn plain(self, object: &Object<'_>, of: Name, writer: &mut Writer) -> Written {
        let form = by_name(object.name, false, self.to).filter(|form| form.result == Ty::Named(of));
        form.is_some_and(|form| {
            writer.u32(form.id);
            self.fields(form, object, writer)
        })
    }

    /// Writes the fields of `form`, taking them from `object` by name.
    pub(crate) fn fields(self, form: &Form, object: &Object<'_>, writer: &mut Writer) -> Written {
        let start = writer.len();
        let mut left_out = 0u128;
        // Each round leaves out one more bit, so that it ends.
        loop {
            match self.try_fields(form, object, left_out, writer) {
                Ok(()) => return true,
                Err(Some(bit)) if !self.is_request() => left_out |= 1 << bit,
                Err(_) => return false,
            }
            writer.truncate(start);
        }
    }

    /// One attempt without the bits `left_out`. The error is the bit that cannot be expressed, or none if a required field
    /// cannot.
    fn try_fields(
        self,
        form: &Form,
        object: &Object<'_>,
        left_out: u128,
        writer: &mut Writer,
    ) -> Result<(), Option<u8>> {
        let mut there = presence(form, object) & !left_out;
        let mut words = [0; WORDS];
        let mut word = 0u8;
        for field in form.fields {
            if matches!(field.ty, Ty::Flags) {
                if let Some(place) = words.get_mut(usize::from(word)) {
                    *place = writer.len();
                }
                writer.u32(word_of(there, word));
                word += 1;
                continue;
            }
            if field.flag.is_some_and(|bit| there >> bit & 1 == 0) || matches!(field.ty, Ty::True) {
                continue;
            }
            let before = writer.len();
            let is_written = match object.get(field.name) {
                Some(value) => self.put(value, field.ty, writer),
                None => by_hand::is_dispensable(form, field) && self.default(field.ty, writer),
            };
            match field.flag {
                _ if is_written => {}
                Some(bit) if !self.is_request() && is_alone(form, bit) => {
                    writer.truncate(before);
                    there &= !(1 << bit);
                    let at = words.get(usize::from(bit / 32)).copied().unwrap_or_default();
                    writer.patch_u32(at, word_of(there, bit / 32));
                }
                bit => return Err(bit),
            }
        }
        Ok(())
    }

    /// What stands in a required field that the other layer does not have.
    fn default(self, ty: Ty, writer: &mut Writer) -> Written {
        match ty {
            Ty::Flags | Ty::Int => writer.i32(0),
            Ty::Long => writer.i64(0),
            Ty::Double => writer.f64(0.0),
            Ty::Bool => writer.bool(false),
            Ty::String | Ty::Bytes => writer.bytes(&[]),
            Ty::Vector(_) => writer.vector_len(0),
            Ty::True => {}
            Ty::Named(of) => {
                return by_hand::default_of(of)
                    .is_some_and(|object| self.plain(&object, of, writer));
            }
            Ty::Any | Ty::Nothing => return false,
        }
        true
    }
}

/// Numbers, strings and `Bool`; numbers change their width if they fit.
fn scalar(value: &Value<'_>, ty: Ty, writer: &mut Writer) -> Written {
    match (value, ty) {
        (Value::Int(n), Ty::Int) => writer.i32(*n),
        (Value::Int(n), Ty::Long) => writer.i64(i64::from(*n)),
        (Value::Int(n), Ty::Double) => writer.f64(f64::from(*n)),
        (Value::Long(n), Ty::Long) => writer.i64(*n),
        (Value::Long(n), Ty::Int) => return i32::try_from(*n).map(|n| writer.i32(n)).is_ok(),
        (Value::Double(x), Ty::Double) => writer.f64(*x),
        (Value::Double(x), Ty::Int) => return rounded(*x).map(|n| writer.i32(n)).is_some(),
        (Value::Bool(is_set), Ty::Bool) => writer.bool(*is_set),
        (Value::Bytes(bytes), Ty::String | Ty::Bytes) => writer.bytes(bytes),
        _ => return false,
    }
    true
}

/// The nearest whole number, if it is an `int`.
fn rounded(x: f64) -> Option<i32> {
    let x = x.round();
    let is_int = x >= f64::from(i32::MIN) && x <= f64::from(i32::MAX);
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
    is_int.then_some(x as i32)
}

/// The bits whose fields, or one of them, `object` has.
fn presence(form: &Form, object: &Object<'_>) -> u128 {
    let mut there = 0;
    for field in form.fields {
        if let Some(bit) = field.flag
            && let Some(value) = object.get(field.name)
            && !(matches!(field.ty, Ty::True) && *value == Value::Bool(false))
        {
            there |= 1 << bit;
        }
    }
    there
}

/// The word with this number out of all bits.
fn word_of(bits: u128, word: u8) -> u32 {
    let bytes = (bits >> (u32::from(word) * 32)).to_le_bytes();
    bytes.first_chunk::<4>().map_or(0, |word| u32::from_le_bytes(*word))
}

/// Whether no other field has the same bit.
fn is_alone(form: &Form, bit: u8) -> bool {
    form.fields.iter().filter(|field| field.flag == Some(bit)).count() == 1
}
