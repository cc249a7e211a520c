//! The gateway through its sockets: real connections on loopback over the in-memory reference store.
#![cfg(test)]

mod catching_up;
mod channels;
mod client;
mod ending;
mod fanout;
mod reconnecting;
mod temporary_keys;
mod websocket;
mod world;
