//! What a post carries: pictures, films, sounds, files, polls, places.

use maud::{Markup, html};
use model::media::{Document, DocumentAttribute, Media, Photo, PhotoSize};
use model::message::{Action, MediaClass, Message};
use model::poll::{Poll, Results};
use services::public::{self, Posts};

use super::View;

/// Pixels of a picture beside the text.
const PICTURE_SIDE: i32 = 800;

/// What a message carries, in a word.
pub(super) fn kind(view: &View<'_>, message: &Message) -> Option<&'static str> {
    let texts = view.context.texts();
    Some(match message.body.media.as_ref()? {
        Media::Photo { .. } => texts.photo,
        Media::Document { class, .. } => match class {
            MediaClass::Video => texts.video,
            MediaClass::Gif => texts.animation,
            MediaClass::RoundVideo => texts.video_message,
            MediaClass::Voice => texts.voice,
            MediaClass::Music => texts.audio,
            _ => texts.file,
        },
        Media::Poll { .. } => texts.poll,
        Media::Geo { .. } | Media::Venue { .. } => texts.place,
        Media::Contact { .. } | Media::Dice { .. } => return None,
    })
}

/// Everything that a post carries, an album as a grid.
pub(super) fn of_post(view: &View<'_>, post: &Posts) -> Markup {
    let is_picture = |message: &&Message| {
        matches!(
            &message.body.media,
            Some(Media::Photo { .. } | Media::Document { class: MediaClass::Video, .. })
        )
    };
    let pictures: Vec<&Message> = post.iter().filter(is_picture).collect();
    let others = post.iter().filter(|message| !is_picture(message));
    html! {
        @if pictures.len() > 1 {
            div class={ "album of" (pictures.len()) } {
                @for (place, message) in pictures.iter().enumerate() {
                    (one(view, message, Some((place + 1, pictures.len()))))
                }
            }
        } @else {
            @for message in &pictures { (one(view, message, None)) }
        }
        @for message in others { (one(view, message, None)) }
    }
}

fn one(view: &View<'_>, message: &Message, place: Option<(usize, usize)>) -> Markup {
    let Some(media) = &message.body.media else { return html! {} };
    let texts = view.context.texts();
    match media {
        Media::Photo { ttl_s: Some(_), .. } | Media::Document { ttl_s: Some(_), .. } => {
            html! { p.quiet { (texts.gone) } }
        }
        Media::Photo { photo, spoiler, .. } => match view.shown.files.photos.get(photo) {
            Some(photo) => {
                veiled(view, message, *spoiler, &photo_figure(view, message, photo, place))
            }
            None => html! { p.quiet { (texts.gone) } },
        },
        Media::Document { document, spoiler, class, cover, .. } => {
            match view.shown.files.documents.get(document) {
                Some(found) => {
                    let cover = cover.and_then(|cover| view.shown.files.photos.get(&cover));
                    let shown = document_figure(view, message, found, (*class, cover));
                    veiled(view, message, *spoiler, &shown)
                }
                None => html! { p.quiet { (texts.gone) } },
            }
        }
        Media::Poll { poll } => match view.shown.polls.get(poll) {
            Some((poll, results)) => poll_figure(view, poll, results),
            None => html! {},
        },
        Media::Contact { phone, first_name, last_name, .. } => html! {
            p.box { strong { bdi { (first_name) " " (last_name) } } br; bdi dir="ltr" { (phone) } }
        },
        Media::Geo { lat, long, .. } => place_box(view, *lat, *long, "", ""),
        Media::Venue { lat, long, title, address, .. } => {
            place_box(view, *lat, *long, title, address)
        }
        Media::Dice { emoticon, value } => html! { p.dice { (emoticon) " " (value) } },
    }
}

/// Hidden media open at a click, without a script; what is not open is not loaded. Elsewhere a link leads to where it opens.
fn veiled(view: &View<'_>, message: &Message, spoiler: bool, shown: &Markup) -> Markup {
    html! {
        @if spoiler && view.context.is_abroad() {
            p { a href=(view.path(message)) { (view.context.texts().hidden) } }
        } @else if spoiler {
            details.veil { summary { (view.context.texts().hidden) } (shown) }
        } @else {
            (shown)
        }
    }
}

fn base(view: &View<'_>, message: &Message) -> String {
    view.context.file(&format!("/m/{}/{}", view.name(), message.id.0))
}

/// The size next to what is shown.
fn shown_size(sizes: &[PhotoSize]) -> Option<&PhotoSize> {
    let fits = sizes.iter().rev().find(|size| size.width.max(size.height) <= PICTURE_SIDE);
    fits.or_else(|| sizes.first())
}

fn photo_figure(
    view: &View<'_>,
    message: &Message,
    photo: &Photo,
    place: Option<(usize, usize)>,
) -> Markup {
    let base = base(view, message);
    let texts = view.context.texts();
    let (Some(size), Some(largest)) = (shown_size(&photo.sizes), photo.sizes.last()) else {
        return html! {};
    };
    let address = |size: &PhotoSize| format!("{base}/photo-{}.jpg", size.kind);
    let set: Vec<String> =
        photo.sizes.iter().map(|size| format!("{} {}w", address(size), size.width)).collect();
    let alt = place.map_or_else(
        || texts.photo.to_owned(),
        |(place, of)| format!("{} {place}/{of}", texts.photo),
    );
    let image = html! {
        img src=(address(size)) srcset=(set.join(", ")) sizes="(max-width: 40rem) 100vw, 38rem"
            width=(size.width) height=(size.height) alt=(alt) loading="lazy" decoding="async";
    };
    html! {
        @if public::is_protected(view.channel, message) {
            span.picture { (image) }
        } @else {
            a.picture href=(address(largest)) { (image) }
        }
    }
}

/// What a document's attributes say.
#[derive(Default)]
struct Facts<'a> {
    width: i32,
    height: i32,
    duration_s: i64,
    title: Option<&'a str>,
    performer: Option<&'a str>,
    name: Option<&'a str>,
    sticker: Option<&'a str>,
}

fn facts(document: &Document) -> Facts<'_> {
    let mut facts = Facts::default();
    for attribute in &document.attributes {
        match attribute {
            DocumentAttribute::ImageSize { width, height } => {
                (facts.width, facts.height) = (*width, *height);
            }
            DocumentAttribute::Video { duration_s, width, height, .. } => {
                (facts.width, facts.height) = (*width, *height);
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "two months at most, checked when stored"
                )]
                let seconds = *duration_s as i64;
                facts.duration_s = seconds;
            }
            DocumentAttribute::Audio { duration_s, title, performer, .. } => {
                facts.duration_s = i64::from(*duration_s);
                facts.title = title.as_deref();
                facts.performer = performer.as_deref();
            }
            DocumentAttribute::FileName { name } => facts.name = Some(name),
            DocumentAttribute::Sticker { alt } => facts.sticker = Some(alt),
            DocumentAttribute::Animated | DocumentAttribute::HasStickers => {}
        }
    }
    facts
}

fn document_figure(
    view: &View<'_>,
    message: &Message,
    document: &Document,
    (class, cover): (MediaClass, Option<&Photo>),
) -> Markup {
    let facts = facts(document);
    match class {
        MediaClass::Video | MediaClass::Gif | MediaClass::RoundVideo => {
            film(view, message, document, (&facts, class, cover))
        }
        MediaClass::Voice | MediaClass::Music => sound(view, message, &facts, class),
        _ => match facts.sticker {
            Some(_) if document.mime_type == "image/webp" => html! {
                img.sticker src={ (base(view, message)) "/file" } width="192" height="192" alt=(facts.sticker.unwrap_or(view.context.texts().sticker)) loading="lazy";
            },
            Some(alt) => html! { p.dice { (alt) } },
            None => file_box(view, message, document, &facts),
        },
    }
}

/// What a player of a protected post does not offer.
fn kept(view: &View<'_>, message: &Message) -> Option<&'static str> {
    public::is_protected(view.channel, message).then_some("nodownload")
}

fn film(
    view: &View<'_>,
    message: &Message,
    document: &Document,
    (facts, class, cover): (&Facts<'_>, MediaClass, Option<&Photo>),
) -> Markup {
    let base = base(view, message);
    let poster = match cover.and_then(|cover| shown_size(&cover.sizes)) {
        Some(size) => Some(format!("{base}/cover-{}.jpg", size.kind)),
        None => document.thumbs.last().map(|size| format!("{base}/thumb-{}.jpg", size.kind)),
    };
    let label = kind(view, message).unwrap_or(view.context.texts().video);
    let side = |pixels: i32| (pixels > 0).then_some(pixels);
    let gif = class == MediaClass::Gif;
    let style = if class == MediaClass::RoundVideo { "film round" } else { "film" };
    html! {
        video class=(style) controls controlslist=[kept(view, message)] muted[gif] loop[gif] playsinline preload="none" aria-label=(label)
            width=[side(facts.width)] height=[side(facts.height)] poster=[poster] src={ (base) "/file" } {}
    }
}

fn sound(view: &View<'_>, message: &Message, facts: &Facts<'_>, class: MediaClass) -> Markup {
    let texts = view.context.texts();
    let file = format!("{}/file", base(view, message));
    let kept = kept(view, message);
    let named = facts.title.or(facts.name);
    html! {
        div.sound {
            p {
                @if class == MediaClass::Voice || named.is_none() {
                    strong { (if class == MediaClass::Voice { texts.voice } else { texts.audio }) }
                } @else {
                    strong { bdi { (named.unwrap_or_default()) } }
                    @if let Some(performer) = facts.performer { " · " bdi { (performer) } }
                }
                @if facts.duration_s > 0 { " " span.quiet dir="ltr" { (length(facts.duration_s)) } }
            }
            audio controls controlslist=[kept] preload="none" src=(file) aria-label=(named.unwrap_or(texts.audio)) {}
        }
    }
}

fn file_box(view: &View<'_>, message: &Message, document: &Document, facts: &Facts<'_>) -> Markup {
    let base = base(view, message);
    let texts = view.context.texts();
    let name = facts.name.unwrap_or(texts.file);
    let kept = public::is_protected(view.channel, message);
    let inside = html! {
        @if let Some(thumb) = document.thumbs.last() {
            img src={ (base) "/thumb-" (thumb.kind) ".jpg" } width="64" height="64" alt="" loading="lazy";
        } @else {
            span.kind aria-hidden="true" dir="ltr" { (extension(name)) }
        }
        span {
            bdi { (name) }
            span.quiet dir="ltr" { (bytes(document.size_bytes)) }
            @if kept { span.quiet { (texts.only_in_app) } }
        }
    };
    html! {
        @if kept { div.file { (inside) } } @else { a.file href={ (base) "/file" } download { (inside) } }
    }
}

/// The end of a file's name, as a mark.
fn extension(name: &str) -> String {
    let end = name.rsplit_once('.').map(|(_, end)| end).filter(|end| end.chars().count() <= 5);
    end.unwrap_or("•").to_uppercase()
}

fn poll_figure(view: &View<'_>, poll: &Poll, results: &Results) -> Markup {
    let texts = view.context.texts();
    let kind = if poll.quiz { texts.quiz } else { texts.poll };
    html! {
        div.poll {
            p.question dir="auto" { strong { (poll.question) } }
            p.quiet {
                (kind)
                @if poll.closed { " · " (texts.closed) }
            }
            ul {
                @for (place, answer) in poll.answers.iter().enumerate() {
                    @let percent = percent(results.counts.get(place).copied().unwrap_or(0), results.voters);
                    li {
                        bdi { (answer.text) }
                        span.quiet dir="ltr" { (percent) "%" }
                        progress max="100" value=(percent) aria-label=(answer.text) {}
                    }
                }
            }
            p.quiet { (view.context.language.counted(&texts.votes, results.voters)) }
        }
    }
}

fn percent(part: i32, of: i32) -> i64 {
    let of = i64::from(of.max(1));
    ((i64::from(part) * 100 + of / 2) / of).clamp(0, 100)
}

fn place_box(view: &View<'_>, lat: f64, long: f64, title: &str, address: &str) -> Markup {
    html! {
        p.box {
            @if !title.is_empty() { strong { bdi { (title) } } br; }
            @if !address.is_empty() { bdi { (address) } br; }
            a href={ "geo:" (lat) "," (long) } { (view.context.texts().place) " " bdi dir="ltr" { (format!("{lat:.5}, {long:.5}")) } }
        }
    }
}

fn length(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds % 3600 / 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// A size for people.
fn bytes(size: i64) -> String {
    let (unit, word) = match size {
        ..1024 => return format!("{size} B"),
        1024..1_048_576 => (1024, "KB"),
        1_048_576..1_073_741_824 => (1_048_576, "MB"),
        _ => (1_073_741_824, "GB"),
    };
    format!("{}.{} {word}", size / unit, size % unit * 10 / unit)
}

/// Where a message's picture is, for previews.
pub(super) fn picture(view: &View<'_>, message: &Message) -> Option<String> {
    let base = format!("/m/{}/{}", view.name(), message.id.0);
    if let Some(Action::ChatEditPhoto { photo }) = message.body.action {
        let size = shown_size(&view.shown.files.photos.get(&photo)?.sizes)?;
        return Some(format!("{base}/photo-{}.jpg", size.kind));
    }
    match message.body.media.as_ref()? {
        Media::Photo { photo, spoiler: false, ttl_s: None } => {
            let size = shown_size(&view.shown.files.photos.get(photo)?.sizes)?;
            Some(format!("{base}/photo-{}.jpg", size.kind))
        }
        Media::Document { document, spoiler: false, ttl_s: None, .. } => {
            let thumb = view.shown.files.documents.get(document)?.thumbs.last()?;
            Some(format!("{base}/thumb-{}.jpg", thumb.kind))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_lengths_and_shares_are_short() {
        assert_eq!([bytes(0), bytes(1536), bytes(5 << 20)], ["0 B", "1.5 KB", "5.0 MB"]);
        assert_eq!([length(5), length(65), length(3661)], ["0:05", "1:05", "1:01:01"]);
        assert_eq!([percent(0, 0), percent(1, 3), percent(2, 3), percent(9, 3)], [0, 33, 67, 100]);
        assert_eq!(
            [extension("a.tar.gz"), extension("README"), extension("x.<b>")],
            ["GZ", "•", "<B>"]
        );
    }
}
