//! Where a post came from, what it answers, and how it was received.

use maud::{Markup, html};
use model::Peer;
use model::message::{Forward, Message};
use services::public;

use super::{View, text};
use crate::card;
use crate::layout::excerpt;

/// Characters shown of the post replied to.
const REPLY_CHARS: usize = 140;

/// A name with the address of its page, if it has one.
struct Named {
    name: String,
    path: Option<String>,
}

impl View<'_> {
    /// Whom everyone may see there; `None` for whoever is hidden.
    fn peer(&self, peer: Peer) -> Option<Named> {
        let related = &self.shown.related;
        match peer {
            Peer::User(user) => {
                let view = related.users.iter().find(|view| view.user.id == user)?;
                let open = view.forwards_linked && !view.user.deleted;
                let path = view.user.username.as_ref().filter(|_| open);
                open.then(|| Named {
                    name: card::full_name(view),
                    path: path.map(|name| format!("/{name}")),
                })
            }
            Peer::Channel(channel) => {
                let view = related.channels.iter().find(|view| view.channel.id == channel)?;
                let username = view.channel.username.as_ref().filter(|_| !view.forbidden)?;
                Some(Named { name: view.channel.title.clone(), path: Some(format!("/{username}")) })
            }
            Peer::Chat(_) => None,
        }
    }

    fn linked(&self, named: &Named, post: Option<i32>) -> Markup {
        html! {
            @match &named.path {
                Some(path) => {
                    a href=(self.context.link(&post.map_or_else(|| path.clone(), |id| format!("{path}/{id}")))) {
                        bdi { (named.name) }
                    }
                }
                None => bdi { (named.name) },
            }
        }
    }
}

/// Where it was forwarded from.
pub(super) fn forward(view: &View<'_>, forward: &Forward) -> Markup {
    let texts = view.context.texts();
    let hidden = match forward.from {
        Some(Peer::Channel(_)) => texts.private_channel,
        _ => texts.hidden_author,
    };
    html! {
        p.forward {
            (texts.forwarded) " "
            @match forward.from.and_then(|peer| view.peer(peer)) {
                Some(named) => (view.linked(&named, forward.channel_post.map(|id| id.0))),
                None => bdi { (forward.from_name.as_deref().unwrap_or(hidden)) },
            }
        }
    }
}

/// The beginning of what it answers.
pub(super) fn reply(view: &View<'_>, message: &Message) -> Markup {
    let details = message.body.reply.as_ref();
    let quote = details.and_then(|reply| reply.quote.as_ref());
    let quote = quote.map(|quote| text::masked(&quote.text, &quote.entities));
    if let Some(peer) = details.and_then(|reply| reply.from_peer) {
        let named = view.peer(peer);
        return html! {
            @if let Some(named) = named {
                div.reply {
                    p { (view.context.texts().in_reply) " " (view.linked(&named, details.and_then(|reply| reply.from_message).map(|id| id.0))) }
                    @if let Some(quote) = quote { p dir="auto" { (excerpt(&quote, REPLY_CHARS)) } }
                }
            }
        };
    }
    let original = message.reply_to.and_then(|id| view.shown.replied.get(&id));
    let Some(original) = original else { return html! {} };
    let whole = || text::masked(&original.body.text, &original.body.entities);
    let words = quote.unwrap_or_else(whole);
    let shown = if public::is_protected(view.channel, original) {
        // Its words are read where it stands.
        view.context.texts().post.to_owned()
    } else if words.is_empty() {
        super::media::kind(view, original).unwrap_or(view.context.texts().post).to_owned()
    } else {
        excerpt(&words, REPLY_CHARS)
    };
    html! {
        div.reply {
            p { (view.context.texts().in_reply) }
            p dir="auto" { a href=(view.path(original)) { (shown) } }
        }
    }
}

/// Reactions with their counts.
pub(super) fn reactions(view: &View<'_>, message: &Message) -> Markup {
    let counts = &message.reactions.counts;
    html! {
        @if !counts.is_empty() {
            ul.reactions aria-label=(view.context.texts().reactions) {
                @for (emoji, count) in counts { li { (emoji) " " (view.context.language.short(*count)) } }
            }
        }
    }
}
