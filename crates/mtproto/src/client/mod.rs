//! The client's half of everything: for tests, benchmarks, load and fuzz targets.
//!
//! It is complete, but trusting: what a real client has to check for its own safety is checked only where a test needs it.

mod framing;
mod handshake;
mod session;
pub mod wire;

pub use framing::{ClientFramer, ClientOutcome, Transport};
pub use handshake::{ClientConfig, ClientHandshake, ClientKey, ClientStep, HandshakeError};
pub use session::{ClientEvent, ClientSession, RawMessage, ServerMessage};

/// A `msg_container` of these messages.
#[must_use]
pub fn container(parts: &[ServerMessage]) -> Vec<u8> {
    session::container(parts)
}
