//! Connections: how bytes come in, over TCP, WebSocket and HTTP.

pub(crate) mod http;
pub(crate) mod listener;
mod packets;
mod tcp;
mod websocket;
