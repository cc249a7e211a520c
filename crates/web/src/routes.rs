//! Which address shows what.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use model::channel::Channel;
use services::public::{self, Found, Visitor, Window};
use services::{Core, Error};
use tokio::sync::Semaphore;

use crate::answer::{Page, guard};
use crate::cache::{Cache, Key, Kind};
use crate::language::Language;
use crate::layout::Context;
use crate::{card, feeds, files, sitemap, stream};

/// Pages made at the same time; more wait. Connections are bounded elsewhere, and so is this queue.
const MAKERS: usize = 32;
/// Bytes of an address in `?url=`.
const ADDRESS_BYTES: usize = 512;

/// What the pages share.
pub(crate) struct Web {
    core: Arc<Core>,
    url: String,
    cache: Cache,
    makers: Semaphore,
}

type Shared = State<Arc<Web>>;
type From = Option<Extension<Visitor>>;

/// What an address may ask for; everything else in it is passed over.
#[derive(Default)]
struct Asked {
    lang: Option<Language>,
    before: Option<String>,
    after: Option<String>,
    url: Option<String>,
}

impl Asked {
    fn of(Query(pairs): Query<Vec<(String, String)>>) -> Self {
        let mut asked = Self::default();
        for (key, value) in pairs {
            match key.as_str() {
                "lang" => asked.lang = Language::of_tag(&value),
                "before" => asked.before = Some(value),
                "after" => asked.after = Some(value),
                "url" => asked.url = Some(value),
                _ => {}
            }
        }
        asked
    }

    fn window(&self) -> Window {
        let before = self.before.as_deref().and_then(files::number);
        let after = self.after.as_deref().and_then(files::number);
        match (before, after) {
            (Some(id), _) => Window::Before(id),
            (None, Some(id)) => Window::After(id),
            (None, None) => Window::Newest,
        }
    }
}

/// One request.
struct Request<'a> {
    web: &'a Web,
    headers: HeaderMap,
    visitor: Option<Visitor>,
    language: Language,
    chosen: bool,
}

type Pairs = Result<Query<Vec<(String, String)>>, axum::extract::rejection::QueryRejection>;

/// The public pages. Starts to listen for what changes, on the runtime it is called on.
pub(crate) fn routes(core: Arc<Core>, url: String) -> Router {
    let web = Arc::new(Web { core, url, cache: Cache::default(), makers: Semaphore::new(MAKERS) });
    let mut changes = public::Changes::subscribe(&web.core);
    let watching = Arc::downgrade(&web);
    tokio::spawn(async move {
        while let (Some(channel), Some(web)) = (changes.next().await, watching.upgrade()) {
            web.cache.forget(channel);
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
        .with_state(web)
}

impl<'a> Request<'a> {
    fn new(web: &'a Web, headers: HeaderMap, visitor: &From, asked: &Asked) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language =
            asked.lang.unwrap_or_else(|| Language::accepted(accepted.unwrap_or_default()));
        let visitor = visitor.as_ref().map(|Extension(visitor)| *visitor);
        Self { web, language, chosen: asked.lang.is_some(), visitor, headers }
    }

    fn context(&self) -> Context<'a> {
        Context { url: &self.web.url, root: "", language: self.language, chosen: self.chosen }
    }

    /// Feeds speak the default language and name everything in full: readers keep them elsewhere.
    fn abroad(&self) -> Context<'a> {
        let url = &self.web.url;
        Context { url, root: url, language: Language::English, chosen: false }
    }

    fn check_rate(&self) -> Result<(), Error> {
        self.visitor.map_or(Ok(()), |visitor| public::check_rate(&self.web.core, visitor))
    }

    fn nothing(&self) -> Response {
        let text = card::nothing(&self.context()).into_string();
        Page::html(text, self.web.core.now()).answer(StatusCode::NOT_FOUND, &self.headers)
    }

    fn page(&self, text: String) -> Response {
        Page::html(text, self.web.core.now()).answer(StatusCode::OK, &self.headers)
    }

    fn failed(&self, error: &Error) -> Response {
        let busy = self.language.texts().busy;
        let (status, wait) = match error {
            Error::FloodWait(seconds) => (StatusCode::TOO_MANY_REQUESTS, *seconds),
            error => {
                tracing::warn!(%error, "a public page could not be made");
                (StatusCode::SERVICE_UNAVAILABLE, 1)
            }
        };
        let mut response = (status, busy).into_response();
        guard(response.headers_mut(), crate::answer::POLICY);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        response
    }

    fn settle(&self, answer: Result<Option<Response>, Error>) -> Response {
        match answer {
            Ok(Some(response)) => response,
            Ok(None) => self.nothing(),
            Err(error) => self.failed(&error),
        }
    }

    /// A page of a channel, from memory if it is still good.
    async fn kept(
        &self,
        channel: &Channel,
        kind: Kind,
        make: impl Future<Output = Result<Option<Page>, Error>>,
    ) -> Result<Option<Response>, Error> {
        let key: Key = match kind {
            Kind::Atom | Kind::Json => (kind, Language::English, false),
            kind => (kind, self.language, self.chosen),
        };
        let now = self.web.core.now();
        let page = match self.web.cache.find(channel, key, now) {
            Some(page) => page,
            None => {
                self.check_rate()?;
                let permit = self.web.makers.acquire().await;
                let made = make.await?;
                drop(permit);
                let Some(page) = made else { return Ok(None) };
                self.web.cache.keep(channel, key, page, now)
            }
        };
        Ok(Some(page.answer(StatusCode::OK, &self.headers)))
    }
}

fn asked(pairs: Pairs) -> Asked {
    pairs.map(Asked::of).unwrap_or_default()
}

/// `/{name}`, and `/+{word}`.
async fn name(
    State(web): Shared,
    from: From,
    Path(name): Path<String>,
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
    Path(word): Path<String>,
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
    Path(name): Path<String>,
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
            Ok(Some(Page::html(shown.into_string(), web.core.now())))
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
    Path((name, post)): Path<(String, String)>,
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
            Ok(Some(Page::html(shown.into_string(), web.core.now())))
        };
        request.kept(&channel, Kind::Post(id), make).await
    };
    request.settle(answer.await)
}

async fn atom(
    State(web): Shared,
    from: From,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let request = Request::new(&web, headers, &from, &Asked::default());
    request.settle(feed(&request, &name, Kind::Atom).await)
}

async fn json(
    State(web): Shared,
    from: From,
    Path(name): Path<String>,
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
        Ok(Some(Page::new(mime, text, core.now())))
    };
    request.kept(&channel, kind, make).await
}

/// `/m/{name}/photo-x.jpg`: the photo of a channel, a person, or an invitation.
async fn photo(
    State(web): Shared,
    from: From,
    Path((name, part)): Path<(String, String)>,
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
    Path((name, post, part)): Path<(String, String, String)>,
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
        Ok(Some(Page::new(kind, text, web.core.now()).answer(StatusCode::OK, &request.headers)))
    };
    request.settle(answer.await)
}

async fn robots(State(web): Shared, headers: HeaderMap) -> Response {
    let text = sitemap::robots(&web.url);
    Page::new("text/plain; charset=utf-8", text, web.core.now()).answer(StatusCode::OK, &headers)
}

const XML: &str = "application/xml; charset=utf-8";

async fn index(State(web): Shared, from: From, headers: HeaderMap) -> Response {
    let request = Request::new(&web, headers, &from, &Asked::default());
    let answer = async {
        request.check_rate()?;
        let text = sitemap::index(&web.url, public::chunks(&web.core).await?);
        Ok(Some(Page::new(XML, text, web.core.now()).answer(StatusCode::OK, &request.headers)))
    };
    request.settle(answer.await)
}

async fn chunk(
    State(web): Shared,
    from: From,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Response {
    let request = Request::new(&web, headers, &from, &Asked::default());
    let answer = async {
        request.check_rate()?;
        let Some(number) = files::number(&number) else { return Ok(None) };
        let permit = web.makers.acquire().await;
        let channels = public::channels_in_chunk(&web.core, i64::from(number.0)).await?;
        drop(permit);
        let text = sitemap::chunk(&web.url, &channels);
        Ok(Some(Page::new(XML, text, web.core.now()).answer(StatusCode::OK, &request.headers)))
    };
    request.settle(answer.await)
}

/// Every other address.
async fn nothing(State(web): Shared, from: From, pairs: Pairs, headers: HeaderMap) -> Response {
    Request::new(&web, headers, &from, &asked(pairs)).nothing()
}
