//! What all public pages share: where links lead, the head, the frame.

use maud::{DOCTYPE, Markup, html};

use crate::language::{LANGUAGES, Language};
use crate::texts::Texts;

/// For whom a page is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    /// The address of the public pages, without a slash at its end.
    pub(crate) url: &'a str,
    /// What links begin with: nothing on pages, the whole address in feeds.
    pub(crate) root: &'a str,
    /// The language it speaks.
    pub(crate) language: Language,
    /// The visitor named the language in the address: links keep it.
    pub(crate) chosen: bool,
}

impl Context<'_> {
    /// What is made is kept elsewhere, without our style sheet: by readers of feeds, on others' pages.
    pub(crate) const fn is_abroad(&self) -> bool {
        !self.root.is_empty()
    }

    pub(crate) const fn texts(&self) -> &'static Texts {
        self.language.texts()
    }

    /// A link to a page of ours, in the language that was chosen.
    pub(crate) fn link(&self, path: &str) -> String {
        let root = self.root;
        if !self.chosen {
            return format!("{root}{path}");
        }
        let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
        let joint = if path.contains('?') { '&' } else { '?' };
        let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
        format!("{root}{path}{joint}lang={}{fragment}", self.language.tag())
    }

    /// A link to a file, which speaks no language.
    pub(crate) fn file(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }
}

/// What the head of a page says of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    /// Title, plain.
    pub(crate) title: String,
    /// One or two sentences, plain.
    pub(crate) description: String,
    /// Path with its query, without the language.
    pub(crate) path: String,
    /// Path of a picture.
    pub(crate) image: Option<String>,
    /// `og:type`.
    pub(crate) kind: &'static str,
    /// The channel whose feeds belong to the page.
    pub(crate) feeds: Option<String>,
    /// Search engines may list it.
    pub(crate) indexed: bool,
    /// Search engines keep no copy of it.
    pub(crate) unquoted: bool,
}

/// Characters of a description for previews.
const DESCRIPTION_CHARS: usize = 200;

/// The beginning of a text, for previews.
pub(crate) fn excerpt(text: &str, limit: usize) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= limit {
        return words;
    }
    let cut: String = words.chars().take(limit).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut.get(..end).unwrap_or_default())
}

/// A whole page.
pub(crate) fn page(context: &Context<'_>, head: &Head, body: &Markup) -> Markup {
    let Context { language, .. } = context;
    html! {
        (DOCTYPE)
        html lang=(language.tag()) dir=(language.direction()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (head.title) }
                (meta(context, head))
                link rel="icon" href=(crate::style::ICON_PATH) type="image/svg+xml";
                link rel="stylesheet" href=(crate::style::PATH.as_str());
            }
            body {
                (body)
                footer.foot {
                    nav aria-label=(context.texts().languages) {
                        @for other in LANGUAGES {
                            @if other == *language {
                                span lang=(other.tag()) aria-current="true" { (other.name()) }
                            } @else {
                                a href=(in_language(&head.path, other)) lang=(other.tag()) hreflang=(other.tag()) { (other.name()) }
                            }
                        }
                    }
                    a.brand href="/" { "Hoopoe" }
                }
            }
        }
    }
}

fn in_language(path: &str, language: Language) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}lang={}", language.tag())
}

fn meta(context: &Context<'_>, head: &Head) -> Markup {
    let url = context.url;
    let description = excerpt(&head.description, DESCRIPTION_CHARS);
    let here = format!("{url}{}", head.path);
    html! {
        @if !head.indexed {
            meta name="robots" content="noindex";
        } @else if head.unquoted {
            meta name="robots" content="noarchive, nosnippet, noimageindex";
        }
        @if !head.path.is_empty() {
            link rel="canonical" href=(here);
            @for language in LANGUAGES {
                link rel="alternate" hreflang=(language.tag()) href={ (url) (in_language(&head.path, language)) };
            }
            link rel="alternate" hreflang="x-default" href=(here);
            meta property="og:url" content=(here);
        }
        @if !description.is_empty() {
            meta name="description" content=(description);
            meta property="og:description" content=(description);
        }
        meta property="og:title" content=(head.title);
        meta property="og:site_name" content="Hoopoe";
        @if !head.kind.is_empty() { meta property="og:type" content=(head.kind); }
        @if let Some(image) = &head.image {
            meta property="og:image" content={ (url) (image) };
        }
        meta name="twitter:card" content="summary";
        @if let Some(name) = &head.feeds {
            link rel="alternate" type="application/atom+xml" title=(head.title) href={ "/s/" (name) "/atom.xml" };
            link rel="alternate" type="application/feed+json" title=(head.title) href={ "/s/" (name) "/feed.json" };
            link rel="alternate" type="application/json+oembed" title=(head.title) href={ (url) "/oembed.json?url=" (encoded(&here)) };
        }
    }
}

/// An address inside another's query.
fn encoded(url: &str) -> String {
    let mut text = String::with_capacity(url.len() * 2);
    for byte in url.bytes() {
        crate::files::push_encoded(&mut text, byte);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_chosen_language() {
        let context =
            Context { url: "https://h.test", root: "", language: Language::Arabic, chosen: true };
        assert_eq!(context.link("/s/name"), "/s/name?lang=ar");
        assert_eq!(context.link("/s/name?before=5"), "/s/name?before=5&lang=ar");
        assert_eq!(context.link("/s/name#p5"), "/s/name?lang=ar#p5");
        let context = Context { chosen: false, root: "https://h.test", ..context };
        assert_eq!(context.link("/s/name?before=5"), "https://h.test/s/name?before=5");
    }

    #[test]
    fn an_excerpt_ends_at_a_word() {
        assert_eq!(excerpt("one\n two  three", 100), "one two three");
        assert_eq!(excerpt("one two three", 9), "one two…");
    }
}
