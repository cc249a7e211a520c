//! Which address shows what.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use services::public::{self, Found, Window};
use services::{Core, Error};
use tokio::sync::Semaphore;

use crate::answer::{Page, guard};
use crate::cache::{Cache, Kind};
use crate::card::Trouble;
use crate::fixed::Fixed;
use crate::request::{Asked, From, Named, Pairs, Request, Shared, Web, asked};
use crate::{card, feeds, files, sitemap, stream};

/// Pages made at the same time; more wait. Connections are bounded elsewhere, and so is this queue.
const MAKERS: usize = 32;
/// Bytes of an address in `?url=`.
const ADDRESS_BYTES: usize = 512;

/// The public pages. Starts to listen for what changes, on the runtime it is called on.
pub(crate) fn routes(core: Arc<Core>, url: String) -> Router {
    let web = Arc::new(Web {
        core,
        url,
        cache: Cache::default(),
        fixed: Fixed::default(),
        makers: Semaphore::new(MAKERS),
    });
    let mut changes = public::Changes::subscribe(&web.core);
    let watching = Arc::downgrade(&web);
    tokio::spawn(async move {
        while let (Some(change), Some(web)) = (changes.next().await, watching.upgrade()) {
            match change {
                public::Change::Of(channel) => web.cache.forget(channel),
                public::Change::Unknown => web.cache.forget_all(),
            }
        }
    });
    Router::new()
        .route("/{name}", get(name))
        .route("/{name}/{post}", get(post))
        .route("/joinchat/{word}", get(invitation))
        .route("/s/{name}", get(list))
        .route("/s/{name}/atom.xml", get(atom))
        .route("/s/{name}/feed.json", get(json))
        .route("/m/{name}/{part}", get(photo))
        .route("/m/{name}/{post}/{part}", get(file))
        .route("/oembed.json", get(embed))
        .route("/robots.txt", get(robots))
        .route("/sitemap.xml", get(index))
        .route("/sitemap/{chunk}", get(chunk))
        .fallback(nothing)
        .method_not_allowed_fallback(refuse)
        .with_state(web)
}

/// `/{name}`, and `/+{word}`.
async fn name(
    State(web): Shared,
    from: From,
    Named(name): Named<String>,
    pairs: Pairs,
    headers: HeaderMap,
) -> Response {
    let request = Request::new(&web, headers, &from, &asked(pairs));
    if let Some(word) = name.strip_prefix('+') {
        return request.settle(invite(&request, word).await);
    }
    request.settle(found(&request, &name).await)
}

async fn found(request: &Request<'_>, name: &str) -> Result<Option<Response>, Error> {
    let (core, context) = (&request.web.core, request.context());
    match public::find(core, name).await? {
        Some(Found::Channel(channel)) => {
            let make = async {
                let photo = public::photo(core, &channel).await?;
                let text = card::channel(&context, &channel, photo.as_ref()).into_string();
                Ok(Some(Page::html(text, core.now())))
            };
            request.kept(&channel, Kind::Card, make).await
        }
        Some(Found::Person(person)) => {
            request.check_rate()?;
            Ok(Some(request.page(card::person(&context, &person).into_string())))
        }
        None => Ok(None),
    }
}

async fn invite(request: &Request<'_>, word: &str) -> Result<Option<Response>, Error> {
    request.check_rate()?;
    let preview = public::invitation(&request.web.core, word).await?;
    let show = |preview: Box<services::chats::join::Preview>| {
        request.page(card::invitation(&request.context(), word, &preview).into_string())
    };
    Ok(preview.map(show))
}

async fn invitation(
    State(web): Shared,
    from: From,
    Named(word): Named<String>,
    pairs: Pairs,
    headers: HeaderMap,
) -> Response {
    let request = Request::new(&web, headers, &from, &asked(pairs));
    request.settle(invite(&request, &word).await)
}

/// `/s/{name}`: whoever has no posts to show has a card.
async fn list(
    State(web): Shared,
    from: From,
    Named(name): Named<String>,
    pairs: Pairs,
    headers: HeaderMap,
) -> Response {
    let asked = asked(pairs);
    let request = Request::new(&web, headers, &from, &asked);
    let answer = async {
        let channel = match public::find(&web.core, &name).await? {
            Some(Found::Channel(channel)) if channel.broadcast => channel,
            Some(_) => return Ok(Some(to_card(&request, &name))),
            None => return Ok(None),
        };
        let window = asked.window();
        let make = async {
            let page = public::page(&web.core, &channel, window).await?;
            let photo = public::photo(&web.core, &channel).await?;
            let shown = stream::list(&request.context(), &channel, photo.as_ref(), (window, &page));
            let made = Page::html(shown.into_string(), web.core.now());
            Ok(Some(made.lasting(page.shown.lasts_s)))
        };
        request.kept(&channel, Kind::List(window), make).await
    };
    request.settle(answer.await)
}

fn to_card(request: &Request<'_>, name: &str) -> Response {
    let mut response =
        Redirect::temporary(&request.context().link(&format!("/{name}"))).into_response();
    guard(response.headers_mut(), crate::answer::POLICY);
    response
}

/// `/{name}/{post}`.
async fn post(
    State(web): Shared,
    from: From,
    Named((name, post)): Named<(String, String)>,
    pairs: Pairs,
    headers: HeaderMap,
) -> Response {
    let request = Request::new(&web, headers, &from, &asked(pairs));
    let answer = async {
        let Some(id) = files::number(&post) else { return Ok(None) };
        let channel = match public::find(&web.core, &name).await? {
            Some(Found::Channel(channel)) => channel,
            Some(Found::Person(_)) | None => return Ok(None),
        };
        if !channel.broadcast {
            return Ok(Some(to_card(&request, &name)));
        }
        let make = async {
            let Some(found) = public::post(&web.core, &channel, id).await? else {
                return Ok(None);
            };
            let photo = public::photo(&web.core, &channel).await?;
            let shown = stream::single(&request.context(), &channel, photo.as_ref(), &found);
            let made = Page::html(shown.into_string(), web.core.now());
            Ok(Some(made.lasting(found.page.shown.lasts_s)))
        };
        request.kept(&channel, Kind::Post(id), make).await
    };
    request.settle(answer.await)
}

async fn atom(
    State(web): Shared,
    from: From,
    Named(name): Named<String>,
    headers: HeaderMap,
) -> Response {
    let request = Request::new(&web, headers, &from, &Asked::default());
    request.settle(feed(&request, &name, Kind::Atom).await)
}

async fn json(
    State(web): Shared,
    from: From,
    Named(name): Named<String>,
    headers: HeaderMap,
) -> Response {
    let request = Request::new(&web, headers, &from, &Asked::default());
    request.settle(feed(&request, &name, Kind::Json).await)
}

async fn feed(request: &Request<'_>, name: &str, kind: Kind) -> Result<Option<Response>, Error> {
    let core = &request.web.core;
    let channel = match public::find(core, name).await? {
        Some(Found::Channel(channel)) if channel.broadcast => channel,
        _ => return Ok(None),
    };
    let make = async {
        let page = public::page(core, &channel, Window::Newest).await?;
        let context = request.abroad();
        let (mime, text) = if kind == Kind::Atom {
            ("application/atom+xml; charset=utf-8", feeds::atom(&context, &channel, &page))
        } else {
            ("application/feed+json; charset=utf-8", feeds::json(&context, &channel, &page))
        };
        Ok(Some(Page::new(mime, text, core.now()).lasting(page.shown.lasts_s)))
    };
    request.kept(&channel, kind, make).await
}

/// `/m/{name}/photo-x.jpg`: the photo of a channel, a person, or an invitation.
async fn photo(
    State(web): Shared,
    from: From,
    Named((name, part)): Named<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let request = Request::new(&web, headers, &from, &Asked::default());
    let answer = async {
        request.check_rate()?;
        let found = match (name.strip_prefix('+'), files::part(&part)) {
            (Some(word), None) if part == "photo.jpg" => {
                public::invitation_photo(&web.core, word).await?
            }
            (None, Some(public::Part::Photo(size))) => {
                public::photo_file(&web.core, &name, &size).await?
            }
            _ => None,
        };
        Ok(found.map(|file| files::answer(&web.core, &file, &request.headers)))
    };
    request.settle(answer.await)
}

/// `/m/{name}/{post}/{part}`: a file of a post.
async fn file(
    State(web): Shared,
    from: From,
    Named((name, post, part)): Named<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let request = Request::new(&web, headers, &from, &Asked::default());
    let answer = async {
        request.check_rate()?;
        let (Some(id), Some(part)) = (files::number(&post), files::part(&part)) else {
            return Ok(None);
        };
        let found = public::file(&web.core, &name, id, &part).await?;
        Ok(found.map(|file| files::answer(&web.core, &file, &request.headers)))
    };
    request.settle(answer.await)
}

/// `/oembed.json?url=`.
async fn embed(State(web): Shared, from: From, pairs: Pairs, headers: HeaderMap) -> Response {
    let asked = asked(pairs);
    let request = Request::new(&web, headers, &from, &asked);
    let answer = async {
        request.check_rate()?;
        let url = asked.url.as_deref().filter(|url| url.len() <= ADDRESS_BYTES).unwrap_or_default();
        let path = url.strip_prefix(web.url.as_str()).and_then(|path| path.strip_prefix('/'));
        let path = path.unwrap_or_default().split(['?', '#']).next().unwrap_or_default();
        let (name, id) = match path.strip_prefix("s/").unwrap_or(path).split_once('/') {
            Some((name, post)) => (name, Some(post)),
            None => (path.strip_prefix("s/").unwrap_or(path), None),
        };
        let Some(Found::Channel(channel)) = public::find(&web.core, name).await? else {
            return Ok(None);
        };
        let single = match id.map(files::number) {
            Some(Some(id)) => match public::post(&web.core, &channel, id).await? {
                Some(single) => Some(single),
                None => return Ok(None),
            },
            Some(None) => return Ok(None),
            None => None,
        };
        let page = single.as_ref().map(|single| &single.page);
        let text = feeds::embed(&request.abroad(), &channel, page);
        let kind = "application/json; charset=utf-8";
        Ok(Some(request.made(StatusCode::OK, |now| Page::new(kind, text, now))))
    };
    request.settle(answer.await)
}

async fn robots(State(web): Shared, headers: HeaderMap) -> Response {
    let now = web.core.now();
    let page = Page::new("text/plain; charset=utf-8", sitemap::robots(&web.url), now);
    page.answer(StatusCode::OK, &headers, now)
}

const XML: &str = "application/xml; charset=utf-8";

async fn index(State(web): Shared, from: From, headers: HeaderMap) -> Response {
    let request = Request::new(&web, headers, &from, &Asked::default());
    let make = async {
        let text = sitemap::index(&web.url, public::chunks(&web.core).await?);
        Ok(Page::new(XML, text, web.core.now()))
    };
    request.settle(request.listed(None, make).await)
}

async fn chunk(
    State(web): Shared,
    from: From,
    Named(number): Named<String>,
    headers: HeaderMap,
) -> Response {
    let request = Request::new(&web, headers, &from, &Asked::default());
    let Some(number) = files::number(&number).map(|number| i64::from(number.0)) else {
        return request.settle(Ok(None));
    };
    let make = async {
        let channels = public::channels_in_chunk(&web.core, number).await?;
        Ok(Page::new(XML, sitemap::chunk(&web.url, &channels), web.core.now()))
    };
    request.settle(request.listed(Some(number), make).await)
}

/// A method that changes something: nothing here can be changed.
async fn refuse(State(web): Shared, pairs: Pairs, headers: HeaderMap) -> Response {
    let request = Request::new(&web, headers, &None, &asked(pairs));
    let mut response = request.trouble(StatusCode::METHOD_NOT_ALLOWED, Trouble::ReadOnly);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

/// Every other address.
async fn nothing(State(web): Shared, from: From, pairs: Pairs, headers: HeaderMap) -> Response {
    Request::new(&web, headers, &from, &asked(pairs)).settle(Ok(None))
}
