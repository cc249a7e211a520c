//! The crate through its public face: both halves against each other, and what has to be refused.
#![cfg(test)]

mod bind;
mod framing;
mod handshake;
mod handshake_refusals;
mod message_refusals;
mod packet_refusals;
mod schema;
mod service_messages;
mod session;
mod support;
