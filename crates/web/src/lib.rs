//! Public pages, health and metrics.
//!
//! Channels, posts, people and invitations as everyone may see them, feeds, files of posts, and a page for newcomers. Pages
//! are made at compile time from templates; they need no script and set no cookie. Neighbours: `services::public` says what is
//! public; the gateway serves the router on its one port; `web` knows neither `rpc` nor TL.

mod answer;
mod cache;
mod calendar;
mod card;
mod feeds;
mod files;
mod fixed;
mod home;
mod language;
mod layout;
mod metrics;
mod post;
mod request;
mod routes;
mod sitemap;
mod stream;
mod style;
mod texts;

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use services::Core;
use tokio::sync::watch;

pub use calendar::rfc3339;
pub use metrics::{Counters, Sample};

/// What the page for newcomers says of this server.
#[derive(Clone, Debug)]
pub struct Site {
    /// The address of the public pages.
    pub url: String,
    /// Host and port that clients dial.
    pub address: String,
    /// The DC number clients name.
    pub dc: i32,
    /// The server's key.
    pub key: KeyToCome,
}

/// The server's public key.
#[derive(Clone, Debug)]
pub struct PublicKey {
    /// PKCS#1 PEM.
    pub pem: String,
    /// 16 hexadecimal digits.
    pub fingerprint: String,
}

/// The server's key, once it is made: the page that shows it waits.
pub type KeyToCome = watch::Receiver<Option<PublicKey>>;

/// All pages. To be called on a runtime: it starts to listen for what changes.
pub fn router(site: Site, counters: Counters, core: Arc<Core>) -> Router {
    let url = site.url.clone();
    let site = Arc::new(site);
    Router::new()
        .route("/", get(move || home::answer(Arc::clone(&site))))
        .route(
            "/style.css",
            get(|| {
                std::future::ready((
                    [
                        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
                        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                    ],
                    style::TEXT,
                ))
            }),
        )
        .route(
            style::ICON_PATH,
            get(|| {
                std::future::ready((
                    [
                        (header::CONTENT_TYPE, "image/svg+xml"),
                        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
                        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                        (header::CACHE_CONTROL, "public, max-age=86400"),
                    ],
                    style::ICON,
                ))
            }),
        )
        .route("/healthz", get(|| std::future::ready("ok\n")))
        .route(
            "/metrics",
            get(move || {
                std::future::ready((
                    [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
                    counters.text(),
                ))
            }),
        )
        .merge(routes::routes(core, url))
}

/// A page with the headers that forbid everything it does not need.
fn html(page: &str) -> impl IntoResponse + use<> {
    (
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CONTENT_SECURITY_POLICY, answer::POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
        ],
        page.to_owned(),
    )
}
