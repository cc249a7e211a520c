//! Writes the tables of all layers as Rust statics for `layers`.
//!
//! The text names `Form`, `Field` and `Ty`, which `layers` defines. Names are numbered in alphabetical order; forms are
//! sorted by kind, name and first layer, so that the forms of one name stand together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::schema::{Field, Form, Kind, Type};

/// A form that is never the same as the canonical one.
const NEVER: u16 = u16::MAX;

/// Writes the statics `LAYERS`, `NAMES`, `FORMS`, `BY_ID` and `SAME_FROM` for the given layers, the last being the canonical one.
#[must_use]
pub fn generate(forms: &[Form], layers: &[u16]) -> String {
    let mut forms: Vec<&Form> = forms.iter().collect();
    forms.sort_by(|a, b| (a.kind, &a.name, a.first).cmp(&(b.kind, &b.name, b.first)));
    let names = names(&forms);
    let canonical = layers.last().copied().unwrap_or_default();
    let same = same_from(&forms, canonical);
    let mut out = format!("pub(crate) static LAYERS:[u16;{}]={layers:?};\n", layers.len());
    _ = write!(out, "pub(crate) static NAMES:[&str;{}]=[", names.len());
    for name in names.keys() {
        _ = write!(out, "{name:?},");
    }
    _ = writeln!(
        out,
        "];\n/// By name of the type: the first layer from which on nothing in it differs from the canonical one."
    );
    _ = write!(out, "pub(crate) static SAME_FROM:[u16;{}]=[", names.len());
    for name in names.keys() {
        _ = write!(out, "{},", same.get(name).copied().unwrap_or(NEVER));
    }
    _ = writeln!(out, "];\npub(crate) static FORMS:[Form;{}]=[", forms.len());
    for form in &forms {
        _ = writeln!(out, "{},", form_text(form, &names, &same, canonical));
    }
    out.push_str("];\n");
    let by_id: BTreeSet<(u32, usize)> =
        forms.iter().enumerate().map(|(at, form)| (form.id, at)).collect();
    _ = write!(out, "pub(crate) static BY_ID:[(u32,u16);{}]=[", by_id.len());
    for (id, at) in &by_id {
        _ = write!(out, "(0x{id:08x},{at}),");
    }
    out.push_str("];\n");
    out
}

/// Every name that occurs, with its number.
fn names<'a>(forms: &[&'a Form]) -> BTreeMap<&'a str, usize> {
    let mut names = BTreeSet::new();
    for form in forms {
        names.insert(form.name.as_str());
        let types = form.fields.iter().map(|field| &field.ty).chain([&form.result]);
        names.extend(types.filter_map(|ty| named(ty)));
        names.extend(form.fields.iter().map(|field| field.name.as_str()));
    }
    names.into_iter().enumerate().map(|(at, name)| (name, at)).collect()
}

fn named(ty: &Type) -> Option<&str> {
    match ty.innermost() {
        Type::Named(name) => Some(name),
        _ => None,
    }
}

fn form_text(
    form: &Form,
    names: &BTreeMap<&str, usize>,
    same: &BTreeMap<&str, u16>,
    canonical: u16,
) -> String {
    let words: Vec<&str> = form
        .fields
        .iter()
        .filter(|field| field.ty == Type::Flags)
        .map(|field| field.name.as_str())
        .collect();
    let mut fields = String::new();
    for field in &form.fields {
        let flag = field.flag.as_ref().and_then(|(word, bit)| {
            let at = words.iter().position(|name| name == word)?;
            Some(at * 32 + usize::from(*bit))
        });
        let name = names.get(field.name.as_str()).copied().unwrap_or_default();
        let ty = type_text(&field.ty, names);
        _ = write!(fields, "Field{{name:Name({name}),flag:{flag:?},ty:{ty}}},");
    }
    let (name, id, first, last) = (
        names.get(form.name.as_str()).copied().unwrap_or_default(),
        form.id,
        form.first,
        form.last,
    );
    let result = type_text(&form.result, names);
    let is_function = form.kind == Kind::Function;
    let mut same_from = if form.is_at(canonical) { form.first } else { NEVER };
    for field in &form.fields {
        same_from = same_from.max(same_of(field, same));
    }
    format!(
        "Form{{name:Name({name}),id:0x{id:08x},first:{first},last:{last},is_function:{is_function},same_from:{same_from},\
         result:{result},fields:&[{fields}]}}"
    )
}

fn same_of(field: &Field, same: &BTreeMap<&str, u16>) -> u16 {
    named(&field.ty).map_or(0, |name| same.get(name).copied().unwrap_or(NEVER))
}

fn type_text(ty: &Type, names: &BTreeMap<&str, usize>) -> String {
    match ty {
        Type::Flags => "Ty::Flags".to_owned(),
        Type::True => "Ty::True".to_owned(),
        Type::Int => "Ty::Int".to_owned(),
        Type::Long => "Ty::Long".to_owned(),
        Type::Double => "Ty::Double".to_owned(),
        Type::Int128 => "Ty::Int128".to_owned(),
        Type::Int256 => "Ty::Int256".to_owned(),
        Type::String => "Ty::String".to_owned(),
        Type::Bytes => "Ty::Bytes".to_owned(),
        Type::Bool => "Ty::Bool".to_owned(),
        Type::Any => "Ty::Any".to_owned(),
        Type::Nothing => "Ty::Nothing".to_owned(),
        Type::Vector(of) => format!("Ty::Vector(&{})", type_text(of, names)),
        Type::Named(name) => {
            format!("Ty::Named(Name({}))", names.get(name.as_str()).copied().unwrap_or_default())
        }
    }
}

/// For each type the first layer from which on all its constructors, and all types below it, are the canonical ones.
fn same_from<'a>(forms: &[&'a Form], canonical: u16) -> BTreeMap<&'a str, u16> {
    let mut same: BTreeMap<&'a str, u16> = BTreeMap::new();
    let constructors = || forms.iter().filter(|form| form.kind == Kind::Constructor);
    for form in constructors() {
        let own = if form.is_at(canonical) { form.first } else { form.last + 1 };
        if let Some(of) = named(&form.result) {
            let from = same.entry(of).or_default();
            *from = own.max(*from);
        }
    }
    loop {
        let mut has_changed = false;
        for form in constructors().filter(|form| form.is_at(canonical)) {
            let Some(of) = named(&form.result) else { continue };
            let below =
                form.fields.iter().map(|field| same_of(field, &same)).max().unwrap_or_default();
            if same.get(of).is_some_and(|from| *from < below) {
                same.insert(of, below);
                has_changed = true;
            }
        }
        if !has_changed {
            return same;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::same_from;
    use crate::schema::{Form, Kind, parse};

    #[test]
    fn type_is_as_old_as_the_newest_change_below_it() {
        let text = "a#1 b:B = A; // 1-9\n\
                    b#2 = B; // 1-4\n\
                    b#3 c:Vector<C> = B; // 5-9\n\
                    c#4 = C; // 1-9\n\
                    old#5 = C; // 1-6\n\
                    d#6 d:D = D; // 2-9";
        let forms = parse(text, Kind::Constructor).unwrap();
        let forms: Vec<&Form> = forms.iter().collect();
        let same: Vec<_> = same_from(&forms, 9).into_iter().collect();
        assert_eq!(same, [("A", 7), ("B", 7), ("C", 7), ("D", 2)]);
    }
}
