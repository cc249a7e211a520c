//! Public pages, health and metrics.
//!
//! Pages are made at compile time from templates; they need no script and set no cookie. Neighbours: the gateway serves
//! the router on its one port; `web` knows neither `rpc` nor TL.

mod home;
mod metrics;

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

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
    /// The RSA key, PKCS#1 PEM.
    pub public_key_pem: String,
    /// Its fingerprint, 16 hexadecimal digits.
    pub fingerprint: String,
}

/// All pages.
pub fn router(site: &Site, counters: Counters) -> Router {
    let page: Arc<str> = home::page(site).into_string().into();
    Router::new()
        .route(
            "/",
            get(move || {
                let answer = html(&page);
                std::future::ready(answer)
            }),
        )
        .route(
            "/style.css",
            get(|| {
                std::future::ready((
                    [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
                    home::STYLE,
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
}

/// A page with the headers that forbid everything it does not need.
fn html(page: &str) -> impl IntoResponse + use<> {
    let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    (
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
        ],
        page.to_owned(),
    )
}
