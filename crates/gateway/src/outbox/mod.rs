//! The writing side of a connection: packets leave at once if the socket takes them, else they wait in a bounded queue.

mod backlog;

use std::cell::RefCell;
use std::io::{self, IoSlice};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use mtproto::framing::{Framer, Outcome, TransportError};
use parking_lot::Mutex;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use self::backlog::Backlog;
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
    waiting: Backlog,
}

/// The writing side of a connection.
pub(crate) struct Outbox {
    sink: Sink,
    state: Mutex<State>,
    flushing: AtomicBool,
    closed: AtomicBool,
    /// Bytes in `waiting`, to be read without its lock.
    waiting_bytes: AtomicUsize,
    /// Bytes that the task of a WebSocket has taken and not written yet.
    in_frames: AtomicUsize,
    /// Rings when the queue has drained, and when the connection closes.
    pub(crate) changed: Notify,
}

impl Outbox {
    pub(crate) fn new(sink: Sink, framer: Framer) -> Arc<Self> {
        let state = Mutex::new(State { framer, waiting: Backlog::default() });
        Arc::new(Self {
            sink,
            state,
            flushing: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            waiting_bytes: AtomicUsize::new(0),
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

    /// As [`Outbox::send`]: a large packet is framed and kept where it is.
    pub(crate) fn send_owned(self: &Arc<Self>, mut packet: Vec<u8>) {
        if packet.len() < limits::FRAMED_IN_PLACE || matches!(self.sink, Sink::Frames(_)) {
            return self.send(&packet);
        }
        if self.is_closed() {
            return;
        }
        let mut state = self.state.lock();
        let State { framer, waiting } = &mut *state;
        let Some(head) = framer.encode_in_place(&mut packet, &mut SystemRandom) else { return };
        let head = head.as_slice();
        let idle = !self.flushing.load(Ordering::Acquire);
        let done = if idle { self.try_write(&[head, &packet]) } else { 0 };
        waiting.extend(head.get(done..).unwrap_or_default());
        waiting.take_in(packet, done.saturating_sub(head.len()));
        self.settle(waiting, idle);
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
        self.waiting_bytes.load(Ordering::Relaxed) + self.in_frames.load(Ordering::Relaxed)
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
                let frame = state.waiting.take();
                self.waiting_bytes.store(0, Ordering::Relaxed);
                frame
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
            encode(framer, waiting.end());
            self.waiting_bytes.store(waiting.len(), Ordering::Relaxed);
            return waits.notify_one();
        }
        let idle = !self.flushing.load(Ordering::Acquire);
        if idle {
            // Nothing waits: straight into the socket, and only what it does not take is kept.
            SCRATCH.with_borrow_mut(|scratch| {
                scratch.clear();
                encode(framer, scratch);
                let done = self.try_write(&[scratch, &[]]);
                waiting.extend(scratch.get(done..).unwrap_or_default());
                if scratch.capacity() > limits::FRAME_SCRATCH {
                    *scratch = Vec::new();
                }
            });
        } else {
            encode(framer, waiting.end());
        }
        self.settle(waiting, idle);
    }

    /// After something was written or put behind what waits; `idle` if nobody was at work on what waits before.
    fn settle(self: &Arc<Self>, waiting: &Backlog, idle: bool) {
        let bytes = waiting.len();
        if bytes == 0 && idle {
            return;
        }
        self.waiting_bytes.store(bytes, Ordering::Relaxed);
        if bytes > 0 && idle {
            self.flushing.store(true, Ordering::Release);
            tokio::spawn(Arc::clone(self).flush());
        }
    }

    /// Writes what the socket takes now of two pieces, and says how much that was. A broken socket takes everything.
    fn try_write(&self, [first, second]: &[&[u8]; 2]) -> usize {
        let all = first.len() + second.len();
        let Sink::Tcp(socket) = &self.sink else { return all };
        let mut done = 0;
        while done < all {
            let head = first.get(done..).unwrap_or_default();
            let tail = second.get(done.saturating_sub(first.len())..).unwrap_or_default();
            let written = match (head, tail) {
                ([], only) | (only, []) => send_now(socket, only),
                (head, tail) => {
                    socket.try_write_vectored(&[IoSlice::new(head), IoSlice::new(tail)])
                }
            };
            match written {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => {
                    self.close();
                    done = all;
                }
            }
        }
        done
    }

    /// Nobody will read what waits.
    fn forget(&self, state: &mut State) {
        state.waiting = Backlog::default();
        self.waiting_bytes.store(0, Ordering::Relaxed);
    }

    /// Waits for the socket and writes on, until nothing waits.
    async fn flush(self: Arc<Self>) {
        loop {
            let Some(socket) = self.socket() else { return };
            let closed = self.changed.notified();
            if self.is_closed() {
                self.forget(&mut self.state.lock());
                return;
            }
            tokio::select! {
                ready = socket.writable() => if ready.is_err() { self.close(); },
                () = closed => {},
            }
            let mut state = self.state.lock();
            if self.is_closed() {
                self.forget(&mut state);
                return;
            }
            let written = self.try_write(&[state.waiting.rest(), &[]]);
            state.waiting.advance(written);
            self.waiting_bytes.store(state.waiting.len(), Ordering::Relaxed);
            let done = state.waiting.is_empty();
            if done {
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

/// Writes what the socket takes. The runtime's record of the socket, which is one more cold line for each of many recipients,
/// is only asked when it is full: then it has to know, or it wakes nobody when there is room again.
fn send_now(socket: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
    match SockRef::from(socket).send(bytes) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => socket.try_write(bytes),
        written => written,
    }
}
