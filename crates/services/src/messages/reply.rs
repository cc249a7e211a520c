//! Replies and quotes: checked against the message that they answer.

use model::message::{Entity, Reply};
use model::{MessageId, Peer};

use super::{forward, one, text};
use crate::{Caller, Core, Error, Result};

/// What a client wants to reply to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplyTo {
    /// The message, by its number in `peer` or in the chat that is written to.
    pub message: MessageId,
    /// The chat the message is in, if it is another one.
    pub peer: Option<Peer>,
    /// Quoted text.
    pub quote: Option<String>,
    /// Its formatting.
    pub quote_entities: Vec<Entity>,
    /// Where the client saw it, in UTF-16 code units.
    pub quote_offset: Option<i32>,
}

/// A reply as it is stored: the number in the same chat, and the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// The message replied to, when it is in the same chat.
    pub reply_to: Option<MessageId>,
    /// Quote and other chat.
    pub reply: Option<Reply>,
}

/// Finds the message replied to, and the quote in it.
///
/// A message of another chat can be replied to if that chat is a channel: its numbers mean the same to everyone.
///
/// # Errors
/// `ReplyInvalid` if there is no such message for the caller; `QuoteInvalid`.
pub async fn resolve(
    core: &Core,
    caller: Caller,
    peer: Peer,
    wanted: Option<ReplyTo>,
) -> Result<Resolved> {
    let Some(wanted) = wanted else { return Ok(Resolved::default()) };
    let other = wanted.peer.filter(|other| *other != peer);
    if other.is_some_and(|other| !matches!(other, Peer::Channel(_))) {
        return Err(Error::ReplyInvalid);
    }
    let original =
        one(core, caller.user, other.unwrap_or(peer), wanted.message).await.map_err(|error| {
            if error == Error::MessageIdInvalid { Error::ReplyInvalid } else { error }
        })?;
    if let Some(other) = other
        && forward::is_protected(core, other, std::slice::from_ref(&original)).await?
    {
        return Err(Error::ReplyInvalid);
    }
    let quote = wanted
        .quote
        .filter(|quote| !quote.is_empty())
        .map(|quote| {
            text::quote(&original.body.text, &quote, &wanted.quote_entities, wanted.quote_offset)
        })
        .transpose()?;
    if let Some(other) = other {
        let reply = Reply { from_peer: Some(other), from_message: Some(original.id), quote };
        return Ok(Resolved { reply_to: None, reply: Some(reply) });
    }
    let reply = quote.map(|quote| Reply { quote: Some(quote), ..Reply::default() });
    Ok(Resolved { reply_to: Some(original.id), reply })
}
