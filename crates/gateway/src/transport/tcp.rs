//! A TCP connection: read what comes, cut packets, hand them on. Nothing is held for an idle one but its task.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use mtproto::framing::{Framer, Outcome};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::listener::Place;
use super::packets::{Connection, Next};
use crate::metrics::count;
use crate::outbox::{Outbox, Sink};
use crate::{Gateway, limits};

thread_local! {
    /// One reading buffer a thread: an idle connection needs none.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; limits::READ_CHUNK]);
}

/// What a reading amounts to.
enum Heard {
    /// Packets to handle.
    Packets(Vec<mtproto::framing::Packet>),
    /// The peer speaks HTTP.
    Http,
    /// The stream is no MTProto, or ended.
    End,
}

impl Gateway {
    /// Serves a connection until it ends.
    pub(super) async fn serve_tcp(
        self: Arc<Self>,
        socket: TcpStream,
        place: Arc<Place>,
        mut stopped: watch::Receiver<bool>,
    ) {
        let outbox = Outbox::new(Sink::Tcp(socket), Framer::new(&self.secrets));
        let mut connection = Connection::new(Arc::clone(&self), Arc::clone(&outbox), place.ip);
        // Whole packets count: until the first one, bytes that trickle in gain no time.
        let first_by = self.clocks.now().mono + limits::FIRST_PACKET;
        let mut spoke = false;
        loop {
            let heard = tokio::select! {
                heard = self.hear(&outbox, (!spoke).then_some(first_by), connection.close_at()) => heard,
                _ = stopped.changed() => break,
            };
            match heard {
                Heard::Packets(packets) => {
                    spoke |= !packets.is_empty();
                    if connection.handle_all(packets).await == Next::Close {
                        break;
                    }
                }
                Heard::Http => {
                    drop(connection);
                    if let Some((socket, buffered)) = outbox.into_buffered() {
                        // Boxed like all that is rare: an idle connection holds this task at its largest.
                        Box::pin(self.serve_http(socket, buffered, place, stopped)).await;
                    }
                    return;
                }
                Heard::End => break,
            }
            if !connection.wait_for_room(&mut stopped).await {
                break;
            }
        }
        Box::pin(connection.end()).await;
    }

    async fn hear(
        &self,
        outbox: &Arc<Outbox>,
        first_by: Option<Duration>,
        close_at: Option<Duration>,
    ) -> Heard {
        let Some(socket) = outbox.socket() else { return Heard::End };
        let now = self.clocks.now().mono;
        let ends = [first_by, close_at].into_iter().flatten().map(|end| end.saturating_sub(now));
        let patience = ends.fold(limits::SILENCE, Duration::min);
        loop {
            let closing = outbox.changed.notified();
            if outbox.is_closed() {
                return Heard::End;
            }
            let ready = tokio::select! {
                ready = tokio::time::timeout(patience, socket.readable()) => ready,
                // Perhaps it drained: whoever was too slow is told what they missed.
                () = closing => return Heard::Packets(Vec::new()),
            };
            if !matches!(ready, Ok(Ok(()))) {
                return Heard::End;
            }
            let heard = SCRATCH.with_borrow_mut(|scratch| match socket.try_read(scratch) {
                Ok(0) => Some(Heard::End),
                Ok(length) => Some(self.cut(outbox, scratch.get(..length).unwrap_or_default())),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => None,
                Err(_) => Some(Heard::End),
            });
            if let Some(heard) = heard {
                return heard;
            }
        }
    }

    fn cut(&self, outbox: &Outbox, bytes: &[u8]) -> Heard {
        let mut heard = Heard::Packets(Vec::new());
        outbox.receive(bytes, |outcome| {
            match (outcome, &mut heard) {
                (Outcome::Packet(packet), Heard::Packets(packets)) => packets.push(packet),
                (Outcome::Http, _) => heard = Heard::Http,
                (Outcome::Close(reason), _) => {
                    count(&self.metrics.malformed_total);
                    tracing::debug!(%reason, "connection closed");
                    heard = Heard::End;
                }
                _ => {}
            }
            true
        });
        heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of_task<F>(
        _: impl Fn(Arc<Gateway>, TcpStream, Arc<Place>, watch::Receiver<bool>) -> F,
    ) -> usize {
        size_of::<F>()
    }

    #[test]
    fn the_task_of_an_idle_connection_is_small() {
        let size = size_of_task(Gateway::serve_tcp);
        assert!(size <= 1024, "{size} bytes");
    }
}
