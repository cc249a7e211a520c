//! Countries and their calling codes (ITU-T E.164, ISO 3166-1).

use std::sync::LazyLock;

use tl_api::{enums, types};

use super::app_config::hash;

/// One country a line: letters, name, code.
const TABLE: &str = include_str!("countries.txt");

static COUNTRIES: LazyLock<(i32, Vec<enums::help::Country>)> =
    LazyLock::new(|| (hash(TABLE.as_bytes()), TABLE.lines().filter_map(country).collect()));

fn country(line: &str) -> Option<enums::help::Country> {
    let (iso2, rest) = line.split_once(' ')?;
    let (name, code) = rest.rsplit_once(' ')?;
    // Members of the North American plan share code 1 and are told apart by the digits after it.
    let (code, prefixes) = match code.split_at_checked(1) {
        Some(("1", prefix)) if !prefix.is_empty() => ("1", Some(vec![prefix.to_owned()])),
        _ => (code, None),
    };
    let code = types::help::CountryCode { country_code: code.to_owned(), prefixes, patterns: None };
    let (iso2, default_name) = (iso2.to_owned(), name.to_owned());
    Some(
        types::help::Country {
            hidden: false,
            iso2,
            default_name,
            name: None,
            country_codes: vec![code.into()],
        }
        .into(),
    )
}

/// The list and its hash.
pub(super) fn countries() -> (i32, Vec<enums::help::Country>) {
    COUNTRIES.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_country() {
        assert_eq!(countries().1.len(), TABLE.lines().count());
        for line in TABLE.lines() {
            let enums::help::Country::Country(country) = country(line).unwrap();
            assert!(country.iso2.len() == 2 && !country.default_name.is_empty(), "{line}");
            let Some(enums::help::CountryCode::CountryCode(code)) = country.country_codes.first()
            else {
                panic!("{line}")
            };
            assert!(code.country_code.bytes().all(|byte| byte.is_ascii_digit()), "{line}");
        }
    }
}
