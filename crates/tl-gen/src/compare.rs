//! What a layer has otherwise than the canonical one.

use crate::schema::{Form, Kind, Type};

/// How a canonical form looks from another layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Same id, same fields.
    Same,
    /// Mapping by name is enough.
    ByName,
    /// A field changed its type, or the other layer requires one that is gone: each is named.
    ByHand(Vec<String>),
    /// The layer has no such name.
    Unknown,
}

/// Compares each canonical form of a kind with the form of the same name at `layer`.
pub fn compare(
    forms: &[Form],
    canonical: u16,
    layer: u16,
    kind: Kind,
) -> impl Iterator<Item = (&Form, Difference)> {
    let of_kind = move |form: &&Form| form.kind == kind && form.is_at(canonical);
    forms.iter().filter(of_kind).map(move |form| {
        let old =
            forms.iter().find(|old| old.kind == kind && old.name == form.name && old.is_at(layer));
        (form, old.map_or(Difference::Unknown, |old| difference(form, old)))
    })
}

/// A request is written for the newer form, an answer for the older one: what either lacks counts.
fn difference(new: &Form, old: &Form) -> Difference {
    if new.id == old.id && new.fields == old.fields && new.result == old.result {
        return Difference::Same;
    }
    let (from, to) = if new.kind == Kind::Function { (old, new) } else { (new, old) };
    let mut by_hand = Vec::new();
    if from.result != to.result {
        by_hand.push(format!("returns {} -> {}", new.result, old.result));
    }
    for field in to.fields.iter().filter(|field| field.ty != Type::Flags) {
        match from.fields.iter().find(|other| other.name == field.name) {
            Some(other) if other.ty != field.ty => {
                by_hand.push(format!("{}: {} -> {}", field.name, other.ty, field.ty));
            }
            None if field.flag.is_none() => {
                by_hand.push(format!("{}: {} required", field.name, field.ty));
            }
            _ => {}
        }
    }
    if by_hand.is_empty() { Difference::ByName } else { Difference::ByHand(by_hand) }
}

#[cfg(test)]
mod tests {
    use super::{Difference, compare};
    use crate::schema::{Kind, parse};

    #[test]
    fn each_difference_is_told_from_the_others() {
        let text = "same#1 a:int = S; // 1-2\n\
                    named#2 a:int = N; // 1-1\n\
                    named#3 a:int b:long = N; // 2-2\n\
                    typed#4 a:int = T; // 1-1\n\
                    typed#5 a:long = T; // 2-2\n\
                    gone#6 a:int = G; // 1-1\n\
                    gone#7 = G; // 2-2\n\
                    new#8 = W; // 2-2";
        let forms = parse(text, Kind::Constructor).unwrap();
        let differences: Vec<_> =
            compare(&forms, 2, 1, Kind::Constructor).map(|(_, difference)| difference).collect();
        assert_eq!(
            differences,
            [
                Difference::Same,
                Difference::ByName,
                Difference::ByHand(vec!["a: long -> int".to_owned()]),
                Difference::ByHand(vec!["a: int required".to_owned()]),
                Difference::Unknown,
            ]
        );
    }
}
