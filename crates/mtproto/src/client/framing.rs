//! A client's transport.

use crypto::Random;

use crate::framing::{
    CloseReason, Cut, Decoder, Encoder, Framing, INIT_LEN, Inbox, Obfuscation, bare,
};

/// How a client talks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transport {
    /// The framing.
    pub framing: Framing,
    /// Whether the stream is obfuscated; not possible with [`Framing::Full`].
    pub obfuscated: bool,
    /// The secret mixed in, as in a link: 16 bytes, or with a `dd` or `ee` prefix.
    pub secret: Option<Vec<u8>>,
    /// The data centre named in the obfuscated header.
    pub dc: i16,
}

impl Transport {
    /// In the clear.
    #[must_use]
    pub const fn clear(framing: Framing) -> Self {
        Self { framing, obfuscated: false, secret: None, dc: 2 }
    }

    /// Obfuscated, without a secret.
    #[must_use]
    pub const fn obfuscated(framing: Framing) -> Self {
        Self { framing, obfuscated: true, secret: None, dc: 2 }
    }
}

/// What a client has read.
#[derive(Debug, PartialEq, Eq)]
pub enum ClientOutcome {
    /// A whole packet.
    Packet(Vec<u8>),
    /// A quick acknowledgement.
    QuickAck(u32),
    /// A transport error.
    Error(i32),
    /// More bytes are needed.
    Incomplete,
    /// The stream is broken.
    Close(CloseReason),
}

/// A client's side of a connection.
#[derive(Debug)]
pub struct ClientFramer {
    decoder: Decoder,
    encoder: Encoder,
    obfuscation: Option<Obfuscation>,
    inbox: Inbox,
}

impl ClientFramer {
    /// A connection, and the first bytes to send.
    pub fn new(transport: &Transport, rng: &mut dyn Random) -> (Self, Vec<u8>) {
        let framing = transport.framing;
        let secret = transport.secret.as_deref().and_then(bare);
        let mut first = Vec::with_capacity(INIT_LEN);
        let mut obfuscation = None;
        if transport.obfuscated
            && let Some((init, streams)) =
                Obfuscation::start(framing, secret.as_ref(), transport.dc, rng)
        {
            first.extend_from_slice(&init);
            obfuscation = Some(streams);
        } else {
            match framing {
                Framing::Abridged => first.push(0xef),
                Framing::Intermediate => first.extend_from_slice(&[0xee; 4]),
                Framing::PaddedIntermediate => first.extend_from_slice(&[0xdd; 4]),
                Framing::Full => {}
            }
        }
        let inbox = Inbox::default();
        (
            Self {
                decoder: Decoder::new(framing, true),
                encoder: Encoder::new(framing),
                obfuscation,
                inbox,
            },
            first,
        )
    }

    /// Appends a packet.
    pub fn encode(
        &mut self,
        packet: &[u8],
        quick_ack: bool,
        rng: &mut dyn Random,
        out: &mut Vec<u8>,
    ) {
        let mark = self.encoder.open(packet.len(), quick_ack, rng, out);
        let start = mark.start();
        out.extend_from_slice(packet);
        self.encoder.close(mark, rng, out);
        if let Some(obfuscation) = &mut self.obfuscation {
            obfuscation.write.apply(out.get_mut(start..).unwrap_or_default());
        }
    }

    /// Takes bytes as they were read.
    pub fn push(&mut self, bytes: &[u8]) {
        let fresh = self.inbox.push(bytes);
        if let Some(obfuscation) = &mut self.obfuscation {
            obfuscation.read.apply(fresh);
        }
    }

    /// The next thing read.
    pub fn next_outcome(&mut self) -> ClientOutcome {
        match self.decoder.cut(self.inbox.rest()) {
            Cut::Frame { payload, total, .. } => {
                let packet = self.inbox.take(payload, total);
                match packet.as_slice() {
                    &[a, b, c, d] => ClientOutcome::Error(i32::from_le_bytes([a, b, c, d])),
                    _ => ClientOutcome::Packet(packet),
                }
            }
            Cut::QuickAck(token) => {
                self.inbox.skip(4);
                ClientOutcome::QuickAck(token)
            }
            Cut::Incomplete => {
                self.inbox.settle();
                ClientOutcome::Incomplete
            }
            Cut::Close(reason) => ClientOutcome::Close(reason),
        }
    }
}
