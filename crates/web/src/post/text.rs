//! A text with its formatting, as HTML. Only what is written here becomes a tag; everything else is escaped.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use maud::{Escaper, Markup, PreEscaped, html};
use model::message::{Entity, EntityKind};

use crate::layout::Context;

/// One part of a text, by bytes.
struct Part<'a> {
    bytes: Range<usize>,
    kind: &'a EntityKind,
}

/// A text without formatting, a paragraph a line.
pub(crate) fn plain(text: &str) -> Markup {
    let mut out = String::new();
    paragraphs(&mut out, text, 0..text.len(), &[], None);
    PreEscaped(out)
}

/// A text for places where nothing can be uncovered (titles, previews, quotations): what is hidden in it is covered, as in
/// the notifications of official apps.
pub(crate) fn masked<'a>(text: &'a str, entities: &[Entity]) -> Cow<'a, str> {
    let hidden = hidden(&parts(text, entities));
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() * 2);
    for (place, character) in text.char_indices() {
        if character.is_whitespace() || !hidden.iter().any(|range| range.contains(&place)) {
            out.push(character);
        } else {
            // As many units of UTF-16, so that other parts stay where they are.
            out.extend(std::iter::repeat_n(COVER, character.len_utf16()));
        }
    }
    Cow::Owned(out)
}

fn hidden(parts: &[Part<'_>]) -> Vec<Range<usize>> {
    let hidden = parts.iter().filter(|part| matches!(part.kind, EntityKind::Spoiler));
    hidden.map(|part| part.bytes.clone()).collect()
}

fn overlap(range: &Range<usize>, part: &Part<'_>) -> bool {
    range.start < part.bytes.end && part.bytes.start < range.end
}

const fn is_link(kind: &EntityKind) -> bool {
    matches!(
        kind,
        EntityKind::Url
            | EntityKind::TextUrl { .. }
            | EntityKind::Email
            | EntityKind::Phone
            | EntityKind::Mention
    )
}

/// What stands for a hidden character.
const COVER: char = '▒';

/// A text with its formatting.
pub(crate) fn formatted(context: &Context<'_>, text: &str, entities: &[Entity]) -> Markup {
    let covered = if context.is_abroad() { masked(text, entities) } else { Cow::Borrowed(text) };
    let text = covered.as_ref();
    let mut parts = parts(text, entities);
    if context.is_abroad() {
        // An address tells as much as the words it lies under.
        let hidden = hidden(&parts);
        parts.retain(|part| !is_link(part.kind) || !hidden.iter().any(|one| overlap(one, part)));
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut blocks: Vec<&Part<'_>> = parts.iter().filter(|part| is_block(part.kind)).collect();
    blocks.sort_by_key(|part| part.bytes.start);
    let inline: Vec<&Part<'_>> = parts.iter().filter(|part| !is_block(part.kind)).collect();
    let mut done = 0;
    for block in blocks {
        if block.bytes.start < done {
            continue;
        }
        paragraphs(&mut out, text, done..block.bytes.start, &inline, Some(context));
        let inside = text.get(block.bytes.clone()).unwrap_or_default();
        match block.kind {
            EntityKind::Blockquote { collapsed } => {
                out.push_str(if *collapsed {
                    "<blockquote class=\"long\" tabindex=\"0\">"
                } else {
                    "<blockquote>"
                });
                paragraphs(&mut out, text, block.bytes.clone(), &inline, Some(context));
                out.push_str("</blockquote>");
            }
            _ => {
                let code = html! { pre tabindex="0" { code { (inside.trim_end_matches('\n')) } } };
                out.push_str(&code.0);
            }
        }
        done = block.bytes.end;
    }
    paragraphs(&mut out, text, done..text.len(), &inline, Some(context));
    PreEscaped(out)
}

const fn is_block(kind: &EntityKind) -> bool {
    matches!(kind, EntityKind::Pre { .. } | EntityKind::Blockquote { .. })
}

/// Parts by bytes; those that are not within the text are left out.
fn parts<'a>(text: &str, entities: &'a [Entity]) -> Vec<Part<'a>> {
    if entities.is_empty() {
        return Vec::new();
    }
    // The byte at which each UTF-16 unit's character begins.
    let mut places = Vec::with_capacity(text.len() + 1);
    for (place, character) in text.char_indices() {
        places.extend(std::iter::repeat_n(place, character.len_utf16()));
    }
    places.push(text.len());
    let part = |entity: &'a Entity| {
        let start = usize::try_from(entity.offset).ok()?;
        let end = start.checked_add(usize::try_from(entity.length).ok()?)?;
        let bytes = *places.get(start)?..*places.get(end.min(places.len() - 1))?;
        (!bytes.is_empty()).then_some(Part { bytes, kind: &entity.kind })
    };
    entities.iter().filter_map(part).collect()
}

/// A paragraph for each line, so that each has a direction of its own; empty lines become distance.
fn paragraphs(
    out: &mut String,
    text: &str,
    range: Range<usize>,
    parts: &[&Part<'_>],
    context: Option<&Context<'_>>,
) {
    let (mut start, mut gap) = (range.start, false);
    for line in text.get(range).unwrap_or_default().split('\n') {
        let bytes = start..start + line.len();
        start = bytes.end + 1;
        if line.trim().is_empty() {
            gap = true;
            continue;
        }
        out.push_str(if gap { "<p class=\"gap\" dir=\"auto\">" } else { "<p dir=\"auto\">" });
        inline(out, text, bytes, parts, context);
        out.push_str("</p>");
        gap = false;
    }
}

/// One line: cut wherever a part begins or ends, each piece inside the tags of the parts that cover it.
fn inline(
    out: &mut String,
    text: &str,
    line: Range<usize>,
    parts: &[&Part<'_>],
    context: Option<&Context<'_>>,
) {
    let mut here: Vec<&&Part<'_>> = parts
        .iter()
        .filter(|part| part.bytes.start < line.end && part.bytes.end > line.start)
        .collect();
    // The longer one is outside.
    here.sort_by_key(|part| (part.bytes.start, std::cmp::Reverse(part.bytes.end)));
    let mut cuts: Vec<usize> = here
        .iter()
        .flat_map(|part| [part.bytes.start, part.bytes.end])
        .filter(|cut| line.contains(cut))
        .chain([line.start, line.end])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (start, end) in cuts.iter().zip(cuts.iter().skip(1)) {
        let covers = |part: &Part<'_>| part.bytes.start <= *start && part.bytes.end >= *end;
        let wanted: Vec<usize> = (0..here.len())
            .filter(|place| here.get(*place).is_some_and(|part| covers(part)))
            .collect();
        let same = open.iter().zip(&wanted).take_while(|((place, _), want)| place == *want).count();
        for (_, close) in open.drain(same..).rev() {
            out.push_str(close);
        }
        for place in wanted.into_iter().skip(same) {
            let Some(part) = here.get(place) else { continue };
            let linked = open.iter().any(|(_, close)| *close == "</a>");
            open.push((place, open_tag(out, text, part, linked, context)));
        }
        escape(out, text.get(*start..*end).unwrap_or_default());
    }
    for (_, close) in open.drain(..).rev() {
        out.push_str(close);
    }
}

fn escape(out: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = Escaper::new(out).write_str(text);
}

/// Writes a part's tag; answers what closes it. There is no link inside a link.
fn open_tag(
    out: &mut String,
    text: &str,
    part: &Part<'_>,
    linked: bool,
    context: Option<&Context<'_>>,
) -> &'static str {
    let inside = text.get(part.bytes.clone()).unwrap_or_default();
    let (open, close) = match part.kind {
        EntityKind::Bold => ("<strong>", "</strong>"),
        EntityKind::Italic => ("<em>", "</em>"),
        EntityKind::Underline => ("<u>", "</u>"),
        EntityKind::Strike => ("<s>", "</s>"),
        EntityKind::Code => ("<code dir=\"ltr\">", "</code>"),
        EntityKind::Spoiler => ("<span class=\"spoiler\" tabindex=\"0\">", "</span>"),
        EntityKind::Hashtag | EntityKind::Cashtag => ("<span class=\"tag\">", "</span>"),
        kind if !linked => {
            if let Some((address, outside)) = address(kind, inside, context) {
                let relation =
                    if outside { " rel=\"nofollow noopener noreferrer ugc\"" } else { "" };
                out.push_str("<a href=\"");
                escape(out, &address);
                out.push('"');
                out.push_str(relation);
                out.push_str(" dir=\"auto\">");
                return "</a>";
            }
            ("<span>", "</span>")
        }
        _ => ("<span>", "</span>"),
    };
    out.push_str(open);
    close
}

/// Where a part leads, and whether that is outside of this server.
fn address(
    kind: &EntityKind,
    inside: &str,
    context: Option<&Context<'_>>,
) -> Option<(String, bool)> {
    match kind {
        EntityKind::Url => Some((web_address(inside)?, true)),
        EntityKind::TextUrl { url } => Some((web_address(url)?, true)),
        EntityKind::Email => {
            let shaped = inside.contains('@') && !inside.contains([' ', '?', '&', '%', ':', '/']);
            shaped.then(|| (format!("mailto:{inside}"), true))
        }
        EntityKind::Phone => {
            let digits: String =
                inside.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
            (!digits.is_empty()).then(|| (format!("tel:{digits}"), true))
        }
        EntityKind::Mention => {
            let name = inside.strip_prefix('@')?;
            let shaped = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            (shaped && !name.is_empty())
                .then(|| (context.map_or_else(String::new, |c| c.link(&format!("/{name}"))), false))
        }
        _ => None,
    }
}

/// An address of the web or of an app, with its scheme. Anything that could run or read something is none.
fn web_address(given: &str) -> Option<String> {
    let given = given.trim();
    if given.is_empty() || given.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    match given.split_once("://") {
        Some((scheme, rest)) => {
            let scheme = scheme.to_ascii_lowercase();
            let known = matches!(scheme.as_str(), "http" | "https" | "tg" | "ftp");
            (known && !rest.is_empty()).then(|| format!("{scheme}://{rest}"))
        }
        None => Some(format!("https://{}", given.trim_start_matches('/'))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn entity(offset: i32, length: i32, kind: EntityKind) -> Entity {
        Entity { offset, length, kind }
    }

    fn render(text: &str, entities: &[Entity]) -> String {
        let context = Context { url: "", root: "", language: Language::English, chosen: false };
        formatted(&context, text, entities).into_string()
    }

    #[test]
    fn lines_are_paragraphs() {
        assert_eq!(
            render("a\nb\n\nc", &[]),
            "<p dir=\"auto\">a</p><p dir=\"auto\">b</p><p class=\"gap\" dir=\"auto\">c</p>"
        );
    }

    #[test]
    fn offsets_count_utf16() {
        let text = "😀 bold";
        assert_eq!(
            render(text, &[entity(3, 4, EntityKind::Bold)]),
            "<p dir=\"auto\">😀 <strong>bold</strong></p>"
        );
        // Half of a pair, beyond the end, negative: never a panic.
        for (offset, length) in
            [(1, 1), (0, 1), (100, 5), (-1, 3), (2, i32::MAX), (i32::MAX, i32::MAX)]
        {
            assert!(render(text, &[entity(offset, length, EntityKind::Italic)]).contains("bold"));
        }
    }

    #[test]
    fn crossing_parts_are_nested() {
        let parts = [entity(0, 4, EntityKind::Bold), entity(2, 4, EntityKind::Italic)];
        assert_eq!(
            render("abcdef", &parts),
            "<p dir=\"auto\"><strong>ab<em>cd</em></strong><em>ef</em></p>"
        );
    }

    #[test]
    fn nothing_that_is_written_becomes_a_tag() {
        let text = "<script>alert(1)</script> \"&'";
        let url = |url: &str| entity(0, 8, EntityKind::TextUrl { url: url.to_owned() });
        let plain = render(text, &[]);
        assert!(!plain.contains("<script"), "{plain}");
        for bad in
            ["javascript://x%0aalert(1)", "data://text", "vbscript://x", "java\nscript:x", " "]
        {
            let shown = render(text, &[url(bad)]);
            assert!(!shown.contains("href"), "{shown}");
        }
        let shown = render(text, &[url("javascript:alert(1)")]);
        assert!(shown.contains("href=\"https://javascript:alert(1)\""), "{shown}");
        let shown = render(text, &[url("https://a.example/\"><script>")]);
        assert!(!shown.contains("<script"), "{shown}");
        let code = entity(0, 25, EntityKind::Pre { language: "\"><script>".to_owned() });
        assert!(!render(text, &[code]).contains("<script"));
    }

    #[test]
    fn links_are_not_nested_and_keep_to_their_kind() {
        let text = "@durov_1 #tag x@y.example";
        let parts = [
            entity(0, 8, EntityKind::TextUrl { url: "a.example".to_owned() }),
            entity(0, 8, EntityKind::Mention),
            entity(9, 4, EntityKind::Hashtag),
            entity(14, 11, EntityKind::Email),
        ];
        let shown = render(text, &parts);
        assert_eq!(shown.matches("<a ").count(), 2, "{shown}");
        assert!(
            shown.contains("href=\"https://a.example\"")
                && shown.contains("href=\"mailto:x@y.example\"")
        );
        assert!(
            render("@durov_1", &[entity(0, 8, EntityKind::Mention)]).contains("href=\"/durov_1\"")
        );
    }

    #[test]
    fn what_is_hidden_stays_hidden_abroad() {
        let text = "ab 😀cd https://x.example e";
        let parts = [
            entity(3, 4, EntityKind::Spoiler),
            entity(8, 17, EntityKind::Spoiler),
            entity(8, 17, EntityKind::Url),
            entity(26, 1, EntityKind::Bold),
        ];
        let covered = format!("ab ▒▒▒▒ {} e", "▒".repeat(17));
        assert_eq!(masked(text, &parts), covered);
        assert!(matches!(masked(text, &parts[3..]), Cow::Borrowed(_)));
        let root = "https://h.test";
        let context = Context { url: root, root, language: Language::English, chosen: false };
        let shown = formatted(&context, text, &parts).into_string();
        assert!(!shown.contains("x.example") && !shown.contains("cd"), "{shown}");
        assert!(shown.contains("<strong>e</strong>"), "{shown}");
    }

    #[test]
    fn blocks_stand_apart() {
        let text = "a\nquote\ncode";
        let parts = [
            entity(2, 5, EntityKind::Blockquote { collapsed: false }),
            entity(8, 4, EntityKind::Pre { language: String::new() }),
        ];
        let expected = "<p dir=\"auto\">a</p><blockquote><p dir=\"auto\">quote</p></blockquote>\
             <pre tabindex=\"0\"><code>code</code></pre>";
        assert_eq!(render(text, &parts), expected);
    }
}
