//! Transcodes between a client's layer and the canonical one.
//!
//! Code above this crate knows one layer, 230. All others are tables of data, generated from `schema/` and walked by one
//! interpreter that maps constructors, methods and fields *by name*; what names do not cover is in `by_hand`.
//!
//! - [`peel`] takes the wrappers off a request: `invokeWithLayer`, `initConnection`, `invokeAfterMsg`, `gzip_packed` and the rest.
//! - [`upgrade_request`] makes a canonical request of what the client sent.
//! - [`downgrade_answer`] and [`downgrade_updates`] write what the client understands, and never a constructor that its
//!   layer does not have: an optional field or an element of a list that it does not know is left out, in a required
//!   place something older stands in.
//!
//! A value that has the same bytes on both layers is not copied. The crate opens no socket and reads no clock; memory and
//! depth of whatever a client sends are bounded by [`tl_codec::Budget`] and [`tl_codec::Limits`].
//!
//! **Adding a layer** is a change of `schema/` alone, until the tests of this crate name something that needs a hand.

mod by_hand;
mod envelope;
mod error;
#[cfg(test)]
mod random;
mod table;
mod transcode;
mod value;

use std::borrow::Cow;

use tl_codec::{Budget, Limits, Reader, Writer};

pub use envelope::{Envelope, InitInfo, peel};
pub use error::{Error, Fault};

use crate::table::{CANONICAL, Form, LAYERS, Name, Ty, by_id};
use crate::transcode::Transcoder;
use crate::value::{Decoder, Object, Value};

/// A published layer that we serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Layer(u16);

impl Layer {
    /// The layer of the code above.
    pub const CANONICAL: Self = Self(CANONICAL);

    /// The layer to use for the number that a client names: a number that was never published means the next lower one,
    /// and a newer layer than ours is treated as ours.
    ///
    /// # Errors
    /// [`Error::LayerTooOld`] below 133.
    pub fn supported(number: i32) -> Result<Self, Error> {
        let at_most = |layer: &&u16| i32::from(**layer) <= number;
        LAYERS
            .iter()
            .rev()
            .find(at_most)
            .map(|layer| Self(*layer))
            .ok_or(Error::LayerTooOld { layer: number })
    }

    /// All layers that we serve, the oldest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        LAYERS.iter().map(|layer| Self(*layer))
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// A request of `layer`, without wrappers, as a canonical request.
///
/// On the canonical layer, and wherever nothing differs, it is returned as it is and unchecked: whoever decodes it checks it.
///
/// # Errors
/// [`Error::UnknownMethod`], [`Error::Malformed`] or [`Error::NotExpressible`]: the client's fault, each of them.
pub fn upgrade_request<'a>(
    layer: Layer,
    request: &'a [u8],
    budget: &mut Budget,
) -> Result<Cow<'a, [u8]>, Error> {
    if layer == Layer::CANONICAL {
        return Ok(Cow::Borrowed(request));
    }
    let mut reader = Reader::with(request, Limits::REQUEST, budget.clone());
    let id = reader.u32()?;
    let form = by_id(id, layer.0, |form| form.is_function).ok_or(Error::UnknownMethod { id })?;
    if form.is_at(layer.0) && form.same_from <= layer.0 {
        return Ok(Cow::Borrowed(request));
    }
    let way = Transcoder { from: layer.0, to: CANONICAL };
    let mut decoder = Decoder::new(reader, way.from, way.older());
    let object = decoder.fields(form)?;
    decoder.reader().finish()?;
    *budget = decoder.reader().budget().clone();
    let mut writer = Writer::with_capacity(request.len() + 64);
    if write_method(way, form, &object, &mut writer)? {
        Ok(Cow::Owned(writer.into_bytes()))
    } else {
        Err(Error::NotExpressible { name: form.name.text(), layer: CANONICAL })
    }
}

fn write_method(
    way: Transcoder,
    form: &Form,
    object: &Object<'_>,
    writer: &mut Writer,
) -> Result<bool, Error> {
    let target =
        by_hand::method(form.name, CANONICAL).ok_or(Error::UnknownMethod { id: form.id })?;
    writer.u32(target.id);
    let rewritten = by_hand::rewritten(way, object, Ty::Any);
    Ok(way.fields(target, rewritten.as_ref().unwrap_or(object), writer))
}

/// A canonical answer to `method` (its canonical id) as `layer` has it.
///
/// # Errors
/// [`Error::Unreadable`] if `answer` is not what the method returns, [`Error::NotExpressible`] if it has no form on that
/// layer: our fault, both.
pub fn downgrade_answer(layer: Layer, method: u32, answer: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    if layer == Layer::CANONICAL {
        return Ok(Cow::Borrowed(answer));
    }
    let form = by_id(method, CANONICAL, |form| form.is_function)
        .ok_or(Error::UnknownMethod { id: method })?;
    let result = by_hand::method(form.name, layer.0).map_or(form.result, |old| old.result);
    narrow(layer, answer, form.result, result)
}

/// Canonical `Updates` as `layer` has them; none if nothing in them means anything there.
///
/// An update that the client does not know is left out. If it advances a `pts`, another one that only does so takes its
/// place, so that the client sees no gap.
///
/// # Errors
/// As [`downgrade_answer`].
pub fn downgrade_updates(layer: Layer, updates: &[u8]) -> Result<Option<Cow<'_, [u8]>>, Error> {
    let Some(ty) = Name::find("Updates").map(Ty::Named) else { return Ok(None) };
    if layer == Layer::CANONICAL || ty.same_from() <= layer.0 {
        return Ok(Some(Cow::Borrowed(updates)));
    }
    let narrowed = narrow(layer, updates, ty, ty)?;
    Ok((!is_empty(&narrowed)).then_some(narrowed))
}

/// Whether `updates` hold no update and no `seq`, so that there is nothing to tell.
fn is_empty(updates: &[u8]) -> bool {
    const UPDATES: u32 = 0x74ae_4240;
    let mut reader = Reader::trusted(updates);
    let is_head_empty = reader.u32() == Ok(UPDATES) && reader.vector_len() == Ok(0);
    is_head_empty && updates.last_chunk::<4>() == Some(&[0; 4])
}

fn narrow(layer: Layer, bytes: &[u8], from: Ty, to: Ty) -> Result<Cow<'_, [u8]>, Error> {
    if from == to && from.same_from() <= layer.0 {
        return Ok(Cow::Borrowed(bytes));
    }
    let way = Transcoder { from: CANONICAL, to: layer.0 };
    let mut decoder = Decoder::new(Reader::trusted(bytes), way.from, way.older());
    let value = decoder.value(from).map_err(Error::Unreadable)?;
    decoder.reader().finish().map_err(Error::Unreadable)?;
    let mut writer = Writer::with_capacity(bytes.len());
    if way.put(&value, to, &mut writer) {
        Ok(Cow::Owned(writer.into_bytes()))
    } else {
        Err(Error::NotExpressible { name: name_of(&value), layer: layer.0 })
    }
}

fn name_of(value: &Value<'_>) -> &'static str {
    match value {
        Value::Object(object) => object.name.text(),
        _ => "a value without a name",
    }
}

/// The option of `messages.report` that stands for a reason of older layers, by the name of its constructor.
#[must_use]
pub fn report_option(reason: &str) -> Option<&'static str> {
    by_hand::REASONS.iter().find(|(name, _)| *name == reason).map(|(_, option)| *option)
}

#[cfg(test)]
mod tests;
