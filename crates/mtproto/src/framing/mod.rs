//! Transports: how packets are cut out of a byte stream.
//!
//! <https://core.telegram.org/mtproto/mtproto-transports> and `.../transport-obfuscation`. One [`Framer`] a connection: it
//! finds out by the first bytes which transport the client speaks, then cuts packets and frames answers. WebSocket uses
//! the same obfuscated stream; over HTTP a packet is a body and needs no framer.

mod decode;
mod detect;
mod encode;
mod inbox;
mod obfuscation;

pub use detect::Secrets;
pub use encode::{FrameHead, FrameMark};

use crypto::Random;

pub(crate) use decode::{Cut, Decoder};
pub(crate) use detect::bare;
pub(crate) use encode::Encoder;
pub(crate) use inbox::Inbox;
pub(crate) use obfuscation::{INIT_LEN, Obfuscation};

use detect::{Detected, detect};

/// The largest packet accepted from a peer, in bytes: an upload part of 512 KiB with its envelope, twice over.
pub const MAX_PACKET: usize = 1 << 20;

/// Where the border between packets lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Length in words, one byte or four.
    Abridged,
    /// Length in bytes, sequence number, CRC-32.
    Full,
    /// Length in four bytes.
    Intermediate,
    /// Length in four bytes, up to 15 bytes of padding.
    PaddedIntermediate,
}

/// What the bytes pushed so far amount to.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A whole packet.
    Packet(Packet),
    /// More bytes are needed.
    Incomplete,
    /// The peer speaks HTTP: hand over the connection together with [`Framer::into_buffered`].
    Http,
    /// The connection cannot go on. Stays so.
    Close(CloseReason),
}

/// One packet from a client.
#[derive(Debug, PartialEq, Eq)]
pub struct Packet {
    /// The payload, without frame and padding.
    pub bytes: Vec<u8>,
    /// Whether the client asks for a quick acknowledgement: [`Framer::encode_quick_ack`].
    pub quick_ack: bool,
}

/// Why a byte stream cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CloseReason {
    /// The CRC of a full frame does not match.
    #[error("frame with a wrong CRC")]
    Crc,
    /// A length of zero, not in words, or shorter than its own frame.
    #[error("frame with an impossible length")]
    Length,
    /// The 64 first bytes of an obfuscated stream do not decrypt to a known tag.
    #[error("unknown transport")]
    Protocol,
    /// A full frame out of sequence.
    #[error("frame out of sequence")]
    Sequence,
    /// Longer than [`MAX_PACKET`].
    #[error("frame longer than {MAX_PACKET} bytes")]
    TooLong,
}

/// A negative number that stands where a packet would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportError(pub i32);

impl TransportError {
    /// Unknown auth key, or anything wrong in a key exchange.
    pub const NOT_FOUND: Self = Self(-404);
    /// Too many connections or handshakes.
    pub const FLOOD: Self = Self(-429);
    /// The wrong data centre.
    pub const WRONG_DC: Self = Self(-444);
}

/// The server's half of a transport.
///
/// Order of calls: [`push`](Self::push) what was read, then [`next_outcome`](Self::next_outcome) until it is not
/// [`Outcome::Packet`]. Frames may be encoded once the first packet is out.
#[derive(Debug)]
pub struct Framer {
    state: State,
    inbox: Inbox,
    secrets: Secrets,
    websocket: bool,
}

#[derive(Debug)]
enum State {
    Detecting,
    Open(Open),
    Http,
    Closed(CloseReason),
}

#[derive(Debug)]
struct Open {
    decoder: Decoder,
    encoder: Encoder,
    framing: Framing,
    /// Apart, since it is large: what stands beside it is read for every packet.
    obfuscation: Option<Box<Obfuscation>>,
}

impl Framer {
    /// For a TCP connection.
    #[must_use]
    pub fn new(secrets: &Secrets) -> Self {
        Self {
            state: State::Detecting,
            inbox: Inbox::default(),
            secrets: secrets.clone(),
            websocket: false,
        }
    }

    /// For the binary frames of a WebSocket, whose ends mean nothing: only obfuscated streams are understood.
    #[must_use]
    pub fn websocket(secrets: &Secrets) -> Self {
        Self { websocket: true, ..Self::new(secrets) }
    }

    /// Takes bytes as they were read.
    pub fn push(&mut self, bytes: &[u8]) {
        let fresh = self.inbox.push(bytes);
        if let State::Open(open) = &mut self.state {
            open.decrypt(fresh);
        }
    }

    /// The next packet. Call it until it gives something else, or the buffer grows.
    pub fn next_outcome(&mut self) -> Outcome {
        if matches!(self.state, State::Detecting) {
            self.detect();
        }
        match &mut self.state {
            State::Detecting => Outcome::Incomplete,
            State::Http => Outcome::Http,
            State::Closed(reason) => Outcome::Close(*reason),
            State::Open(open) => match open.decoder.cut(self.inbox.rest()) {
                Cut::Frame { payload, total, quick_ack } => {
                    Outcome::Packet(Packet { bytes: self.inbox.take(payload, total), quick_ack })
                }
                Cut::QuickAck(_) | Cut::Incomplete => {
                    self.inbox.settle();
                    Outcome::Incomplete
                }
                Cut::Close(reason) => {
                    self.state = State::Closed(reason);
                    self.inbox.clear();
                    Outcome::Close(reason)
                }
            },
        }
    }

    fn detect(&mut self) {
        let (framing, skip, obfuscation) =
            match detect(self.inbox.rest(), &self.secrets, self.websocket) {
                Detected::Incomplete => return,
                Detected::Http => {
                    self.state = State::Http;
                    return;
                }
                Detected::Unknown => {
                    self.state = State::Closed(CloseReason::Protocol);
                    self.inbox.clear();
                    return;
                }
                Detected::Clear(framing, skip) => (framing, skip, None),
                Detected::Obfuscated(framing, obfuscation) => {
                    (framing, INIT_LEN, Some(obfuscation))
                }
            };
        self.inbox.skip(skip);
        let mut open = Open {
            decoder: Decoder::new(framing, false),
            encoder: Encoder::new(framing),
            framing,
            obfuscation,
        };
        open.decrypt(self.inbox.rest_mut());
        self.state = State::Open(open);
    }

    /// What was pushed and not yet used, as it came: for handing the connection over after [`Outcome::Http`].
    #[must_use]
    pub fn into_buffered(self) -> Vec<u8> {
        self.inbox.into_rest()
    }

    /// The framing, once it is known.
    #[must_use]
    pub const fn framing(&self) -> Option<Framing> {
        match &self.state {
            State::Open(open) => Some(open.framing),
            State::Detecting | State::Http | State::Closed(_) => None,
        }
    }

    /// Whether the stream is obfuscated, once that is known.
    #[must_use]
    pub const fn is_obfuscated(&self) -> bool {
        matches!(&self.state, State::Open(open) if open.obfuscation.is_some())
    }

    /// The data centre that an obfuscated header names. Junk in several libraries: for statistics only.
    #[must_use]
    pub fn header_dc(&self) -> Option<i16> {
        match &self.state {
            State::Open(open) => open.obfuscation.as_ref().map(|obfuscation| obfuscation.dc),
            State::Detecting | State::Http | State::Closed(_) => None,
        }
    }

    /// Appends a packet, framed and obfuscated. Nothing is written before the framing is known.
    pub fn encode(&mut self, packet: &[u8], rng: &mut dyn Random, out: &mut Vec<u8>) {
        if let Some(mark) = self.open_frame(packet.len(), rng, out) {
            out.extend_from_slice(packet);
            self.close_frame(mark, rng, out);
        }
    }

    /// Frames and obfuscates a large packet where it is: the frame is the head that is answered, and then all of `packet`.
    /// `None` before the framing is known.
    pub fn encode_in_place(
        &mut self,
        packet: &mut Vec<u8>,
        rng: &mut dyn Random,
    ) -> Option<FrameHead> {
        let State::Open(open) = &mut self.state else {
            return None;
        };
        let mut head = open.encoder.enclose(packet, rng);
        open.encrypt(head.as_mut_slice());
        open.encrypt(packet);
        Some(head)
    }

    /// Appends the head of a frame for a packet of `len` bytes, so that the packet can be built and sealed in place behind
    /// it. Each opened frame has to be closed before the next is opened.
    pub fn open_frame(
        &mut self,
        len: usize,
        rng: &mut dyn Random,
        out: &mut Vec<u8>,
    ) -> Option<FrameMark> {
        let State::Open(open) = &mut self.state else {
            return None;
        };
        Some(open.encoder.open(len, false, rng, out))
    }

    /// Finishes the frame that ends at the end of `out`.
    pub fn close_frame(&mut self, mark: FrameMark, rng: &mut dyn Random, out: &mut Vec<u8>) {
        if let State::Open(open) = &mut self.state {
            open.encoder.close(mark, rng, out);
            open.encrypt(out.get_mut(mark.start()..).unwrap_or_default());
        }
    }

    /// Appends a quick ack; `token` is [`Incoming::quick_ack`](crate::session::Incoming::quick_ack).
    pub fn encode_quick_ack(&mut self, token: u32, out: &mut Vec<u8>) {
        if let State::Open(open) = &mut self.state
            && let Some(mut bytes) = open.encoder.quick_ack(token)
        {
            open.encrypt(&mut bytes);
            out.extend_from_slice(&bytes);
        }
    }

    /// Appends a transport error.
    pub fn encode_transport_error(
        &mut self,
        error: TransportError,
        rng: &mut dyn Random,
        out: &mut Vec<u8>,
    ) {
        self.encode(&error.0.to_le_bytes(), rng, out);
    }
}

impl Open {
    fn decrypt(&mut self, bytes: &mut [u8]) {
        if let Some(obfuscation) = &mut self.obfuscation {
            obfuscation.read.apply(bytes);
        }
    }

    fn encrypt(&mut self, bytes: &mut [u8]) {
        if let Some(obfuscation) = &mut self.obfuscation {
            obfuscation.write.apply(bytes);
        }
    }
}
