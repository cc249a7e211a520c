//! One post as HTML: who it came from, what it answers, its text and media, how it was received.

mod extras;
mod media;
pub(crate) mod text;

use std::borrow::Cow;

use maud::{Markup, html};
use model::channel::Channel;
use model::message::{Action, Message};
use services::public::{self, Posts, Shown};

use crate::calendar;
use crate::layout::{Context, excerpt};

/// A channel's post and what it names.
pub(crate) struct View<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) channel: &'a Channel,
    pub(crate) shown: &'a Shown,
}

impl View<'_> {
    /// The channel's public name.
    pub(crate) fn name(&self) -> &str {
        self.channel.username.as_deref().unwrap_or_default()
    }

    /// Whether its author keeps the post from being copied.
    pub(crate) fn is_protected(&self, post: &Posts) -> bool {
        post.iter().any(|message| public::is_protected(self.channel, message))
    }

    /// Where a message of the post is.
    fn path(&self, message: &Message) -> String {
        self.context.link(&format!("/{}/{}", self.name(), message.id.0))
    }
}

/// Characters of a title that is made from a text.
const TITLE_CHARS: usize = 80;

/// The post's own title: its first words, or what it carries.
pub(crate) fn title(view: &View<'_>, post: &Posts) -> String {
    let words = quotable(view, post).map(|words| excerpt(&words, TITLE_CHARS));
    words.unwrap_or_else(|| {
        let texts = view.context.texts();
        let named = post.first().and_then(|message| media::kind(view, message));
        named.map_or_else(|| texts.post.to_owned(), ToOwned::to_owned)
    })
}

/// The message of a post that has the text.
pub(crate) fn caption(post: &Posts) -> Option<&Message> {
    post.iter().find(|message| !message.body.text.is_empty())
}

/// The post's words for titles, previews and quotations: without what is hidden in them; none of a protected post.
pub(crate) fn quotable<'p>(view: &View<'_>, post: &'p Posts) -> Option<Cow<'p, str>> {
    let message = caption(post).filter(|_| !view.is_protected(post))?;
    Some(text::masked(&message.body.text, &message.body.entities))
}

/// Where the post's first picture is, for previews.
pub(crate) fn picture(view: &View<'_>, post: &Posts) -> Option<String> {
    if view.is_protected(post) {
        return None;
    }
    post.iter().find_map(|message| media::picture(view, message))
}

/// What the post says, without its frame: for feeds too, which are copies by nature and hold nothing of a protected post.
pub(crate) fn content(view: &View<'_>, post: &Posts) -> Markup {
    let Some(first) = post.first() else { return html! {} };
    if view.context.is_abroad() && view.is_protected(post) {
        return html! { p { a href=(view.path(first)) { (view.context.texts().read_there) } } };
    }
    let above = caption(post).is_some_and(|message| message.body.invert_media);
    html! {
        @if let Some(forward) = &first.body.forward { (extras::forward(view, forward)) }
        (extras::reply(view, first))
        @if above { (words(view, post)) }
        (media::of_post(view, post))
        @if !above { (words(view, post)) }
    }
}

fn words(view: &View<'_>, post: &Posts) -> Markup {
    html! {
        @if let Some(message) = caption(post) {
            div.text { (text::formatted(view.context, &message.body.text, &message.body.entities)) }
        }
    }
}

/// A post in a list.
pub(crate) fn article(view: &View<'_>, post: &Posts) -> Markup {
    let Some(first) = post.first() else { return html! {} };
    if let Some(action) = &first.body.action {
        return service(view, first, action);
    }
    let number = first.id.0;
    html! {
        article.post.kept[view.is_protected(post)] id={ "p" (number) } aria-labelledby={ "d" (number) } {
            (content(view, post))
            (extras::reactions(view, first))
            footer {
                @if let Some(counters) = first.counters {
                    span.views aria-label=(view.context.language.counted(&view.context.texts().views, counters.views)) role="img" {
                        (view.context.language.short(counters.views))
                    }
                }
                @if let Some(author) = &first.body.post_author { bdi.author { (author) } }
                @if first.edit_date.is_some() { span { (view.context.texts().edited) } }
                a.date id={ "d" (number) } href=(view.path(first)) { (date(view.context, first)) }
            }
        }
    }
}

/// When, in words and for machines.
fn date(context: &Context<'_>, message: &Message) -> Markup {
    let day = context.language.day(calendar::day(message.date));
    html! {
        time datetime=(calendar::rfc3339(message.date)) { (day) " " span dir="ltr" { (calendar::clock(message.date)) } " UTC" }
    }
}

/// A line about what happened to the channel.
fn service(view: &View<'_>, message: &Message, action: &Action) -> Markup {
    let texts = view.context.texts();
    html! {
        div.service id={ "p" (message.id.0) } {
            @match action {
                Action::ChannelCreate { .. } | Action::ChannelMigrateFrom { .. } => p { (texts.created) },
                Action::ChatEditTitle { title } => p { (texts.renamed) " " bdi { (title) } },
                Action::ChatEditPhoto { .. } => {
                    p { (texts.new_photo) }
                    @if let Some(path) = media::picture(view, message) {
                        img.avatar.large src=(view.context.file(&path)) width="128" height="128" alt="" loading="lazy";
                    }
                }
                Action::ChatDeletePhoto => p { (texts.photo_removed) },
                Action::PinMessage => p {
                    @match message.reply_to {
                        Some(id) => a href=(view.context.link(&format!("/{}/{}", view.name(), id.0))) { (texts.pinned) },
                        None => (texts.pinned),
                    }
                },
                _ => p { (texts.service) },
            }
        }
    }
}
