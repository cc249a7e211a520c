//! Ids, values, rules and invariants of the messenger.
//!
//! Plain data that every layer above the wire agrees on. It reads no clock, opens no socket, knows neither TL nor SQL.
//! Rules that several places must apply in the same way (who may post, what a deletion reaches) are pure functions
//! here, so that every backend applies them inside its own transaction.

pub mod account;
pub mod admin_log;
pub mod channel;
pub mod chat;
pub mod dialog;
pub mod event;
pub mod ids;
pub mod invariants;
pub mod limits;
pub mod media;
pub mod message;
pub mod poll;
pub mod reaction;
pub mod report;
pub mod rights;
pub mod schedule;
pub mod search;
pub mod secret;
pub mod series;

pub use ids::{
    AuthKeyId, AuthorizationHash, ChannelId, ChatId, DocumentId, MessageId, Peer, PhotoId, PollId,
    Pts, Qts, SecretChatId, UnixTime, UserId,
};
