//! What follows from all constructors together: which fields must be boxed, and what a type's default is.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::is_unit;
use crate::schema::{Field, Form, Kind, Type};

/// The constructors of one layer, seen as a graph.
pub(crate) struct Shape<'a> {
    types: BTreeMap<&'a str, Vec<&'a Form>>,
    boxed: BTreeSet<String>,
    defaults: BTreeMap<&'a str, &'a str>,
}

impl<'a> Shape<'a> {
    pub(crate) fn of(forms: &[&'a Form]) -> Self {
        let mut types: BTreeMap<&'a str, Vec<&'a Form>> = BTreeMap::new();
        for form in forms.iter().filter(|form| form.kind == Kind::Constructor) {
            if let Type::Named(of) = &form.result {
                types.entry(of).or_default().push(form);
            }
        }
        let mut shape = Self { types, boxed: BTreeSet::new(), defaults: BTreeMap::new() };
        shape.find_boxed();
        shape.find_defaults();
        shape
    }

    pub(crate) fn types(&self) -> impl Iterator<Item = (&'a str, &[&'a Form])> {
        self.types.iter().map(|(name, members)| (*name, members.as_slice()))
    }

    pub(crate) fn boxed(&self) -> impl Iterator<Item = &str> {
        self.boxed.iter().map(String::as_str)
    }

    pub(crate) fn is_boxed(&self, form: &Form, field: &Field) -> bool {
        form.kind == Kind::Constructor && self.boxed.contains(&key(form, field))
    }

    /// The constructor that a type's default is.
    pub(crate) fn default_of(&self, name: &str) -> Option<&'a str> {
        self.defaults.get(name).copied()
    }

    /// Boxes each field whose type holds the field's owner by value: optional ones first, in the order of names, since
    /// those are written less often.
    fn find_boxed(&mut self) {
        let members: Vec<&'a Form> = self.types.values().flatten().copied().collect();
        let fields = members.iter().flat_map(|form| form.fields.iter().map(|field| (*form, field)));
        let (optional, required): (Vec<_>, Vec<_>) =
            fields.partition(|(_, field)| field.flag.is_some());
        for (form, field) in optional.into_iter().chain(required) {
            if let (Type::Named(owner), Type::Named(of)) = (&form.result, &field.ty)
                && self.holds(of, owner, &mut BTreeSet::new())
            {
                self.boxed.insert(key(form, field));
            }
        }
    }

    /// Whether a value of type `from` can contain one of type `to` without a vector or a box between them.
    fn holds(&self, from: &'a str, to: &str, seen: &mut BTreeSet<&'a str>) -> bool {
        if from == to {
            return true;
        }
        if !seen.insert(from) {
            return false;
        }
        let members = self.types.get(from).into_iter().flatten();
        let fields = members.flat_map(|form| form.fields.iter().map(move |field| (form, field)));
        let open = fields.filter(|(form, field)| !self.boxed.contains(&key(form, field)));
        open.filter_map(|(_, field)| match &field.ty {
            Type::Named(of) => Some(of.as_str()),
            _ => None,
        })
        .any(|of| self.holds(of, to, seen))
    }

    /// The first constructor without fields, else the first one whose required fields have defaults themselves.
    fn find_defaults(&mut self) {
        for (name, members) in &self.types {
            if let Some(unit) = members.iter().find(|form| is_unit(form)) {
                self.defaults.insert(name, &unit.name);
            }
        }
        loop {
            let known = self.defaults.len();
            for (name, members) in &self.types {
                let ends = |form: &&&Form| form.fields.iter().all(|field| self.has_default(field));
                if !self.defaults.contains_key(name)
                    && let Some(form) = members.iter().find(ends)
                {
                    self.defaults.insert(name, &form.name);
                }
            }
            if self.defaults.len() == known {
                return;
            }
        }
    }

    fn has_default(&self, field: &Field) -> bool {
        match &field.ty {
            Type::Named(of) if field.flag.is_none() => self.defaults.contains_key(of.as_str()),
            _ => true,
        }
    }
}

fn key(form: &Form, field: &Field) -> String {
    format!("{}.{}", form.name, field.name)
}

/// Whether another field has the same bit, so that both are there or neither.
pub(crate) fn is_taken(form: &Form, field: &Field) -> bool {
    field.ty != Type::Nothing
        && form.fields.iter().filter(|other| other.flag == field.flag).count() > 1
}
