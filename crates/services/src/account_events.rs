//! Account events: recorded first, then told.

use std::sync::Arc;

use model::UserId;
use model::event::{AccountEntry, AccountEvent};
use store::ports::Notice;
use store::ports::bus::OriginSession;

use crate::{Core, Result};

/// Appends events, each to its account, and tells the gateways. `origin` is the session whose own answer says it already.
///
/// # Errors
/// Those of the store; then nobody was told.
pub async fn record(
    core: &Core,
    events: Vec<(UserId, AccountEvent)>,
    origin: Option<OriginSession>,
) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let users: Vec<UserId> = events.iter().map(|(user, _)| *user).collect();
    let entries = core.stores.accounts.append_account_events(events, core.now()).await?;
    tell(core, users.into_iter().zip(entries), origin);
    Ok(())
}

/// Tells of events that are recorded, by an act in its own transaction.
pub(crate) fn tell(
    core: &Core,
    entries: impl IntoIterator<Item = (UserId, AccountEntry)>,
    origin: Option<OriginSession>,
) {
    for (user, entry) in entries {
        let (number, entry) = (entry.number, Arc::new(entry));
        core.publish(Notice::Account { user, number, entry, origin });
    }
}

/// Records one event for each of several accounts.
///
/// # Errors
/// See [`record`].
pub async fn record_for(
    core: &Core,
    users: impl IntoIterator<Item = UserId>,
    event: &AccountEvent,
    origin: Option<OriginSession>,
) -> Result<()> {
    record(core, users.into_iter().map(|user| (user, event.clone())).collect(), origin).await
}
