//! Random values of any type at any layer, straight from the tables.

use std::collections::BTreeMap;

use tl_codec::Writer;

use crate::table::{FORMS, Form, Name, Ty};

/// Values of one layer, the same for the same seed.
pub(crate) struct Random {
    state: u64,
    constructors: BTreeMap<Name, Vec<&'static Form>>,
    /// Levels that the shallowest value of a type has.
    heights: BTreeMap<Name, u32>,
    /// Whether every optional field is there.
    is_full: bool,
}

/// Constructors that have no canonical form, or only in the right place: tests of their own write them.
const AVOIDED: &[&str] = &[
    "inputKeyboardButtonUrlAuth",
    "inputKeyboardButtonUserProfile",
    "inputMediaPoll",
    "inputPeerPhotoFileLocationLegacy",
    "inputStickerSetThumbLegacy",
    "keyboardButtonBuy",
    "keyboardButtonCallback",
    "keyboardButtonCopy",
    "keyboardButtonGame",
    "keyboardButtonSwitchInline",
    "keyboardButtonUrl",
    "keyboardButtonUrlAuth",
    "keyboardButtonUserProfile",
    "keyboardButtonWebView",
    "replyInlineMarkup",
];

impl Random {
    pub(crate) fn new(layer: u16, seed: u64) -> Self {
        let mut constructors: BTreeMap<Name, Vec<&'static Form>> = BTreeMap::new();
        for form in FORMS.iter().filter(|form| form.is_at(layer) && !form.is_function) {
            if let Ty::Named(of) = form.result {
                constructors.entry(of).or_default().push(form);
            }
        }
        let mut random =
            Self { state: seed | 1, constructors, heights: BTreeMap::new(), is_full: false };
        random.measure();
        random
    }

    /// Leaves out what a canonical request cannot hold.
    pub(crate) fn for_requests(mut self) -> Self {
        for forms in self.constructors.values_mut() {
            forms.retain(|form| !AVOIDED.contains(&form.name.text()));
        }
        self
    }

    /// Sets every optional field on the upper levels.
    pub(crate) fn full(mut self) -> Self {
        self.is_full = true;
        self
    }

    fn measure(&mut self) {
        loop {
            let mut has_changed = false;
            for (of, forms) in &self.constructors {
                let height = forms.iter().filter_map(|form| self.height(form)).min();
                if let Some(height) = height
                    && self.heights.get(of).is_none_or(|known| *known > height)
                {
                    self.heights.insert(*of, height);
                    has_changed = true;
                }
            }
            if !has_changed {
                return;
            }
        }
    }

    fn height(&self, form: &Form) -> Option<u32> {
        let required = form.fields.iter().filter(|field| field.flag.is_none());
        let heights = required.map(|field| match field.ty {
            Ty::Named(of) => self.heights.get(&of).copied(),
            _ => Some(0),
        });
        heights
            .collect::<Option<Vec<_>>>()
            .map(|heights| heights.into_iter().max().unwrap_or_default() + 1)
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// Writes a value of type `ty` that goes at most about `depth` levels down.
    pub(crate) fn value(&mut self, ty: Ty, depth: u32, writer: &mut Writer) {
        match ty {
            Ty::Int => writer.i32(i32::try_from(self.below(100_000)).unwrap()),
            Ty::Long => writer.i64(i64::try_from(self.below(1_000_000_000)).unwrap()),
            Ty::Double => writer.f64(f64::from(u32::try_from(self.below(1000)).unwrap())),
            Ty::Bool => {
                let is_set = self.below(2) == 0;
                writer.bool(is_set);
            }
            Ty::String | Ty::Bytes => {
                let len = usize::try_from(self.below(9)).unwrap();
                writer.bytes(&b"hoopoe, hoopoe"[..len]);
            }
            Ty::Vector(of) => {
                let len =
                    if depth == 0 || matches!(of, Ty::Nothing) { 0 } else { 1 + self.below(2) };
                writer.vector_len(usize::try_from(len).unwrap());
                for _ in 0..len {
                    self.value(*of, depth - 1, writer);
                }
            }
            Ty::Named(of) => {
                let form = self.choose(of, depth);
                writer.u32(form.id);
                self.fields(form, depth.saturating_sub(1), writer);
            }
            Ty::Flags | Ty::True | Ty::Any | Ty::Nothing => panic!("{ty:?} has no bytes"),
        }
    }

    fn choose(&mut self, of: Name, depth: u32) -> &'static Form {
        let forms = self
            .constructors
            .get(&of)
            .unwrap_or_else(|| panic!("{} has no constructors", of.text()))
            .clone();
        let lowest = forms.iter().filter_map(|form| self.height(form)).min().unwrap();
        let fits =
            |form: &&Form| self.height(form).is_some_and(|height| height <= depth.max(lowest));
        let forms: Vec<_> = forms.into_iter().filter(fits).collect();
        forms[usize::try_from(self.below(forms.len() as u64)).unwrap()]
    }

    /// Writes the fields of a form.
    pub(crate) fn fields(&mut self, form: &Form, depth: u32, writer: &mut Writer) {
        let mut bits = 0u128;
        for field in form.fields {
            if let Some(bit) = field.flag
                && (self.is_full && depth > 0 || self.below(2) == 0)
                && (depth > 0 || matches!(field.ty, Ty::True))
            {
                bits |= 1 << bit;
            }
        }
        for field in form.fields {
            let is_impossible = match field.ty {
                Ty::Nothing => true,
                Ty::Named(of) => !self.heights.contains_key(&of),
                _ => depth == 0 && !matches!(field.ty, Ty::True),
            };
            if let Some(bit) = field.flag
                && is_impossible
            {
                bits &= !(1 << bit);
            }
        }
        let mut word = 0;
        for field in form.fields {
            match field.ty {
                Ty::Flags => {
                    writer.u32(u32::try_from(bits >> word & u128::from(u32::MAX)).unwrap());
                    word += 32;
                }
                Ty::True => {}
                _ if field.flag.is_some_and(|bit| bits >> bit & 1 == 0) => {}
                Ty::Any => writer.u32(0xc4f9_186b),
                ty => self.value(ty, depth, writer),
            }
        }
    }
}
