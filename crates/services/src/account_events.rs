//! Account events: recorded first, then told.

use std::sync::Arc;

use model::UserId;
use model::event::AccountEvent;
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
    for (user, entry) in users.into_iter().zip(entries) {
        core.publish(Notice::Account {
            user,
            number: entry.number,
            entry: Arc::new(entry),
            origin,
        });
    }
    Ok(())
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
