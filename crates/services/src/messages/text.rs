//! Texts as they are stored: cleaned and trimmed, with valid formatting, as the official server keeps them.
//!
//! Offsets and lengths of entities count UTF-16 code units. What a client marks as bold and so on is kept where it fits
//! the text; what can be read off the text itself (links, names, tags) is found by [`super::detect`] and by nobody else.

use model::limits;
use model::message::{Entity, EntityKind, Quote};

use super::detect;
use crate::{Error, Result};

/// A cleaned text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Without control characters, trimmed.
    pub text: String,
    /// Sorted, within the text, at most [`limits::ENTITIES`].
    pub entities: Vec<Entity>,
}

/// Cleans a text and its formatting, and adds what is read off the text.
#[must_use]
pub fn clean(text: &str, entities: &[Entity]) -> Text {
    if entities.is_empty() && is_plain(text) {
        return Text { text: text.to_owned(), entities: Vec::new() };
    }
    let (text, positions) = clean_characters(text);
    let mut kept: Vec<Entity> =
        entities.iter().filter_map(|entity| moved(entity, &positions)).collect();
    settle_conflicts(&mut kept);
    detect::add(&text, &mut kept);
    sort(&mut kept);
    kept.dedup();
    kept.truncate(limits::ENTITIES);
    Text { text, entities: kept }
}

/// Whether nothing in a text is cut, replaced or marked: most texts, which are spared all that follows.
fn is_plain(text: &str) -> bool {
    text.trim().len() == text.len()
        && !text.chars().any(|c| c.is_control() && c != '\n')
        && !detect::may_find(text)
}

/// Cleans the text of a message without media.
///
/// # Errors
/// `MessageEmpty`, `MessageTooLong`.
pub fn message(text: &str, entities: &[Entity]) -> Result<Text> {
    let cleaned = clean(text, entities);
    if cleaned.text.is_empty() {
        return Err(Error::MessageEmpty);
    }
    if cleaned.text.chars().count() > limits::MESSAGE_CHARS {
        return Err(Error::MessageTooLong);
    }
    Ok(cleaned)
}

/// Cleans the caption of a medium.
///
/// # Errors
/// `CaptionTooLong`.
pub fn caption(text: &str, entities: &[Entity]) -> Result<Text> {
    let cleaned = clean(text, entities);
    if cleaned.text.chars().count() > limits::CAPTION_CHARS {
        return Err(Error::CaptionTooLong);
    }
    Ok(cleaned)
}

/// Length in UTF-16 code units.
#[must_use]
pub fn utf16_len(text: &str) -> i32 {
    i32::try_from(text.encode_utf16().count()).unwrap_or(i32::MAX)
}

/// Checks that a quote stands in the message it quotes, and where.
///
/// # Errors
/// `QuoteInvalid`.
pub fn quote(
    original: &str,
    quoted: &str,
    entities: &[Entity],
    hint: Option<i32>,
) -> Result<Quote> {
    let (text, positions) = clean_characters(quoted);
    if text.is_empty() || text.chars().count() > limits::CAPTION_CHARS {
        return Err(Error::QuoteInvalid);
    }
    let hint = hint.unwrap_or(0);
    // The occurrence nearest to where the client saw it.
    let offset = original
        .match_indices(&text)
        .map(|(at, _)| utf16_len(original.get(..at).unwrap_or_default()))
        .min_by_key(|at| at.abs_diff(hint))
        .ok_or(Error::QuoteInvalid)?;
    let mut kept: Vec<Entity> = entities
        .iter()
        .filter(|entity| is_quotable(&entity.kind))
        .filter_map(|entity| moved(entity, &positions))
        .collect();
    sort(&mut kept);
    kept.truncate(limits::ENTITIES);
    Ok(Quote { text, entities: kept, offset: Some(offset) })
}

const fn is_quotable(kind: &EntityKind) -> bool {
    matches!(
        kind,
        EntityKind::Bold
            | EntityKind::Italic
            | EntityKind::Underline
            | EntityKind::Strike
            | EntityKind::Spoiler
            | EntityKind::CustomEmoji { .. }
    )
}

/// The cleaned text, and for each code unit of the given one (and its end) the place it moved to.
fn clean_characters(text: &str) -> (String, Vec<i32>) {
    let characters: Vec<(char, bool)> = text
        .chars()
        .map(|c| match c {
            '\n' => (c, true),
            '\r' => (c, false),
            c if c.is_control() => (' ', true),
            c => (c, true),
        })
        .collect();
    let solid = |(c, kept): &(char, bool)| *kept && !c.is_whitespace();
    let first = characters.iter().position(solid).unwrap_or(characters.len());
    let end = characters.iter().rposition(solid).map_or(first, |last| last + 1);
    let mut cleaned = String::with_capacity(text.len());
    let mut positions = Vec::with_capacity(text.len() + 1);
    let mut at = 0_i32;
    for (index, (c, kept)) in characters.into_iter().enumerate() {
        positions.extend(std::iter::repeat_n(at, c.len_utf16()));
        if kept && (first..end).contains(&index) {
            cleaned.push(c);
            at += if c.len_utf16() == 2 { 2 } else { 1 };
        }
    }
    positions.push(at);
    (cleaned, positions)
}

/// The entity at its place in the cleaned text, or `None` if it is not valid or nothing is left of it.
fn moved(entity: &Entity, positions: &[i32]) -> Option<Entity> {
    let kind = valid_kind(&entity.kind)?;
    if entity.length <= 0 {
        return None;
    }
    let start = usize::try_from(entity.offset).ok()?;
    let last = positions.len().checked_sub(1)?;
    let end = start.saturating_add(usize::try_from(entity.length).ok()?).min(last);
    let (start, end) = (*positions.get(start)?, *positions.get(end)?);
    (start < end).then(|| Entity { offset: start, length: end - start, kind })
}

/// The kinds a client may set, with their arguments made valid. The others are found by the server.
fn valid_kind(kind: &EntityKind) -> Option<EntityKind> {
    match kind {
        EntityKind::Unknown
        | EntityKind::Mention
        | EntityKind::Hashtag
        | EntityKind::BotCommand
        | EntityKind::Url
        | EntityKind::Email
        | EntityKind::Cashtag => None,
        EntityKind::TextUrl { url } => Some(EntityKind::TextUrl { url: detect::link_target(url)? }),
        EntityKind::Pre { language } => {
            let language = language.trim();
            let fits = language.len() <= 64 && !language.contains(char::is_whitespace);
            Some(EntityKind::Pre {
                language: if fits { language.to_owned() } else { String::new() },
            })
        }
        other => Some(other.clone()),
    }
}

/// Inside code nothing else is formatted, and links do not overlap.
fn settle_conflicts(entities: &mut Vec<Entity>) {
    sort(entities);
    let code: Vec<(i32, i32)> = entities.iter().filter(|e| is_code(&e.kind)).map(span).collect();
    let mut link_end = 0;
    let mut code_end = 0;
    entities.retain(|entity| {
        let (start, end) = span(entity);
        if is_code(&entity.kind) {
            let free = start >= code_end;
            code_end = code_end.max(end);
            return free;
        }
        if matches!(entity.kind, EntityKind::Blockquote { .. }) {
            return true;
        }
        if code.iter().any(|(from, to)| start < *to && *from < end) {
            return false;
        }
        if matches!(entity.kind, EntityKind::TextUrl { .. } | EntityKind::MentionName { .. }) {
            let free = start >= link_end;
            link_end = link_end.max(end);
            return free;
        }
        true
    });
}

const fn is_code(kind: &EntityKind) -> bool {
    matches!(kind, EntityKind::Code | EntityKind::Pre { .. })
}

/// Start and end in UTF-16 code units.
#[must_use]
pub(super) fn span(entity: &Entity) -> (i32, i32) {
    (entity.offset, entity.offset.saturating_add(entity.length))
}

/// By start; the longer first, so that what encloses comes before what is enclosed.
fn sort(entities: &mut [Entity]) {
    entities.sort_by_key(|entity| (entity.offset, std::cmp::Reverse(entity.length)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(offset: i32, length: i32, kind: EntityKind) -> Entity {
        Entity { offset, length, kind }
    }

    #[test]
    fn trims_and_moves_what_is_formatted() {
        let text = clean(
            "  \n hi 😀 there \r\n",
            &[entity(4, 2, EntityKind::Bold), entity(7, 2, EntityKind::Italic)],
        );
        assert_eq!(text.text, "hi 😀 there");
        assert_eq!(
            text.entities,
            [entity(0, 2, EntityKind::Bold), entity(3, 2, EntityKind::Italic)]
        );
    }

    #[test]
    fn drops_what_does_not_fit() {
        let cases = [
            ("zero length", entity(0, 0, EntityKind::Bold)),
            ("negative offset", entity(-1, 3, EntityKind::Bold)),
            ("negative length", entity(1, -3, EntityKind::Bold)),
            ("behind the end", entity(5, 1, EntityKind::Bold)),
            ("only blanks that are cut", entity(5, 9, EntityKind::Bold)),
            ("half of a surrogate pair", entity(0, 1, EntityKind::Bold)),
            (
                "a link to nowhere",
                entity(0, 2, EntityKind::TextUrl { url: "javascript:alert(1)".to_owned() }),
            ),
            ("what the server finds itself", entity(0, 2, EntityKind::Mention)),
        ];
        for (name, entity) in cases {
            assert_eq!(clean("😀abc ", &[entity]).entities, [], "{name}");
        }
    }

    #[test]
    fn clips_at_the_end() {
        assert_eq!(
            clean("abc", &[entity(1, i32::MAX, EntityKind::Bold)]).entities,
            [entity(1, 2, EntityKind::Bold)]
        );
    }

    #[test]
    fn code_admits_nothing_else() {
        let found = clean(
            "see @someone here",
            &[entity(0, 17, EntityKind::Code), entity(4, 8, EntityKind::Bold)],
        );
        assert_eq!(found.entities, [entity(0, 17, EntityKind::Code)]);
    }

    #[test]
    fn quote_is_found_nearest_to_the_hint() {
        let found = quote("ab 😀 ab ab", " ab ", &[], Some(9)).unwrap();
        assert_eq!((found.text.as_str(), found.offset), ("ab", Some(9)));
        assert_eq!(quote("abc", "x", &[], None), Err(Error::QuoteInvalid));
    }

    #[test]
    fn lengths_have_bounds() {
        assert_eq!(message(" \n ", &[]), Err(Error::MessageEmpty));
        assert_eq!(message(&"a".repeat(4097), &[]), Err(Error::MessageTooLong));
        assert!(message(&"a".repeat(4096), &[]).is_ok());
        assert_eq!(caption(&"a".repeat(1025), &[]), Err(Error::CaptionTooLong));
        assert!(caption("", &[]).is_ok());
    }
}
