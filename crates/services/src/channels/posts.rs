//! Posts by name.

use model::message::Message;
use model::{ChannelId, MessageId, Peer, Pts, limits};

use super::{refused, visible};
use crate::messages::history::{self, Named};
use crate::{Caller, Core, Error, Result};

/// Posts, and where their log stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// In the order asked; `None` for those that do not exist.
    pub messages: Vec<(MessageId, Option<Message>)>,
    /// Position of the log.
    pub pts: Pts,
}

/// Posts of a channel by name, in the order asked.
///
/// # Errors
/// `LimitInvalid`, `ChannelInvalid`, `ChannelPrivate`.
pub async fn named(core: &Core, caller: Caller, id: ChannelId, names: &[Named]) -> Result<Found> {
    if names.len() > limits::IDS_PER_CALL {
        return Err(Error::LimitInvalid);
    }
    let (channel, _) = visible(core, caller.user, id).await?;
    let repliers: Vec<MessageId> = names
        .iter()
        .filter_map(|name| match name {
            Named::RepliedBy(id) => Some(*id),
            Named::Id(_) | Named::Pinned => None,
        })
        .collect();
    let repliers = core.stores.channels.posts(id, caller.user, &repliers).await.map_err(refused)?;
    let pinned = if names.contains(&Named::Pinned) {
        history::pinned(core, caller, Peer::Channel(id)).await?
    } else {
        None
    };
    let number = |name: &Named| match name {
        Named::Id(id) => *id,
        Named::RepliedBy(id) => {
            let replier = repliers.iter().find(|message| message.id == *id);
            replier.and_then(|message| message.reply_to).unwrap_or_default()
        }
        Named::Pinned => pinned.unwrap_or_default(),
    };
    let numbers: Vec<MessageId> = names.iter().map(number).collect();
    let found = core.stores.channels.posts(id, caller.user, &numbers).await.map_err(refused)?;
    let message = |id: &MessageId| (*id, found.iter().find(|message| message.id == *id).cloned());
    Ok(Found { messages: numbers.iter().map(message).collect(), pts: channel.pts })
}
