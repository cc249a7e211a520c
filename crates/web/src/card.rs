//! Cards: who or what has a public name, what an invite link leads to, and the page of nothing.

use maud::{Markup, html};
use model::channel::Channel;
use model::media::Photo;
use services::chats::join::Preview;
use services::views::UserView;

use crate::layout::{Context, Head, page};
use crate::post::text;

/// The largest square size up to `side` pixels.
pub(crate) fn photo_path(name: &str, photo: &Photo, side: i32) -> Option<String> {
    let fits = photo.sizes.iter().rev().find(|size| size.width <= side);
    let size = fits.or_else(|| photo.sizes.first())?;
    Some(format!("/m/{name}/photo-{}.jpg", size.kind))
}

/// A round picture, or the first letter on a calm ground.
pub(crate) fn avatar(
    context: &Context<'_>,
    title: &str,
    picture: Option<&str>,
    large: bool,
) -> Markup {
    let class = if large { "avatar large" } else { "avatar" };
    let side = if large { 128 } else { 64 };
    let letter: String = title.chars().next().unwrap_or('·').to_uppercase().collect();
    html! {
        @if let Some(path) = picture {
            img class=(class) src=(context.file(path)) width=(side) height=(side) alt="";
        } @else {
            span class=(class) aria-hidden="true" { bdi { (letter) } }
        }
    }
}

/// The card of a channel or supergroup.
pub(crate) fn channel(context: &Context<'_>, channel: &Channel, photo: Option<&Photo>) -> Markup {
    let name = channel.username.as_deref().unwrap_or_default();
    let texts = context.texts();
    let picture = photo.and_then(|photo| photo_path(name, photo, 320));
    let (kind, counted) = if channel.broadcast {
        (texts.channel, &texts.subscribers)
    } else {
        (texts.group, &texts.members)
    };
    let head = Head {
        title: channel.title.clone(),
        description: channel.about.clone(),
        path: format!("/{name}"),
        image: picture.clone(),
        kind: "website",
        feeds: channel.broadcast.then(|| name.to_owned()),
        indexed: true,
        unquoted: false,
    };
    let body = html! {
        main.card {
            (avatar(context, &channel.title, picture.as_deref(), true))
            h1 dir="auto" { (channel.title) }
            p.kind { (kind) " · " (context.language.counted(counted, channel.participants)) }
            p.name dir="ltr" { "@" (name) }
            (about(&channel.about))
            p.acts {
                a.act href={ "tg://resolve?domain=" (name) } { (texts.open) }
                @if channel.broadcast {
                    a.act.quiet href=(context.link(&format!("/s/{name}"))) { (texts.preview) }
                }
            }
        }
    };
    page(context, &head, &body)
}

fn about(text: &str) -> Markup {
    html! { @if !text.is_empty() { div.about { (text::plain(text)) } } }
}

/// The card of a person: only what everyone may see.
pub(crate) fn person(context: &Context<'_>, person: &UserView) -> Markup {
    let name = person.user.username.as_deref().unwrap_or_default();
    let title = full_name(person);
    let picture = person.photo.as_ref().and_then(|photo| photo_path(name, photo, 320));
    let head = Head {
        title: title.clone(),
        description: person.about.clone(),
        path: format!("/{name}"),
        image: picture.clone(),
        kind: "profile",
        ..Head::default()
    };
    let body = html! {
        main.card {
            (avatar(context, &title, picture.as_deref(), true))
            h1 dir="auto" { (title) }
            p.name dir="ltr" { "@" (name) }
            (about(&person.about))
            p.acts { a.act href={ "tg://resolve?domain=" (name) } { (context.texts().message) } }
        }
    };
    page(context, &head, &body)
}

/// First and last name.
pub(crate) fn full_name(person: &UserView) -> String {
    let (first, last) = person.names();
    format!("{first} {last}").trim().to_owned()
}

/// What an invite link leads to.
pub(crate) fn invitation(context: &Context<'_>, word: &str, preview: &Preview) -> Markup {
    let texts = context.texts();
    let (kind, counted) = if preview.broadcast {
        (texts.invited_channel, &texts.subscribers)
    } else {
        (texts.invited_group, &texts.members)
    };
    let picture = preview.photo.as_ref().map(|_| format!("/m/+{word}/photo.jpg"));
    let head = Head {
        title: preview.title.clone(),
        description: preview.about.clone(),
        kind: "website",
        path: format!("/+{word}"),
        image: picture.clone(),
        ..Head::default()
    };
    let act = if preview.request_needed { texts.request } else { texts.join };
    let body = html! {
        main.card {
            (avatar(context, &preview.title, picture.as_deref(), true))
            p.kind { (kind) }
            h1 dir="auto" { (preview.title) }
            p.kind { (context.language.counted(counted, preview.participants)) }
            (about(&preview.about))
            p.acts { a.act href={ "tg://join?invite=" (word) } { (act) } }
        }
    };
    page(context, &head, &body)
}

/// The page of every address that leads to nothing, or to nothing public. It does not repeat the address: all are the same.
pub(crate) fn nothing(context: &Context<'_>) -> Markup {
    let texts = context.texts();
    note(context, "·", texts.not_found, texts.not_found_more)
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Trouble {
    /// The visitor asks too often.
    Busy,
    /// The store does not answer.
    Away,
    /// A fault of ours.
    Fault,
    /// Something other than reading was asked.
    ReadOnly,
}

/// The page for whoever gets no answer.
pub(crate) fn trouble(context: &Context<'_>, trouble: Trouble) -> Markup {
    let texts = context.texts();
    let (title, more) = match trouble {
        Trouble::Busy => (texts.busy, texts.busy_more),
        Trouble::Away => (texts.away, texts.away_more),
        Trouble::Fault => (texts.fault, texts.fault_more),
        Trouble::ReadOnly => (texts.read_only, texts.read_only_more),
    };
    note(context, "!", title, more)
}

fn note(context: &Context<'_>, mark: &str, title: &str, more: &str) -> Markup {
    let head = Head { title: title.to_owned(), ..Head::default() };
    let body = html! {
        main.card {
            span.avatar.large aria-hidden="true" { (mark) }
            h1 { (title) }
            p { (more) }
        }
    };
    page(context, &head, &body)
}
