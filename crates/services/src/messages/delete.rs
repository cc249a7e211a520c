//! Deleting messages and whole histories from boxes. Posts are deleted by `channels`.

use model::{MessageId, Peer, UnixTime};
use store::ports::boxes::DeleteHistory;

use super::{Affected, affected};
use crate::{Caller, Core, Error, Result};

/// Messages deleted by one call of `messages.deleteHistory`; the client calls again for the rest.
const HISTORY_BATCH: i32 = 1000;

/// Deletes messages for the caller, and with `revoke` for everyone.
///
/// # Errors
/// `LimitInvalid` for too many.
pub async fn delete(
    core: &Core,
    caller: Caller,
    ids: &[MessageId],
    revoke: bool,
) -> Result<Affected> {
    if ids.len() > model::limits::IDS_PER_CALL {
        return Err(Error::LimitInvalid);
    }
    let deleted = core.stores.boxes.delete(caller.user, ids, revoke).await?;
    affected(core, caller, deleted.iter().map(|deleted| &deleted.change), 0).await
}

/// What part of a chat is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// Which chat.
    pub peer: Peer,
    /// Up to this message; 0 for all.
    pub max_id: MessageId,
    /// For everyone.
    pub revoke: bool,
    /// The chat stays in the list.
    pub just_clear: bool,
    /// Only from this date on.
    pub min_date: Option<UnixTime>,
    /// Only up to this date.
    pub max_date: Option<UnixTime>,
}

/// Deletes a part of a chat's history.
///
/// # Errors
/// `PeerInvalid` for channels; `DateInvalid`.
pub async fn history(core: &Core, caller: Caller, history: History) -> Result<Affected> {
    if matches!(history.peer, Peer::Channel(_)) {
        return Err(Error::PeerInvalid);
    }
    if history.min_date.zip(history.max_date).is_some_and(|(min, max)| min > max) {
        return Err(Error::DateInvalid);
    }
    let request = DeleteHistory {
        owner: caller.user,
        peer: history.peer,
        max_id: history.max_id,
        revoke: history.revoke,
        keep_dialog: history.just_clear,
        min_date: history.min_date,
        max_date: history.max_date,
        limit: HISTORY_BATCH,
    };
    let (deleted, left) = core.stores.boxes.delete_history(request).await?;
    affected(core, caller, deleted.iter().map(|deleted| &deleted.change), left).await
}
