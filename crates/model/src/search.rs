//! How texts are searched: the same folding for what is stored and for what is asked.
//!
//! People type plainly: without capitals, accents, vowel signs, and with whichever of several like letters their keyboard
//! offers first. A word is folded until such spellings are one. Two words that differ only so find each other, which is
//! what the searcher wants.

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;

/// Splits a text into folded words: letters and digits only, in the form that [`fold`] gives them.
///
/// Every backend indexes exactly these words, and a query finds a message when each of its words is a prefix of one.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether `text` contains, for each word of `query`, a word that begins with it. An empty query finds everything.
#[must_use]
pub fn matches(text: &str, query: &str) -> bool {
    let words_of_text = words(text);
    words(query).iter().all(|wanted| words_of_text.iter().any(|word| word.starts_with(wanted)))
}

/// The form in which hashtags are compared: folded, without their sign.
#[must_use]
pub fn hashtag(text: &str) -> String {
    fold(text).trim_start_matches('#').to_owned()
}

/// The form in which public names are compared.
#[must_use]
pub fn fold_name(name: &str) -> String {
    name.to_lowercase()
}

/// The form in which texts are compared.
///
/// Compatibility decomposition (Unicode Standard Annex 15, NFKD) takes apart ligatures, presentation forms, wide letters,
/// and letters with marks (alef with hamza or madda among them); marks and what only joins or directs are dropped; case
/// goes; and letters that stand for one another in plain typing become one: forms of alef, yeh and alef maksura, heh and
/// teh marbuta, the Persian letters that share a key with an Arabic one, digits of other scripts.
#[must_use]
pub fn fold(text: &str) -> String {
    let marks = CanonicalCombiningClassMapBorrowed::new();
    let visible = text.chars().filter(|c| !is_bare_mark(*c));
    let mut folded = String::with_capacity(text.len());
    for c in DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(visible) {
        if c == BREVE && folded.ends_with('и') {
            // A letter of its own (й), not an accent.
            folded.push(c);
        } else if marks.get_u8(c) == 0 && !is_ignored(c) {
            c.to_lowercase().filter(|c| marks.get_u8(*c) == 0).for_each(|c| push(&mut folded, c));
        }
    }
    folded.replace("и\u{306}", "й")
}

const BREVE: char = '\u{306}';

/// Vowel signs as pictures of themselves, which decomposition would put on a space, in the middle of a word.
const fn is_bare_mark(c: char) -> bool {
    matches!(c, '\u{FE70}'..='\u{FE7F}' | '\u{FC5E}'..='\u{FC63}')
}

/// What is written without being a letter: the Arabic stretch, joiners, direction marks, soft hyphens.
const fn is_ignored(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{640}' | '\u{674}' | '\u{200D}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
    )
}

fn push(folded: &mut String, c: char) {
    match c {
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'þ' => folded.push_str("th"),
        c => folded.push(digit(c).unwrap_or_else(|| plain(c))),
    }
}

/// The letter that people type in its place.
const fn plain(c: char) -> char {
    match c {
        // Alef wasla and the wavy-hamza alefs.
        '\u{671}'..='\u{673}' => 'ا',
        // Alef maksura, Farsi yeh, and the yeh of keyboards that have neither.
        'ى' | 'ی' | 'ې' => 'ي',
        // Teh marbuta; heh goal, its teh marbuta, heh doachashmee, and ae.
        'ة' | 'ہ' | 'ۃ' | 'ھ' | 'ە' => 'ه',
        // Keheh and swash kaf.
        'ک' | 'ڪ' => 'ك',
        'ς' => 'σ',
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ł' => 'l',
        'ħ' => 'h',
        'ı' => 'i',
        c => c,
    }
}

/// Zeros of decimal digits that people type beside Western ones: Arabic-Indic, its eastern form, Devanagari, Bengali.
const ZEROS: [char; 4] = ['\u{660}', '\u{6F0}', '\u{966}', '\u{9E6}'];

fn digit(c: char) -> Option<char> {
    let value = ZEROS
        .iter()
        .find_map(|zero| u32::from(c).checked_sub(u32::from(*zero)).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in a message, and what somebody types to find it.
    #[test]
    fn plain_typing_finds_what_is_written() {
        let cases = [
            // Alefs: hamza above and below, madda, wasla.
            ("أحمد سافر إلى مصر", "احمد الى"),
            ("القرآن الكريم", "القران"),
            ("ٱلرَّحْمَٰنِ", "الرحمن"),
            ("الإسلام", "الاسلام"),
            // Yeh and alef maksura, either way.
            ("مصطفى", "مصطفي"),
            ("علي", "على"),
            ("مستشفى المدينة", "مستشفي المدينه"),
            // Hamza on its seats.
            ("مسؤول", "مسوول"),
            ("شئون", "شيون"),
            // Teh marbuta and heh, either way.
            ("مكتبة", "مكتبه"),
            ("مدرسه", "مدرسة"),
            // Vowel signs, doubling, and the stretch.
            ("مُحَمَّدٌ", "محمد"),
            ("العـــربية", "العربيه"),
            ("قَلَمٌ", "قلم"),
            // As fonts of old files have it: presentation forms, ligatures, signs on their own.
            ("ﺍﻟﺴﻼﻡ", "السلام"),
            ("ﻣﺤﻤﺪ", "محمد"),
            ("ﷲ", "الله"),
            ("محﹷمد", "محمد"),
            // Digits.
            ("سنة ١٤٤٥", "1445"),
            ("سال ۱۴۰۳", "1403"),
            ("in 1445", "١٤٤٥"),
            // Persian and Urdu keyboards.
            ("کتاب", "كتاب"),
            ("ایران", "ايران"),
            ("پاکستان کی زبان", "پاكستان كي"),
            // What is invisible does not part a word.
            ("محم\u{200F}د", "محمد"),
            // Other scripts: case and accents.
            ("Crème Brûlée", "creme brulee"),
            ("STRASSE", "straße"),
            ("Straße", "strasse"),
            ("İstanbul", "istanbul"),
            ("Łódź", "lodz"),
            ("Ελλάς", "ελλασ"),
            ("Ёлка", "елка"),
            ("ｆｕｌｌ ﬁt", "full fit"),
            ("e\u{301}te\u{301}", "été"),
            ("한국어", "한국"),
        ];
        for (text, query) in cases {
            assert!(
                matches(text, query),
                "{text:?} {query:?}: {:?} {:?}",
                words(text),
                words(query)
            );
        }
    }

    #[test]
    fn different_words_stay_different() {
        let cases = [
            ("كتاب", "كاتب"),
            ("قلم", "كلم"),
            ("سلام", "اسلام"),
            ("мой", "мои"),
            ("one two", "three"),
            ("١٢", "13"),
        ];
        for (text, query) in cases {
            assert!(!matches(text, query), "{text:?} {query:?}");
        }
    }

    #[test]
    fn words_are_parted_by_everything_else() {
        assert_eq!(words("Hello, World! ٣.٥ #tag"), ["hello", "world", "3", "5", "tag"]);
        assert_eq!(words("می‌خواهم"), ["مي", "خواهم"]);
        assert!(words("… ـ \u{64E} 👍").is_empty());
    }

    #[test]
    fn every_letter_is_final() {
        let letters: Vec<char> = ('\0'..=char::MAX).collect();
        for piece in letters.chunks(256) {
            let apart: String = piece.iter().flat_map(|c| [*c, ' ']).collect();
            let once = fold(&apart);
            assert_eq!(fold(&once), once, "{:x}", u32::from(piece[0]));
        }
    }

    proptest::proptest! {
        /// Folding what is folded changes nothing, or an index would not know its own words.
        #[test]
        fn folding_is_final(text in "\\PC{0,40}") {
            let once = fold(&text);
            proptest::prop_assert_eq!(fold(&once), once);
        }
    }
}
