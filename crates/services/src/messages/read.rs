//! Read marks of boxes, and contents that were played or seen. Channels' marks are `channels`' affair.

use model::event::AccountEvent;
use model::{MessageId, Peer};
use store::ports::dialogs::SeenReactions;

use super::{Affected, affected, unread_reactions};
use crate::{Caller, Core, Error, Result, account_events, expiry};

/// Mentions marked as seen by one call; the client calls again for the rest.
const MENTIONS_BATCH: i32 = 1000;

/// Marks a private chat or basic group as read up to a message; a mark by hand goes too.
///
/// # Errors
/// `PeerInvalid` for channels.
pub async fn history(
    core: &Core,
    caller: Caller,
    peer: Peer,
    max_id: MessageId,
) -> Result<Affected> {
    if matches!(peer, Peer::Channel(_)) {
        return Err(Error::PeerInvalid);
    }
    let marked = core.stores.dialogs.unread_marks(caller.user).await?.contains(&peer);
    let changes = match core.stores.boxes.read(caller.user, peer, max_id, core.now()).await {
        Ok(changes) => changes,
        Err(store::Error::NotModified) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    if marked {
        let event = AccountEvent::DialogUnreadMark { peer, unread: false };
        account_events::record(core, vec![(caller.user, event)], caller.origin()).await?;
    }
    affected(core, caller, changes.iter().map(|change| &change.change), 0).await
}

/// Marks contents as read: voice played, mentions and reactions seen.
///
/// # Errors
/// `LimitInvalid` for too many.
pub async fn contents(core: &Core, caller: Caller, ids: &[MessageId]) -> Result<Affected> {
    if ids.len() > model::limits::IDS_PER_CALL {
        return Err(Error::LimitInvalid);
    }
    let changes =
        core.stores.boxes.read_contents(caller.user, ids, core.now(), expiry::clock(core)).await?;
    unread_reactions::see(core, caller, SeenReactions::InBox(ids.to_vec())).await?;
    affected(core, caller, changes.iter().map(|change| &change.change), 0).await
}

/// Marks the unseen mentions of a chat as seen. There are no threads: in one, there is nothing to be seen.
///
/// # Errors
/// `PeerInvalid` for channels.
pub async fn mentions(
    core: &Core,
    caller: Caller,
    (peer, thread): (Peer, Option<MessageId>),
) -> Result<Affected> {
    if matches!(peer, Peer::Channel(_)) {
        return Err(Error::PeerInvalid);
    }
    let changes = match thread {
        None => {
            core.stores.boxes.read_mentions(caller.user, peer, MENTIONS_BATCH, core.now()).await?
        }
        Some(_) => Vec::new(),
    };
    affected(core, caller, changes.iter().map(|change| &change.change), 0).await
}
