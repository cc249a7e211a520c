//! WebSocket at `/apiws`: the obfuscated stream inside binary frames. A frame's end is not a packet's end.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use futures_util::{SinkExt as _, StreamExt as _};
use mtproto::framing::{Framer, Outcome};
use tokio::sync::{Notify, watch};

use super::listener::Place;
use super::packets::{Connection, Next};
use crate::metrics::count;
use crate::outbox::{Outbox, Sink};
use crate::{Gateway, limits};

impl Gateway {
    /// Serves a WebSocket until it ends.
    #[expect(clippy::excessive_nesting, reason = "one loop that reads, beside one that writes")]
    pub(super) async fn serve_websocket(
        self: Arc<Self>,
        socket: WebSocket,
        place: Arc<Place>,
        mut stopped: watch::Receiver<bool>,
    ) {
        let (mut write, mut read) = socket.split();
        let outbox = Outbox::new(Sink::Frames(Notify::new()), Framer::websocket(&self.secrets));
        let writer = {
            let outbox = Arc::clone(&outbox);
            tokio::spawn(async move {
                while let Some(frame) = outbox.next_frame().await {
                    if write.send(Message::Binary(Bytes::from(frame))).await.is_err() {
                        break;
                    }
                    outbox.frame_sent();
                }
                outbox.close();
            })
        };
        let mut connection = Connection::new(Arc::clone(&self), Arc::clone(&outbox), place.ip);
        // Whole packets count: until the first one, frames that trickle in gain no time.
        let first_by = self.clocks.now().mono + limits::FIRST_PACKET;
        let mut spoke = false;
        loop {
            let now = self.clocks.now().mono;
            let ends = [(!spoke).then_some(first_by), connection.close_at()];
            let ends = ends.into_iter().flatten().map(|end| end.saturating_sub(now));
            let patience = ends.fold(limits::SILENCE, Duration::min);
            let closing = outbox.changed.notified();
            if outbox.is_closed() {
                break;
            }
            let message = tokio::select! {
                message = tokio::time::timeout(patience, read.next()) => message,
                () = closing => {
                    connection.tell_missed();
                    continue;
                }
                _ = stopped.changed() => break,
            };
            let Ok(Some(Ok(message))) = message else { break };
            let Message::Binary(bytes) = message else { continue };
            let mut packets = Vec::new();
            let mut broken = false;
            outbox.receive(&bytes, |outcome| {
                match outcome {
                    Outcome::Packet(packet) => packets.push(packet),
                    Outcome::Incomplete => {}
                    Outcome::Http | Outcome::Close(_) => broken = true,
                }
                true
            });
            spoke |= !packets.is_empty();
            if connection.handle_all(packets).await == Next::Close || broken {
                if broken {
                    count(&self.metrics.malformed_total);
                }
                break;
            }
            if !connection.wait_for_room(&mut stopped).await {
                break;
            }
        }
        connection.end().await;
        writer.abort();
        drop(place);
    }
}
