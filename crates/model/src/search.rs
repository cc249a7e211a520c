//! How texts are searched: the same folding for what is stored and for what is asked.

/// Splits a text into folded words: lower case, letters and digits only.
///
/// Every backend indexes exactly these words, and a query finds a message when each of its words is a prefix of one.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            word.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
        })
        .collect()
}

/// Whether `text` contains, for each word of `query`, a word that begins with it. An empty query finds everything.
#[must_use]
pub fn matches(text: &str, query: &str) -> bool {
    let words_of_text = words(text);
    words(query).iter().all(|wanted| words_of_text.iter().any(|word| word.starts_with(wanted)))
}

/// The form in which public names are compared.
#[must_use]
pub fn fold_name(name: &str) -> String {
    name.to_lowercase()
}
