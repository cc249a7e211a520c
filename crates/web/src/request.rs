//! One request for a page: who asks, for what, in which language; and how it is answered when there is no page.

use std::sync::Arc;

use axum::extract::{Extension, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use model::UnixTime;
use model::channel::Channel;
use services::public::{self, Visitor, Window};
use services::{Core, Error};
use tokio::sync::Semaphore;

use crate::answer::Page;
use crate::cache::{Cache, Key, Kind};
use crate::card::{self, Trouble};
use crate::files;
use crate::fixed::{Fixed, List};
use crate::language::Language;
use crate::layout::Context;

/// What the pages share.
pub(crate) struct Web {
    pub(crate) core: Arc<Core>,
    pub(crate) url: String,
    pub(crate) cache: Cache,
    pub(crate) fixed: Fixed,
    pub(crate) makers: Semaphore,
}

pub(crate) type Shared = State<Arc<Web>>;
pub(crate) type From = Option<Extension<Visitor>>;

/// What an address may ask for; everything else in it is passed over.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) lang: Option<Language>,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) url: Option<String>,
}

impl Asked {
    pub(crate) fn of(Query(pairs): Query<Vec<(String, String)>>) -> Self {
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

    pub(crate) fn window(&self) -> Window {
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
pub(crate) struct Request<'a> {
    pub(crate) web: &'a Web,
    pub(crate) headers: HeaderMap,
    pub(crate) visitor: Option<Visitor>,
    pub(crate) language: Language,
    pub(crate) chosen: bool,
}

/// The parts of a path. Whatever is not text is nobody's name: it is answered as what does not exist.
pub(crate) struct Named<T>(pub(crate) T);

impl<T> FromRequestParts<Arc<Web>> for Named<T>
where
    Path<T>: FromRequestParts<Arc<Web>>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Response> {
        if let Ok(Path(path)) = Path::<T>::from_request_parts(parts, web).await {
            return Ok(Self(path));
        }
        let pairs: Pairs = Query::from_request_parts(parts, web).await;
        let from = parts.extensions.get::<Visitor>().copied().map(Extension);
        let request = Request::new(web, parts.headers.clone(), &from, &asked(pairs));
        Err(request.settle(Ok(None)))
    }
}

pub(crate) type Pairs =
    Result<Query<Vec<(String, String)>>, axum::extract::rejection::QueryRejection>;

impl<'a> Request<'a> {
    pub(crate) fn new(web: &'a Web, headers: HeaderMap, visitor: &From, asked: &Asked) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language =
            asked.lang.unwrap_or_else(|| Language::accepted(accepted.unwrap_or_default()));
        let visitor = visitor.as_ref().map(|Extension(visitor)| *visitor);
        Self { web, language, chosen: asked.lang.is_some(), visitor, headers }
    }

    pub(crate) fn context(&self) -> Context<'a> {
        Context { url: &self.web.url, root: "", language: self.language, chosen: self.chosen }
    }

    /// Feeds speak the default language and name everything in full: readers keep them elsewhere.
    pub(crate) fn abroad(&self) -> Context<'a> {
        let url = &self.web.url;
        Context { url, root: url, language: Language::English, chosen: false }
    }

    pub(crate) fn check_rate(&self) -> Result<(), Error> {
        self.visitor.map_or(Ok(()), |visitor| public::check_rate(&self.web.core, visitor))
    }

    fn nothing(&self) -> Response {
        let now = self.web.core.now();
        let page = self.web.fixed.trouble((None, self.language, self.chosen), || {
            Page::html(card::nothing(&self.context()).into_string(), now)
        });
        page.answer(StatusCode::NOT_FOUND, &self.headers, now)
    }

    pub(crate) fn page(&self, text: String) -> Response {
        self.made(StatusCode::OK, |now| Page::html(text, now))
    }

    pub(crate) fn made(&self, status: StatusCode, page: impl FnOnce(UnixTime) -> Page) -> Response {
        let now = self.web.core.now();
        page(now).answer(status, &self.headers, now)
    }

    pub(crate) fn failed(&self, error: &Error) -> Response {
        let (status, trouble, wait) = match error {
            Error::FloodWait(seconds) => {
                (StatusCode::TOO_MANY_REQUESTS, Trouble::Busy, Some(*seconds))
            }
            Error::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, Trouble::Away, Some(1)),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, Trouble::Fault, None),
        };
        if trouble != Trouble::Busy {
            tracing::warn!(%error, "a public page could not be made");
        }
        let mut response = self.trouble(status, trouble);
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    /// A page that says why there is no other. Nobody keeps it.
    pub(crate) fn trouble(&self, status: StatusCode, trouble: Trouble) -> Response {
        let now = self.web.core.now();
        let page = self.web.fixed.trouble((Some(trouble), self.language, self.chosen), || {
            Page::html(card::trouble(&self.context(), trouble).into_string(), now)
        });
        let mut response = page.answer(status, &self.headers, now);
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    pub(crate) fn settle(&self, answer: Result<Option<Response>, Error>) -> Response {
        match answer {
            Ok(Some(response)) => response,
            // Whoever tries names is bounded as well.
            Ok(None) => match self.check_rate() {
                Ok(()) => self.nothing(),
                Err(error) => self.failed(&error),
            },
            Err(error) => self.failed(&error),
        }
    }

    /// A list for search engines, from memory if it is still good.
    pub(crate) async fn listed(
        &self,
        list: List,
        make: impl Future<Output = Result<Page, Error>>,
    ) -> Result<Option<Response>, Error> {
        let now = self.web.core.now();
        let page = match self.web.fixed.list(list, now) {
            Some(page) => page,
            None => {
                self.check_rate()?;
                let permit = self.web.makers.acquire().await;
                let page = make.await?;
                drop(permit);
                self.web.fixed.keep_list(list, page, now)
            }
        };
        Ok(Some(page.answer(StatusCode::OK, &self.headers, now)))
    }

    /// A page of a channel, from memory if it is still good.
    pub(crate) async fn kept(
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
        Ok(Some(page.answer(StatusCode::OK, &self.headers, now)))
    }
}

pub(crate) fn asked(pairs: Pairs) -> Asked {
    pairs.map(Asked::of).unwrap_or_default()
}
