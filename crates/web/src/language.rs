//! In which language a page speaks.

/// A language of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Language {
    English,
    Arabic,
}

/// All of them, the default first.
pub(crate) const LANGUAGES: [Language; 2] = [Language::English, Language::Arabic];

impl Language {
    /// The tag of `lang` and `hreflang`.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Arabic => "ar",
        }
    }

    /// The direction of the page.
    pub(crate) const fn direction(self) -> &'static str {
        match self {
            Self::English => "ltr",
            Self::Arabic => "rtl",
        }
    }

    /// The language's own name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Arabic => "العربية",
        }
    }

    /// The language of a tag such as `ar-EG`.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().trim();
        LANGUAGES.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The best of an `Accept-Language` header.
    pub(crate) fn accepted(header: &str) -> Self {
        let mut best = (0, Self::English);
        // Browsers name a dozen at most.
        for item in header.split(',').take(32) {
            let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
            let Some(language) = Self::of_tag(tag.trim()) else { continue };
            let weight = thousandths(weight.trim().trim_start_matches("q="));
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }
}

/// A weight between 0 and 1, in thousandths.
fn thousandths(weight: &str) -> u32 {
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    let digits: String = part.chars().chain("000".chars()).take(3).collect();
    let whole = whole.parse::<u32>().unwrap_or(0).min(1);
    (whole * 1000 + digits.parse::<u32>().unwrap_or(0)).min(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins() {
        for (header, expected) in [
            ("", Language::English),
            ("ar", Language::Arabic),
            ("ar-EG,ar;q=0.9,en;q=0.8", Language::Arabic),
            ("en;q=0.5, ar;q=0.75", Language::Arabic),
            ("fr, de;q=0.9", Language::English),
            ("fr, ar;q=0.1", Language::Arabic),
            ("ar;q=0", Language::English),
            ("ar;q=x, en;q=0.1", Language::English),
        ] {
            assert_eq!(Language::accepted(header), expected, "{header}");
        }
    }
}
