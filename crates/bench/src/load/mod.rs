//! Load from one thread: thousands of connections on one epoll instance.
//!
//! [`crowd`] turns the loop; [`connection`] is one client with a real session, [`frames`] one subscriber of the limit server.

pub(crate) mod connection;
pub(crate) mod crowd;
pub(crate) mod frames;
pub(crate) mod posts;
