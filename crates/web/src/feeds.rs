//! The newest posts for readers of feeds: Atom (RFC 4287) and JSON Feed 1.1, and a post for oEmbed.

use std::borrow::Cow;
use std::fmt::Write as _;

use maud::html;
use model::channel::Channel;
use model::message::Message;
use services::public::{Page, Posts};

use crate::calendar::rfc3339;
use crate::layout::{Context, excerpt};
use crate::post::{self, View};

/// Characters of a post inside an oEmbed answer.
const EMBED_CHARS: usize = 600;

/// What a feed says of one post.
struct Entry {
    link: String,
    title: String,
    html: String,
    published: String,
    updated: String,
    author: Option<String>,
}

/// The posts without service messages.
fn entries(view: &View<'_>, page: &Page) -> Vec<Entry> {
    let entry = |post: &Posts| {
        let first = post.first().filter(|message| message.body.action.is_none())?;
        Some(Entry {
            link: link(view, first),
            title: post::title(view, post),
            html: post::content(view, post).into_string(),
            published: rfc3339(first.date),
            updated: rfc3339(first.edit_date.unwrap_or(first.date)),
            author: first.body.post_author.clone(),
        })
    };
    page.posts.iter().filter_map(entry).collect()
}

fn link(view: &View<'_>, message: &Message) -> String {
    format!("{}/{}/{}", view.context.url, view.name(), message.id.0)
}

/// An Atom feed.
pub(crate) fn atom(context: &Context<'_>, channel: &Channel, page: &Page) -> String {
    let view = View { context, channel, shown: &page.shown };
    let (url, name) = (context.url, view.name());
    let entries = entries(&view, page);
    let updated = entries.iter().map(|entry| entry.updated.as_str()).max().map(ToOwned::to_owned);
    let updated = updated.unwrap_or_else(|| rfc3339(channel.created));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\
         <id>{url}/s/{name}</id><title>{title}</title><subtitle>{about}</subtitle><updated>{updated}</updated>\
         <link rel=\"alternate\" type=\"text/html\" href=\"{url}/s/{name}\"/>\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{url}/s/{name}/atom.xml\"/>\
         <author><name>{title}</name></author>\n",
        title = xml(&channel.title),
        about = xml(&channel.about),
    );
    for entry in entries {
        let author = entry.author.map_or_else(String::new, |author| {
            format!("<author><name>{}</name></author>", xml(&author))
        });
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "<entry><id>{link}</id><title>{}</title><published>{}</published><updated>{}</updated>\
             <link rel=\"alternate\" type=\"text/html\" href=\"{link}\"/>{author}<content type=\"html\">{}</content></entry>",
            xml(&entry.title),
            entry.published,
            entry.updated,
            xml(&entry.html),
            link = entry.link,
        );
    }
    out.push_str("</feed>\n");
    out
}

/// A JSON feed.
pub(crate) fn json(context: &Context<'_>, channel: &Channel, page: &Page) -> String {
    let view = View { context, channel, shown: &page.shown };
    let (url, name) = (context.url, view.name());
    let items: Vec<_> = entries(&view, page)
        .into_iter()
        .map(|entry| {
            let authors: Vec<_> =
                entry.author.into_iter().map(|name| serde_json::json!({ "name": name })).collect();
            serde_json::json!({
                "id": entry.link,
                "url": entry.link,
                "title": entry.title,
                "content_html": entry.html,
                "date_published": entry.published,
                "date_modified": entry.updated,
                "authors": authors,
            })
        })
        .collect();
    serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.about,
        "home_page_url": format!("{url}/s/{name}"),
        "feed_url": format!("{url}/s/{name}/feed.json"),
        "items": items,
    })
    .to_string()
}

/// An oEmbed answer: the post's or channel's words as a quotation, for pages elsewhere. No frame, no script.
pub(crate) fn embed(context: &Context<'_>, channel: &Channel, page: Option<&Page>) -> String {
    let name = channel.username.as_deref().unwrap_or_default();
    let here = page.and_then(|page| page.posts.first());
    let (words, link) = match here.zip(here.and_then(|post| post.first())) {
        Some((post, first)) => {
            let shown = page.map(|page| &page.shown);
            let words = shown.and_then(|shown| {
                post::quotable(&View { context, channel, shown }, post).map(Cow::into_owned)
            });
            (words.unwrap_or_default(), format!("{}/{name}/{}", context.url, first.id.0))
        }
        None => (channel.about.clone(), format!("{}/{name}", context.url)),
    };
    let quote = html! {
        blockquote cite=(link) {
            @if !words.is_empty() { p dir="auto" { (excerpt(&words, EMBED_CHARS)) } }
            p { a href=(link) { bdi { (channel.title) } } }
        }
    };
    serde_json::json!({
        "version": "1.0",
        "type": "rich",
        "title": channel.title,
        "provider_name": "Hoopoe",
        "provider_url": context.url,
        "author_name": channel.title,
        "author_url": format!("{}/{name}", context.url),
        "html": quote.into_string(),
        "width": null,
        "height": null,
    })
    .to_string()
}

/// Text inside XML: escaped, without characters that XML has not.
pub(crate) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_holds_no_markup_and_no_control() {
        assert_eq!(xml("a<b>&\"\u{8}\u{0}\n]]>"), "a&lt;b&gt;&amp;&quot;\n]]&gt;");
    }
}
