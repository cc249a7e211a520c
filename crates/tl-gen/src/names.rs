//! TL's names in Rust.

use crate::schema::Type;

/// `messages.dialogsSlice` as `DialogsSlice`: the first letter becomes a capital, the rest stays as it is.
pub(crate) fn camel(name: &str) -> String {
    let local = name.rsplit_once('.').map_or(name, |(_, local)| local);
    let mut out = String::new();
    for part in local.split('_') {
        let mut chars = part.chars();
        out.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(chars.as_str());
    }
    out
}

/// The whole path of a generated item.
pub(crate) fn path(module: &str, name: &str) -> String {
    match name.rsplit_once('.') {
        Some((space, _)) => format!("crate::{module}::{space}::{}", camel(name)),
        None => format!("crate::{module}::{}", camel(name)),
    }
}

/// A field's name in lower case (`srp_B` is `srp_b`); keywords get `r#`, and `self` becomes `is_self`.
pub(crate) fn field(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "self" => "is_self".to_owned(),
        "type" | "loop" | "static" | "final" | "ref" | "in" | "match" | "use" | "where" | "do"
        | "yield" | "move" | "try" | "box" | "dyn" | "async" | "await" | "mod" | "pub" | "as"
        | "abstract" | "override" | "virtual" | "gen" => {
            format!("r#{name}")
        }
        other => other.to_owned(),
    }
}

/// The Rust type of a TL type; `any` is what `!X` becomes.
pub(crate) fn rust(ty: &Type, any: &str) -> String {
    match ty {
        Type::Flags => "u32".to_owned(),
        Type::True | Type::Bool => "bool".to_owned(),
        Type::Int => "i32".to_owned(),
        Type::Long => "i64".to_owned(),
        Type::Double => "f64".to_owned(),
        Type::Int128 => "[u8;16]".to_owned(),
        Type::Int256 => "[u8;32]".to_owned(),
        Type::String => "String".to_owned(),
        Type::Bytes => "Vec<u8>".to_owned(),
        Type::Any => any.to_owned(),
        Type::Nothing => "crate::Nothing".to_owned(),
        Type::Vector(of) => format!("Vec<{}>", rust(of, any)),
        Type::Named(name) => path("enums", name),
    }
}

#[cfg(test)]
mod tests {
    use super::{camel, field, path};

    #[test]
    fn only_the_first_letter_changes() {
        assert_eq!(camel("messages.dialogsSlice"), "DialogsSlice");
        assert_eq!(camel("JSONValue"), "JSONValue");
        assert_eq!(path("enums", "auth.SentCode"), "crate::enums::auth::SentCode");
    }

    #[test]
    fn keywords_are_escaped() {
        assert_eq!(field("type"), "r#type");
        assert_eq!(field("self"), "is_self");
        assert_eq!(field("srp_B"), "srp_b");
    }
}
