//! HTTP on the same port: public pages, WebSocket, and MTProto over POST (`/api`).

use std::net::IpAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::extract::{DefaultBodyLimit, Extension, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use hyper_util::rt::TokioIo;
use model::AuthKeyId;
use mtproto::framing::{MAX_PACKET, TransportError};
use mtproto::session::{PacketKind, open_packet};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::listener::Place;
use crate::clock::SystemRandom;
use crate::handshakes::HandshakeAnswer;
use crate::sessions::LiveSession;
use crate::{Gateway, limits};

/// Who speaks, for the handlers.
#[derive(Clone)]
struct Peer {
    place: Arc<Place>,
    stopped: watch::Receiver<bool>,
}

/// The pages together with the two MTProto addresses.
pub(crate) fn routes(gateway: &Arc<Gateway>, pages: Router) -> Router {
    let (for_api, for_socket) = (Arc::downgrade(gateway), Arc::downgrade(gateway));
    pages
        .route("/api", any(move |Extension(peer), request| api(for_api.clone(), peer, request)))
        .route(
            "/apiw",
            any({
                let gateway = Arc::downgrade(gateway);
                move |Extension(peer), request| api(gateway.clone(), peer, request)
            }),
        )
        .route(
            "/apiws",
            get(move |Extension(peer), upgrade| {
                std::future::ready(websocket(&for_socket, peer, upgrade))
            }),
        )
        .layer(DefaultBodyLimit::max(MAX_PACKET))
}

fn websocket(
    gateway: &Weak<Gateway>,
    peer: Peer,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Some(gateway) = gateway.upgrade() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    match upgrade {
        Ok(upgrade) => upgrade
            .protocols(["binary"])
            .max_message_size(MAX_PACKET * 2)
            .on_upgrade(move |socket| gateway.serve_websocket(socket, peer.place, peer.stopped)),
        Err(rejection) => rejection.into_response(),
    }
}

/// One packet in, packets out. Browsers of any origin may call it: there are no cookies, the key is the proof.
async fn api(gateway: Weak<Gateway>, peer: Peer, request: Request) -> Response {
    let Some(gateway) = gateway.upgrade() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let mut response = match *request.method() {
        axum::http::Method::POST => match body(request).await {
            Ok(packet) => match gateway.http_packet(peer.place.ip, packet.to_vec()).await {
                Ok(packet) => packet.into_response(),
                Err(TransportError(code)) => {
                    StatusCode::from_u16(u16::try_from(-code).unwrap_or(404))
                        .unwrap_or(StatusCode::NOT_FOUND)
                        .into_response()
                }
            },
            Err(status) => status.into_response(),
        },
        axum::http::Method::OPTIONS => StatusCode::OK.into_response(),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "origin, content-type"),
        (HeaderName::from_static("access-control-max-age"), "1728000"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if response.status() == StatusCode::OK {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    }
    response
}

/// The packet. Like a head, it has to be there within a while: a body that trickles in would hold its connection for ever.
async fn body(request: Request) -> Result<Bytes, StatusCode> {
    let read = axum::body::to_bytes(request.into_body(), MAX_PACKET);
    match tokio::time::timeout(limits::FIRST_PACKET, read).await {
        Ok(Ok(packet)) => Ok(packet),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

impl Gateway {
    /// Serves HTTP on a connection whose first bytes were read already.
    pub(super) async fn serve_http(
        self: Arc<Self>,
        socket: TcpStream,
        buffered: Vec<u8>,
        place: Arc<Place>,
        mut stopped: watch::Receiver<bool>,
    ) {
        let visitor = services::public::Visitor(place.ip);
        let router = self.router.lock().clone();
        let router = router
            .layer(Extension(Peer { place, stopped: stopped.clone() }))
            .layer(Extension(visitor));
        let service = hyper_util::service::TowerToHyperService::new(router);
        let io = TokioIo::new(Replayed { buffered, read: 0, socket });
        let mut builder = hyper::server::conn::http1::Builder::new();
        builder.timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(limits::FIRST_PACKET);
        let mut connection = std::pin::pin!(builder.serve_connection(io, service).with_upgrades());
        let outcome = tokio::select! {
            outcome = connection.as_mut() => outcome,
            _ = stopped.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = outcome {
            tracing::debug!(%error, "http connection ended");
        }
    }

    async fn http_packet(
        self: &Arc<Self>,
        ip: IpAddr,
        packet: Vec<u8>,
    ) -> Result<Vec<u8>, TransportError> {
        match PacketKind::of(&packet) {
            PacketKind::Plain(_) => match self.key_exchange(ip, &packet).await {
                HandshakeAnswer::Packet(answer) => Ok(answer),
                HandshakeAnswer::Error(error) => Err(error),
                HandshakeAnswer::Nothing => Ok(Vec::new()),
            },
            PacketKind::Malformed => Err(TransportError::NOT_FOUND),
            PacketKind::Encrypted { auth_key_id } => {
                let key = self
                    .keys
                    .find(AuthKeyId(auth_key_id), self.clocks.now().mono)
                    .await
                    .map_err(|_| TransportError::NOT_FOUND)?;
                let incoming =
                    open_packet(&key.key, packet).map_err(|_| TransportError::NOT_FOUND)?;
                let session = self.session(&key, incoming.session_id);
                // What waits for the client is not for whoever recorded a packet of it.
                if let Some((_, refusal)) = self.refuse_stale(&session, &incoming) {
                    return Ok(refusal);
                }
                session.attach_http(self.clocks.now().mono);
                let handled = self.handle_incoming(&session, incoming, ip).await;
                let hold = match handled.http_wait {
                    Some(wait) => {
                        Duration::from_millis(u64::from(wait.max_wait_ms)).min(limits::HTTP_HOLD)
                    }
                    None if handled.requests > 0 => limits::HTTP_HOLD,
                    None => Duration::ZERO,
                };
                Ok(self.next_http_packet(&session, hold).await)
            }
        }
    }

    /// The next packet for a session, held back until there is something to say.
    async fn next_http_packet(
        self: &Arc<Self>,
        session: &Arc<LiveSession>,
        hold: Duration,
    ) -> Vec<u8> {
        let end = tokio::time::Instant::now() + hold;
        loop {
            let rings = session.answered.notified();
            let now = self.clocks.now();
            if session.missed_some() && session.backlog() <= limits::DRAINED {
                self.tell_missed(session, now);
            }
            let packet = session.with(|protocol| {
                // What only acknowledges can wait for company while the answer is held.
                let worth_sending =
                    protocol.wants_flush(now.mono) || tokio::time::Instant::now() >= end;
                if worth_sending {
                    protocol.next_packet(now, &self.salts, &mut SystemRandom)
                } else {
                    None
                }
            });
            if let Some(mut packet) = packet {
                // Requests that waited for room go on.
                session.answered.notify_waiters();
                return match crypto::seal(&session.key.key, crypto::Sender::Server, &mut packet) {
                    Ok(_) => packet,
                    Err(_) => Vec::new(),
                };
            }
            if tokio::time::timeout_at(end, rings).await.is_err()
                && tokio::time::Instant::now() >= end
            {
                let last = session.with(|protocol| {
                    protocol.next_packet(self.clocks.now(), &self.salts, &mut SystemRandom)
                });
                return last
                    .and_then(|mut packet| {
                        crypto::seal(&session.key.key, crypto::Sender::Server, &mut packet)
                            .ok()
                            .map(|_| packet)
                    })
                    .unwrap_or_default();
            }
        }
    }
}

/// A socket with the bytes that were read before it was known to speak HTTP.
struct Replayed {
    buffered: Vec<u8>,
    read: usize,
    socket: TcpStream,
}

impl AsyncRead for Replayed {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        let rest = self.buffered.get(self.read..).unwrap_or_default();
        if rest.is_empty() {
            return std::pin::Pin::new(&mut self.socket).poll_read(context, buffer);
        }
        let length = rest.len().min(buffer.remaining());
        buffer.put_slice(rest.get(..length).unwrap_or_default());
        self.read += length;
        std::task::Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Replayed {
    fn poll_write(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        std::pin::Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_flush(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
