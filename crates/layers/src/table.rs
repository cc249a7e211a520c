//! The tables of all layers, and how to find a form in them.

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// The canonical layer: the last one in the table.
pub(crate) const CANONICAL: u16 = 230;

/// The number of a name of a constructor, method, type or field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name(pub(crate) u16);

impl Name {
    /// The number of a name; none if it does not occur in the schema.
    pub(crate) fn find(text: &str) -> Option<Self> {
        NAMES.binary_search(&text).ok().and_then(|at| u16::try_from(at).ok()).map(Self)
    }

    pub(crate) fn text(self) -> &'static str {
        NAMES.get(usize::from(self.0)).copied().unwrap_or_default()
    }
}

/// A type, as a field or a result has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    Flags,
    True,
    Int,
    Long,
    Double,
    String,
    Bytes,
    Bool,
    Any,
    Nothing,
    Vector(&'static Self),
    Named(Name),
}

impl Ty {
    /// The first layer from which on a value of this type has the same bytes as on the canonical layer.
    pub(crate) fn same_from(self) -> u16 {
        match self {
            Self::Vector(of) => of.same_from(),
            Self::Named(name) => SAME_FROM.get(usize::from(name.0)).copied().unwrap_or(u16::MAX),
            _ => 0,
        }
    }
}

/// One form of a constructor or a method, with its layers.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) name: Name,
    pub(crate) id: u32,
    pub(crate) first: u16,
    pub(crate) last: u16,
    pub(crate) is_function: bool,
    /// The first layer from which on this form, and everything below it, is the canonical one.
    pub(crate) same_from: u16,
    pub(crate) result: Ty,
    pub(crate) fields: &'static [Field],
}

/// A field of a form.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: Name,
    /// The bit that says whether it is there: 32 times the number of the flags word, plus the bit.
    pub(crate) flag: Option<u8>,
    pub(crate) ty: Ty,
}

impl Form {
    pub(crate) const fn is_at(&self, layer: u16) -> bool {
        self.first <= layer && layer <= self.last
    }

    /// How far this form's layers are from `layer`.
    const fn distance(&self, layer: u16) -> u16 {
        if layer < self.first { self.first - layer } else { layer.saturating_sub(self.last) }
    }
}

/// Forms with this id that `fits` accepts: the one of `layer`, else of the nearest layer.
///
/// Clients send constructors of a neighbouring layer now and then: some layers changed while they were published. What the
/// id says is never in doubt, so such a value is understood.
pub(crate) fn by_id(id: u32, layer: u16, fits: impl Fn(&Form) -> bool) -> Option<&'static Form> {
    let start = BY_ID.partition_point(|(other, _)| *other < id);
    let same_id = BY_ID.get(start..)?.iter().take_while(|(other, _)| *other == id);
    let forms = same_id.filter_map(|(_, at)| FORMS.get(usize::from(*at)));
    forms.filter(|form| fits(form)).min_by_key(|form| form.distance(layer))
}

/// The form that a name has at `layer`.
pub(crate) fn by_name(name: Name, is_function: bool, layer: u16) -> Option<&'static Form> {
    let start = FORMS.partition_point(|form| (form.is_function, form.name) < (is_function, name));
    let same_name = FORMS
        .get(start..)?
        .iter()
        .take_while(|form| form.name == name && form.is_function == is_function);
    same_name.into_iter().find(|form| form.is_at(layer))
}

#[cfg(test)]
mod tests {
    use super::{BY_ID, CANONICAL, FORMS, LAYERS, Name, by_id, by_name};

    #[test]
    fn canonical_layer_is_the_last_one() {
        assert_eq!(LAYERS.last(), Some(&CANONICAL));
        assert!(LAYERS.is_sorted());
    }

    #[test]
    fn name_has_one_form_at_a_layer() {
        for (at, form) in FORMS.iter().enumerate() {
            for other in FORMS.iter().skip(at + 1).take_while(|other| other.name == form.name) {
                assert!(
                    other.is_function != form.is_function || other.first > form.last,
                    "{}",
                    form.name.text()
                );
            }
        }
    }

    #[test]
    fn id_means_one_name_at_a_layer() {
        for pair in BY_ID.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            let (a, b) = (&FORMS[usize::from(pair[0].1)], &FORMS[usize::from(pair[1].1)]);
            assert!(a.name == b.name || a.first > b.last || b.first > a.last, "{:08x}", a.id);
        }
    }

    #[test]
    fn form_is_found_by_id_and_by_name() {
        let name = Name::find("messages.sendMessage").unwrap();
        let old = by_name(name, true, 133).unwrap();
        assert_eq!(old.id, 0x520c_3870);
        assert_eq!(by_id(0x520c_3870, 133, |_| true).map(|form| form.first), Some(133));
        assert_eq!(by_id(0x520c_3870, 230, |_| true).map(|form| form.first), Some(133));
    }
}
