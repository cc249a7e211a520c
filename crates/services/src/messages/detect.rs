//! What the server reads off a text: links, e-mail addresses, names, tags and commands.
//!
//! The official server adds these entities itself, so that clients of every age show the same. The rules here are the
//! plain ones: a link without a scheme needs a known top-level domain, names and tags need a word boundary before them.

use model::message::{Entity, EntityKind};

use super::text::span;

/// Whether anything may be found: a name, tag or command begins with its sign, and every link has a dot.
pub(super) fn may_find(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'@' | b'#' | b'$' | b'/' | b'.' | b':'))
}

/// Adds what is found outside of code and of links that the author set.
pub(super) fn add(text: &str, entities: &mut Vec<Entity>) {
    let taken: Vec<(i32, i32)> = entities
        .iter()
        .filter(|entity| {
            matches!(
                entity.kind,
                EntityKind::Code
                    | EntityKind::Pre { .. }
                    | EntityKind::TextUrl { .. }
                    | EntityKind::MentionName { .. }
                    | EntityKind::CustomEmoji { .. }
            )
        })
        .map(span)
        .collect();
    let text = Characters::of(text);
    let mut found = links(&text);
    let linked: Vec<(i32, i32)> = found.iter().map(span).collect();
    found.extend(marks(&text).into_iter().filter(|entity| !overlaps(entity, &linked)));
    entities.extend(found.into_iter().filter(|entity| !overlaps(entity, &taken)));
}

fn overlaps(entity: &Entity, spans: &[(i32, i32)]) -> bool {
    let (start, end) = span(entity);
    spans.iter().any(|(from, to)| start < *to && *from < end)
}

/// Characters with their places in UTF-16.
struct Characters {
    all: Vec<char>,
    places: Vec<i32>,
}

impl Characters {
    fn of(text: &str) -> Self {
        let all: Vec<char> = text.chars().collect();
        let mut places = Vec::with_capacity(all.len() + 1);
        let mut at = 0;
        for c in &all {
            places.push(at);
            at += if c.len_utf16() == 2 { 2 } else { 1 };
        }
        places.push(at);
        Self { all, places }
    }

    fn at(&self, index: usize) -> Option<char> {
        self.all.get(index).copied()
    }

    fn before(&self, index: usize) -> Option<char> {
        index.checked_sub(1).and_then(|before| self.at(before))
    }

    /// The end of the run that starts at `from` and fits.
    fn run(&self, from: usize, fits: impl Fn(char) -> bool) -> usize {
        let rest = self.all.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|c| fits(**c)).count()
    }

    fn slice(&self, from: usize, to: usize) -> String {
        self.all.get(from..to).unwrap_or_default().iter().collect()
    }

    fn entity(&self, from: usize, to: usize, kind: EntityKind) -> Option<Entity> {
        let (start, end) = (*self.places.get(from)?, *self.places.get(to)?);
        Some(Entity { offset: start, length: end - start, kind })
    }
}

/// Names, tags and commands.
fn marks(text: &Characters) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut index = 0;
    while let Some(c) = text.at(index) {
        let end = match c {
            '@' => mention(text, index).map(|end| (end, EntityKind::Mention)),
            '#' => hashtag(text, index).map(|end| (end, EntityKind::Hashtag)),
            '$' => cashtag(text, index).map(|end| (end, EntityKind::Cashtag)),
            '/' => command(text, index).map(|end| (end, EntityKind::BotCommand)),
            _ => None,
        };
        if let Some((end, kind)) = end {
            found.extend(text.entity(index, end, kind));
            index = end;
        } else {
            index += 1;
        }
    }
    found
}

const fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// `@name`: a letter, then letters, digits and underscores, 4 to 32 in all.
fn mention(text: &Characters, at: usize) -> Option<usize> {
    if text.before(at).is_some_and(|c| is_word_char(c) || c == '@')
        || !text.at(at + 1)?.is_ascii_alphabetic()
    {
        return None;
    }
    let end = text.run(at + 1, is_name_char);
    let fits = (4..=32).contains(&(end - at - 1)) && !text.at(end).is_some_and(is_word_char);
    fits.then_some(end)
}

/// `#tag`: word characters, up to 256, not digits alone.
fn hashtag(text: &Characters, at: usize) -> Option<usize> {
    if text.before(at).is_some_and(|c| is_word_char(c) || c == '#' || c == '&') {
        return None;
    }
    let end = text.run(at + 1, |c| is_word_char(c) || c == '\u{200c}' || c == '·');
    let length = end - at - 1;
    let word = (at + 1..end).any(|index| text.at(index).is_some_and(|c| !c.is_ascii_digit()));
    ((1..=256).contains(&length) && word && text.at(end) != Some('#')).then_some(end)
}

/// `$USD`: 3 to 8 capital letters.
fn cashtag(text: &Characters, at: usize) -> Option<usize> {
    if text.before(at).is_some_and(|c| is_word_char(c) || c == '$') {
        return None;
    }
    let end = text.run(at + 1, |c| c.is_ascii_uppercase());
    let fits = (3..=8).contains(&(end - at - 1))
        && !text.at(end).is_some_and(|c| is_word_char(c) || c == '$');
    fits.then_some(end)
}

/// `/command` or `/command@bot`, 1 to 64 characters.
fn command(text: &Characters, at: usize) -> Option<usize> {
    if text.before(at).is_some_and(|c| is_word_char(c) || matches!(c, '/' | '<' | '>' | '.' | ':'))
    {
        return None;
    }
    let mut end = text.run(at + 1, is_name_char);
    if !(1..=64).contains(&(end - at - 1)) {
        return None;
    }
    if text.at(end) == Some('@') {
        let bot = text.run(end + 1, is_name_char);
        if (3..=32).contains(&(bot - end - 1)) {
            end = bot;
        }
    }
    (!text.at(end).is_some_and(|c| is_word_char(c) || matches!(c, '/' | '<' | '>'))).then_some(end)
}

/// Links and e-mail addresses, word by word.
fn links(text: &Characters) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < text.all.len() {
        let end = text.run(index, is_link_char);
        if end == index {
            index += 1;
            continue;
        }
        found.extend(link_in(text, index, end));
        index = end;
    }
    found
}

fn is_link_char(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c, '<' | '>' | '"' | '«' | '»' | '“' | '”' | '‘' | '’' | '`' | '|')
}

fn link_in(text: &Characters, start: usize, end: usize) -> Option<Entity> {
    let start =
        text.run(start, |c| matches!(c, '(' | '[' | '{' | '\'' | '*' | '~' | ',' | ';' | '!'));
    let end = link_end(text, start, end);
    let word = text.slice(start, end);
    if is_email(&word) {
        return text.entity(start, end, EntityKind::Email);
    }
    is_link(&word).then(|| text.entity(start, end, EntityKind::Url)).flatten()
}

/// Without closing punctuation, but with a bracket that was opened inside.
fn link_end(text: &Characters, start: usize, mut end: usize) -> usize {
    let word = text.all.get(start..end).unwrap_or_default();
    let count = |wanted| word.iter().filter(|c| **c == wanted).count();
    let mut brackets = [('(', ')'), ('[', ']'), ('{', '}')]
        .map(|(open, close)| (close, count(open), count(close)));
    while end > start {
        let Some(last) = text.before(end) else { break };
        let cut = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '~' | '…' => true,
            _ => brackets.iter_mut().any(|(close, opened, closed)| {
                let unopened = *close == last && opened < closed;
                *closed -= usize::from(unopened);
                unopened
            }),
        };
        if !cut {
            break;
        }
        end -= 1;
    }
    end
}

fn is_email(word: &str) -> bool {
    let Some((name, host)) = word.split_once('@') else { return false };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    !name.is_empty()
        && name.len() <= 64
        && name.chars().all(fits)
        && !name.starts_with('.')
        && is_host(host, true)
}

fn is_link(word: &str) -> bool {
    let (scheme, rest) = match word.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
        None => (None, word),
    };
    let known = scheme.is_none();
    if let Some(scheme) = scheme {
        match scheme.as_str() {
            "http" | "https" | "ftp" => {}
            "tg" | "ton" => return !rest.is_empty(),
            _ => return false,
        }
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // A name and password before the host are part of a link only where a scheme says that it is one.
    let host = match host.rsplit_once('@') {
        Some((_, host)) if !known => host,
        Some(_) => return false,
        None => host,
    };
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok_and(|port| port > 0) => host,
        Some(_) => return false,
        None => host,
    };
    is_host(host, known) || (!known && is_address(host))
}

fn is_address(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok()
}

/// At least two labels; the last one a known top-level domain if `known`, else letters.
fn is_host(host: &str, known: bool) -> bool {
    if host.len() > 253 || !host.contains('.') {
        return false;
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.chars().count() <= 63
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    let last_fits = if known {
        let lower = last.to_lowercase();
        TOP_LEVEL.split_ascii_whitespace().any(|domain| domain == lower)
    } else {
        last.chars().count() >= 2 && last.chars().all(char::is_alphabetic)
            || last.starts_with("xn--")
    };
    last_fits && host.split('.').all(label)
}

/// Where a link under a text may lead: the web, e-mail and telephone, and clients' own links. `None` for everything else.
#[must_use]
pub(super) fn link_target(url: &str) -> Option<String> {
    let url = url.trim();
    if url.is_empty()
        || url.len() > 4096
        || url.chars().any(|c| c.is_whitespace() || c.is_control())
    {
        return None;
    }
    let lower = url.to_lowercase();
    if is_link(url) {
        return Some(if lower.contains("://") { url.to_owned() } else { format!("http://{url}") });
    }
    if lower.starts_with("http://") || lower.starts_with("https://") {
        // Hosts without a dot: names of a local network.
        let host = lower.split("://").nth(1)?.split(['/', '?', '#', ':']).next()?;
        let fits =
            !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.'));
        return fits.then(|| url.to_owned());
    }
    let (scheme, rest) = url.split_once(':')?;
    (matches!(scheme.to_ascii_lowercase().as_str(), "mailto" | "tel" | "tg" | "ton")
        && !rest.is_empty())
    .then(|| url.to_owned())
}

/// Domains that make a link without a scheme: those of countries, and the common general ones.
const TOP_LEVEL: &str = "
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg
ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi
gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw
ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng
ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn
so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws
ye yt za zm zw aero app art asia biz blog cat chat city click cloud club com coop design dev digital edu email eco expert
fun games global gov group help host icu info ink int jobs land life link live ltd market media mil mobi museum name net
network news ngo ninja one online org page photo plus press pro pub rest rocks run sale school shop site social software
solutions space store stream studio style support systems team tech tel tips today tools top trade travel tube university
video vip watch website wiki win work works world wtf xyz zone рф укр бел қаз срб мкд 中国 中國 香港 台湾 한국";

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in a text, as (kind's first letters, part of the text).
    fn found(text: &str) -> Vec<(String, String)> {
        let mut entities = Vec::new();
        add(text, &mut entities);
        entities.sort_by_key(|entity| entity.offset);
        let units: Vec<u16> = text.encode_utf16().collect();
        let part = |entity: &Entity| {
            let (start, end) = span(entity);
            String::from_utf16(
                &units[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()],
            )
            .unwrap()
        };
        entities.iter().map(|entity| (format!("{:?}", entity.kind), part(entity))).collect()
    }

    /// A text, and what is found in it.
    type Case = (&'static str, &'static [(&'static str, &'static str)]);

    #[test]
    fn finds_what_the_official_server_finds() {
        let cases: &[Case] = &[
            ("see https://example.org/a?b=c#d.", &[("Url", "https://example.org/a?b=c#d")]),
            ("(example.org/a_(b))", &[("Url", "example.org/a_(b)")]),
            ("😀 example.com, and t.me/x!", &[("Url", "example.com"), ("Url", "t.me/x")]),
            ("http://127.0.0.1:8080/x", &[("Url", "http://127.0.0.1:8080/x")]),
            ("tg://resolve?domain=abcd", &[("Url", "tg://resolve?domain=abcd")]),
            ("write to jo.doe+x@example.org!", &[("Email", "jo.doe+x@example.org")]),
            ("hi @someone, @abc @_abcd a@bcde", &[("Mention", "@someone")]),
            ("#one #2 #2b x#y ##z", &[("Hashtag", "#one"), ("Hashtag", "#2b")]),
            ("$USD $usd $TOOLONGNAME", &[("Cashtag", "$USD")]),
            (
                "/start /help@somebot a/b /x/y",
                &[("BotCommand", "/start"), ("BotCommand", "/help@somebot")],
            ),
            ("e.g. 3.14 and v1.2.3, main.xyzzy javascript://x.com", &[]),
            ("https://example.org/@someone#tag", &[("Url", "https://example.org/@someone#tag")]),
        ];
        for (text, wanted) in cases {
            let wanted: Vec<_> =
                wanted.iter().map(|(k, p)| ((*k).to_owned(), (*p).to_owned())).collect();
            assert_eq!(found(text), wanted, "{text}");
        }
    }

    #[test]
    fn links_lead_to_safe_places_only() {
        let cases = [
            ("example.org", Some("http://example.org")),
            ("https://example.org/x", Some("https://example.org/x")),
            ("http://localhost/x", Some("http://localhost/x")),
            ("mailto:a@b.org", Some("mailto:a@b.org")),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("http://a b", None),
            ("", None),
        ];
        for (given, wanted) in cases {
            assert_eq!(link_target(given).as_deref(), wanted, "{given}");
        }
    }
}
