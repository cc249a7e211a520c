//! The SQLite backend: one writer that commits many commands at once, readers beside it.
//!
//! A port's method is one closure given to [`Sqlite::write`] or [`Sqlite::read`]. The closures' helpers answer
//! [`Result`], whose error [`Fault`] is made from a port's error, a denial, or a driver's error alike.

mod accounts;
mod admin_log;
mod boxes;
mod channels;
mod chats;
mod codec;
mod connection;
mod contacts;
mod counters;
mod dialogs;
mod engine;
mod fault;
mod keys;
mod media;
mod migrations;
mod names;
mod needed;
mod polls;
mod profile;
mod queue;
mod reports;
mod schedule;
mod sealing;
mod secret;
mod sequences;
mod settled;
mod statistics;
mod unread_reactions;
mod upkeep;
mod users;

pub(crate) use channels::enroll;
pub use channels::{Channels, Enrolled, ViewKey};
pub use engine::Sqlite;
use fault::{Fault, Result};
