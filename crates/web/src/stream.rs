//! A channel's posts, newest first, and one post between its neighbours.

use std::borrow::Cow;

use maud::{Markup, html};
use model::channel::Channel;
use model::media::Photo;
use services::public::{Page, Posts, Single, Window};

use crate::card::{avatar, photo_path};
use crate::layout::{Context, Head, page};
use crate::post::{self, View, text};

/// Bytes of posts on one page: with head and frame it stays below 60 KB. The first post is shown however long it is.
const POSTS_BYTES: usize = 50 * 1024;

/// The page of a channel's posts.
pub(crate) fn list(
    context: &Context<'_>,
    channel: &Channel,
    photo: Option<&Photo>,
    (window, found): (Window, &Page),
) -> Markup {
    let view = View { context, channel, shown: &found.shown };
    let name = view.name();
    let (kept, cut) = fitting(&view, found, matches!(window, Window::After(_)));
    let upwards = matches!(window, Window::After(_));
    let older = found.older || cut && !upwards;
    let newer = found.newer || cut && upwards;
    let texts = context.texts();
    let path = match window {
        Window::Newest => format!("/s/{name}"),
        Window::Before(id) => format!("/s/{name}?before={}", id.0),
        Window::After(id) => format!("/s/{name}?after={}", id.0),
    };
    let picture = photo.and_then(|photo| photo_path(name, photo, 320));
    let head = Head {
        title: channel.title.clone(),
        description: channel.about.clone(),
        path,
        image: picture,
        kind: "website",
        feeds: Some(name.to_owned()),
        indexed: true,
        unquoted: channel.noforwards || found.posts.iter().any(|post| view.is_protected(post)),
    };
    let before = kept.last().and_then(|(post, _)| post.first()).filter(|_| older);
    let after = kept.first().and_then(|(post, _)| post.last()).filter(|_| newer);
    let body = html! {
        (banner(context, channel, photo))
        main.stream {
            @if let Some(message) = after {
                a.turn rel="prev" href=(context.link(&format!("/s/{name}?after={}", message.id.0))) { (texts.newer) }
            }
            @for (_, shown) in &kept { (shown) }
            @if kept.is_empty() { p.empty { (texts.no_posts) } }
            @if let Some(message) = before {
                a.turn rel="next" href=(context.link(&format!("/s/{name}?before={}", message.id.0))) { (texts.older) }
            }
        }
    };
    page(context, &head, &body)
}

/// The posts that fit, newest first, from the end where the page begins; and whether some did not.
fn fitting<'p>(
    view: &View<'_>,
    found: &'p Page,
    upwards: bool,
) -> (Vec<(&'p Posts, Markup)>, bool) {
    let mut kept = Vec::new();
    let mut bytes = 0;
    let ordered: Vec<&Posts> =
        if upwards { found.posts.iter().rev().collect() } else { found.posts.iter().collect() };
    for post in ordered {
        let shown = post::article(view, post);
        bytes += shown.0.len();
        if bytes > POSTS_BYTES && !kept.is_empty() {
            break;
        }
        kept.push((post, shown));
    }
    let cut = kept.len() < found.posts.len();
    if upwards {
        kept.reverse();
    }
    (kept, cut)
}

/// Whose posts these are.
fn banner(context: &Context<'_>, channel: &Channel, photo: Option<&Photo>) -> Markup {
    let name = channel.username.as_deref().unwrap_or_default();
    let texts = context.texts();
    let picture = photo.and_then(|photo| photo_path(name, photo, 160));
    html! {
        header.banner {
            (avatar(context, &channel.title, picture.as_deref(), false))
            div.whose {
                h1 { a href=(context.link(&format!("/s/{name}"))) { bdi { (channel.title) } } }
                p {
                    (context.language.counted(&texts.subscribers, channel.participants))
                    " · " bdi dir="ltr" { "@" (name) }
                }
            }
            a.act href={ "tg://resolve?domain=" (name) } { (texts.open) }
            @if !channel.about.is_empty() { div.about { (text::plain(&channel.about)) } }
        }
    }
}

/// The page of one post.
pub(crate) fn single(
    context: &Context<'_>,
    channel: &Channel,
    photo: Option<&Photo>,
    found: &Single,
) -> Markup {
    let view = View { context, channel, shown: &found.page.shown };
    let name = view.name();
    let Some(shown) = found.page.posts.first() else { return html! {} };
    let number = shown.first().map_or(0, |message| message.id.0);
    let texts = context.texts();
    let picture = post::picture(&view, shown)
        .or_else(|| photo.and_then(|photo| photo_path(name, photo, 320)));
    let head = Head {
        title: format!("{}: {}", channel.title, post::title(&view, shown)),
        description: post::quotable(&view, shown).map(Cow::into_owned).unwrap_or_default(),
        path: format!("/{name}/{number}"),
        image: picture,
        kind: "article",
        feeds: Some(name.to_owned()),
        indexed: true,
        unquoted: view.is_protected(shown),
    };
    let neighbour = |id: model::MessageId| context.link(&format!("/{name}/{}", id.0));
    let body = html! {
        (banner(context, channel, photo))
        main.stream {
            (post::article(&view, shown))
            p.acts { a.act href={ "tg://resolve?domain=" (name) "&post=" (number) } { (texts.open) } }
            nav.turns aria-label=(texts.pages) {
                @if let Some(id) = found.newer { a.turn rel="prev" href=(neighbour(id)) { (texts.newer) } }
                a.turn href=(context.link(&format!("/s/{name}"))) { (texts.all_posts) }
                @if let Some(id) = found.older { a.turn rel="next" href=(neighbour(id)) { (texts.older) } }
            }
        }
    };
    page(context, &head, &body)
}
