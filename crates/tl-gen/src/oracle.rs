//! Writes a list of all generated types for tests that compare them with the tables.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::names;
use crate::schema::{Form, Kind, Type};

/// Writes `TYPES` and `FUNCTIONS`: each name with a function that reads a value by the generated type and writes it again.
#[must_use]
pub fn generate(forms: &[Form], layer: u16) -> String {
    let of_layer = |kind| forms.iter().filter(move |form| form.kind == kind && form.is_at(layer));
    let types: BTreeSet<&str> = of_layer(Kind::Constructor)
        .filter_map(|form| match &form.result {
            Type::Named(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let types: Vec<&str> = types.into_iter().collect();
    let functions: Vec<&str> = of_layer(Kind::Function).map(|form| form.name.as_str()).collect();
    list("TYPES", "enums", &types) + &list("FUNCTIONS", "functions", &functions)
}

fn list(list: &str, module: &str, names: &[&str]) -> String {
    let mut out = format!("pub(crate) static {list}:&[(&str,Oracle)]=&[");
    for name in names {
        let path = names::path(module, name).replacen("crate::", "tl_api::", 1);
        _ = write!(out, "({name:?},again::<{path}>),");
    }
    out.push_str("];\n");
    out
}
