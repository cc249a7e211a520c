//! The writing side of a connection: packets leave at once if the socket takes them, else they wait in a bounded queue.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use mtproto::framing::{Framer, Outcome, TransportError};
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::clock::SystemRandom;
use crate::limits;

thread_local! {
    /// One framing buffer a thread: a connection that keeps up needs none.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where the bytes go.
pub(crate) enum Sink {
    /// Straight into a socket.
    Tcp(TcpStream),
    /// To the task of a WebSocket, which this rings when bytes wait.
    Frames(Notify),
}

/// What is written, and the framer that both directions share: obfuscation runs on in order.
struct State {
    framer: Framer,
    /// Bytes that the sink has not taken. Empty (and without memory) on a connection that keeps up.
    waiting: Vec<u8>,
}

/// The writing side of a connection.
pub(crate) struct Outbox {
    sink: Sink,
    state: Mutex<State>,
    flushing: AtomicBool,
    closed: AtomicBool,
    /// Bytes that the task of a WebSocket has taken and not written yet.
    in_frames: AtomicUsize,
    /// Rings when the queue has drained, and when the connection closes.
    pub(crate) changed: Notify,
}

impl Outbox {
    pub(crate) fn new(sink: Sink, framer: Framer) -> Arc<Self> {
        let state = Mutex::new(State { framer, waiting: Vec::new() });
        Arc::new(Self {
            sink,
            state,
            flushing: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            in_frames: AtomicUsize::new(0),
            changed: Notify::new(),
        })
    }

    /// The socket, for reading.
    pub(crate) const fn socket(&self) -> Option<&TcpStream> {
        match &self.sink {
            Sink::Tcp(socket) => Some(socket),
            Sink::Frames(_) => None,
        }
    }

    /// Gives received bytes to the framer and takes out what they complete.
    pub(crate) fn receive(&self, bytes: &[u8], mut take: impl FnMut(Outcome) -> bool) {
        let mut state = self.state.lock();
        state.framer.push(bytes);
        loop {
            let outcome = state.framer.next_outcome();
            let last = !matches!(outcome, Outcome::Packet(_));
            if !take(outcome) || last {
                return;
            }
        }
    }

    /// Everything received and not yet consumed: for handing the connection over to HTTP.
    pub(crate) fn into_buffered(self: Arc<Self>) -> Option<(TcpStream, Vec<u8>)> {
        let this = Arc::into_inner(self)?;
        match this.sink {
            Sink::Tcp(socket) => Some((socket, this.state.into_inner().framer.into_buffered())),
            Sink::Frames(_) => None,
        }
    }

    /// Frames and writes a sealed packet.
    pub(crate) fn send(self: &Arc<Self>, packet: &[u8]) {
        self.write(|framer, out| framer.encode(packet, &mut SystemRandom, out));
    }

    /// Writes a transport error.
    pub(crate) fn send_error(self: &Arc<Self>, error: TransportError) {
        self.write(|framer, out| framer.encode_transport_error(error, &mut SystemRandom, out));
    }

    /// Writes a quick acknowledgement.
    pub(crate) fn send_quick_ack(self: &Arc<Self>, token: u32) {
        self.write(|framer, out| framer.encode_quick_ack(token, out));
    }

    /// Bytes that wait.
    pub(crate) fn backlog(&self) -> usize {
        self.state.lock().waiting.len() + self.in_frames.load(Ordering::Relaxed)
    }

    /// All that waits, for the task of a WebSocket to write as one frame. `None` once the connection has ended.
    pub(crate) async fn next_frame(&self) -> Option<Vec<u8>> {
        let Sink::Frames(waits) = &self.sink else { return None };
        loop {
            // A ring before this waits is kept: one task waits here.
            let ring = waits.notified();
            if self.is_closed() {
                return None;
            }
            let frame = {
                let mut state = self.state.lock();
                self.in_frames.store(state.waiting.len(), Ordering::Relaxed);
                std::mem::take(&mut state.waiting)
            };
            if !frame.is_empty() {
                return Some(frame);
            }
            ring.await;
        }
    }

    /// The task of a WebSocket wrote the frame that it took.
    pub(crate) fn frame_sent(&self) {
        self.in_frames.store(0, Ordering::Relaxed);
        if self.backlog() <= limits::DRAINED {
            self.ring();
        }
    }

    /// Waits until everything was written, for a while.
    pub(crate) async fn drain(&self, patience: Duration) {
        let empty = async {
            loop {
                let changed = self.changed.notified();
                if self.backlog() == 0 || self.is_closed() {
                    return;
                }
                changed.await;
            }
        };
        // Out of patience: the rest is resent on the next connection.
        let _late = tokio::time::timeout(patience, empty).await;
    }

    fn ring(&self) {
        self.changed.notify_waiters();
        self.changed.notify_one();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Ends the connection; its reader notices.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.ring();
        if let Sink::Frames(waits) = &self.sink {
            waits.notify_one();
        }
    }

    fn write(self: &Arc<Self>, encode: impl FnOnce(&mut Framer, &mut Vec<u8>)) {
        if self.is_closed() {
            return;
        }
        let mut state = self.state.lock();
        let State { framer, waiting } = &mut *state;
        if let Sink::Frames(waits) = &self.sink {
            encode(framer, waiting);
            return waits.notify_one();
        }
        if self.flushing.load(Ordering::Acquire) {
            return encode(framer, waiting);
        }
        // Nothing waits: straight into the socket, and only what it does not take is kept.
        let all = SCRATCH.with_borrow_mut(|scratch| {
            scratch.clear();
            encode(framer, scratch);
            let done = self.try_write(scratch);
            waiting.extend_from_slice(scratch.get(done..).unwrap_or_default());
            if scratch.capacity() > limits::FRAME_SCRATCH {
                *scratch = Vec::new();
            }
            waiting.is_empty()
        });
        if !all {
            self.flushing.store(true, Ordering::Release);
            tokio::spawn(Arc::clone(self).flush());
        }
    }

    /// Writes what the socket takes now, and says how much that was. A broken socket takes everything.
    fn try_write(&self, bytes: &[u8]) -> usize {
        let Sink::Tcp(socket) = &self.sink else { return bytes.len() };
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
            match socket.try_write(rest) {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
                Err(_) => {
                    self.close();
                    done = bytes.len();
                }
            }
        }
        done
    }

    /// Waits for the socket and writes on, until nothing waits.
    async fn flush(self: Arc<Self>) {
        loop {
            let Some(socket) = self.socket() else { return };
            let closed = self.changed.notified();
            if self.is_closed() {
                self.state.lock().waiting = Vec::new();
                return;
            }
            tokio::select! {
                ready = socket.writable() => if ready.is_err() { self.close(); },
                () = closed => {},
            }
            let mut state = self.state.lock();
            if self.is_closed() {
                state.waiting = Vec::new();
                return;
            }
            let written = self.try_write(&state.waiting);
            state.waiting.drain(..written);
            let done = state.waiting.is_empty();
            if done {
                // A connection that keeps up holds no buffer.
                state.waiting = Vec::new();
                self.flushing.store(false, Ordering::Release);
            }
            let drained = state.waiting.len() <= limits::DRAINED;
            drop(state);
            if drained {
                self.ring();
            }
            if done {
                return;
            }
        }
    }
}
