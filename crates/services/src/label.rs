//! Names and titles as others see them: without what takes no room, and what turns the text around it.

/// A line of text without control characters, marks of direction and zero-width characters, trimmed; empty if nothing of it is seen.
///
/// Joiners stay where scripts and emoji need them: between two characters that are not ASCII.
pub(crate) fn label(text: &str) -> String {
    let shown: Vec<char> = text.chars().filter(|c| !c.is_control() && !is_hidden(*c)).collect();
    let is_joined = |place: usize| {
        let beside = [place.checked_sub(1), place.checked_add(1)];
        beside.into_iter().all(|place| {
            let other = place.and_then(|place| shown.get(place));
            other.is_some_and(|c| !c.is_ascii() && !is_joiner(*c))
        })
    };
    let kept = shown.iter().enumerate().filter(|(place, c)| !is_joiner(**c) || is_joined(*place));
    let line: String = kept.map(|(_, c)| *c).collect();
    if line.chars().all(|c| c.is_whitespace() || is_blank(c)) {
        return String::new();
    }
    line.trim().to_owned()
}

/// What marks a direction or takes no room, joiners apart.
const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// What looks like a blank and is none.
const fn is_blank(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn nothing_hides_in_a_name() {
        for (given, seen) in [
            ("  Anna\u{7} \n", "Anna"),
            ("gro.\u{202e}elpmaxe", "gro.elpmaxe"),
            ("\u{2067}Ben\u{2069}", "Ben"),
            ("Ad\u{200b}min", "Admin"),
            ("Ad\u{200d}min\u{200c}", "Admin"),
            ("\u{feff}\u{2060}Carl", "Carl"),
        ] {
            assert_eq!(label(given), seen, "{given:?}");
        }
    }

    #[test]
    fn scripts_and_emoji_keep_their_joiners() {
        for name in ["علی\u{200c}رضا", "👨\u{200d}👩\u{200d}👧", "❤\u{fe0f}", "O’Neil"]
        {
            assert_eq!(label(name), name);
        }
    }

    #[test]
    fn a_name_that_nobody_sees_is_none() {
        for name in ["", " ", "\u{200b}", "\u{3164}", "\u{2800} \u{115f}", "\u{200d}\u{200d}"] {
            assert_eq!(label(name), "", "{name:?}");
        }
    }
}
