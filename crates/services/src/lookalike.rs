//! Names that look like another one, by the skeletons of Unicode's TR39.
//!
//! A skeleton is made for one spelling: small and capital letters look like different things. So a name is looked at as it is written and
//! in small letters, and takes nothing that one of both looks like.

use unicode_security::confusable_detection::skeleton;

/// Whether a name looks like one of these, whatever its case, blanks and underscores.
pub(crate) fn looks_like(name: &str, taken: &[&str]) -> bool {
    let looks = looks_of(name);
    taken.iter().any(|taken| looks_of(taken).iter().any(|one| looks.contains(one)))
}

fn looks_of(name: &str) -> [String; 2] {
    let bare = bare(name);
    [folded(&bare), folded(&bare.to_lowercase())]
}

fn bare(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace() && *c != '_').collect()
}

/// What is made of capital letters may be a look-alike of its own: a zero becomes an O.
fn folded(name: &str) -> String {
    let once: String = skeleton(name).collect();
    // Some signs look like a blank, as that of Braille without points.
    bare(&skeleton(&once.to_lowercase()).collect::<String>().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::looks_like;

    const TAKEN: &[&str] = &["Hoopoe", "Telegram", "admin"];

    #[test]
    fn what_looks_like_a_name_is_found() {
        for name in [
            "Hoopoe",
            "hoopoe",
            "HOOPOE",
            "H oopoe",
            "hoop0e",
            // Cyrillic о and е, Greek ο, Armenian օ, Arabic ه, full width.
            "H\u{43e}\u{43e}po\u{435}",
            "H\u{3bf}opoe",
            "Ho\u{585}poe",
            "H\u{647}\u{647}poe",
            "\u{ff28}oopoe",
            "\u{1d5db}oopoe",
            "Te1egram",
            "TeIegram",
            "T\u{435}l\u{435}gram",
            "Tele_gram",
            "Telegram\u{2800}",
            "Tele\u{2800}gram",
            "\u{422}elegram",
            "adrnin",
            "\u{430}dmin",
            "\u{3b1}dmin",
        ] {
            assert!(looks_like(name, TAKEN), "{name:?}");
        }
    }

    #[test]
    fn names_of_all_scripts_are_free() {
        for name in [
            "Hooper",
            "Anna",
            "Анна Петрова",
            "Олег",
            "Νίκος",
            "عبد الله",
            "هدهد",
            "한나",
            "花子",
            "חנה",
            "Telegraph",
            "administratrix",
            "O’Neil",
            "👩\u{200d}👧",
            "",
        ] {
            assert!(!looks_like(name, TAKEN), "{name:?}");
        }
    }
}
