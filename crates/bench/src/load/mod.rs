//! Load from one thread: thousands of connections on one epoll instance.
//!
//! [`crowd`] turns the loop; [`connection`] is one client with a real session, [`bundle`]
//! many on one socket, [`asking`] waits for answers, [`frames`] one subscriber of the
//! limit server, [`rivals`] one client of another server.

pub(crate) mod asking;
pub(crate) mod bundle;
pub(crate) mod connection;
pub(crate) mod crowd;
pub(crate) mod frames;
mod line;
pub(crate) mod posts;
pub(crate) mod rivals;
mod seat;
