//! Catching up: where an account's sequences stand, and what happened since.
//!
//! Sequences as [`model::event`] has them. A box and a log are counted without holes; account events, and what changed in
//! secret chats, are replayed by date, and may be applied twice. Encrypted messages wait in a queue of each device, counted by qts.

mod channel;
mod difference;

use model::{Pts, Qts, UnixTime, UserId};

use crate::{Caller, Core, Result, secret};

pub use channel::{ChannelDifference, channel_difference};
pub use difference::{Asked, Difference, Missed, MissedSecrets, difference};

/// How long an update may be on its way between its commit and the sessions that wait for it, seconds.
const OVERTAKEN_S: i64 = 30;

/// Where an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Position of the box.
    pub pts: Pts,
    /// Up to when account events are known.
    pub date: UnixTime,
    /// Unread messages of the box.
    pub unread: i32,
    /// Position of the device's queue of encrypted messages.
    pub qts: Qts,
}

/// Where the caller's account stands now.
///
/// # Errors
/// Storage only.
pub async fn state(core: &Core, caller: Caller) -> Result<State> {
    // Before anything is read.
    let date = core.stores.accounts.settled(core.now());
    let pts = core.stores.boxes.pts(caller.user).await?;
    let unread = core.stores.boxes.unread_total(caller.user).await?;
    let qts = secret::position(core, caller).await?;
    Ok(State { pts, date, unread, qts })
}

/// The date of updates that are pushed or answered. Clients may take it for the date up to which they know account events, and one update
/// may overtake another on its way: what is told twice does no harm.
#[must_use]
pub fn date_of_push(core: &Core) -> UnixTime {
    UnixTime(core.stores.accounts.settled(core.now()).0 - OVERTAKEN_S)
}

/// Where somebody's box stands.
///
/// # Errors
/// Storage only.
pub async fn position(core: &Core, user: UserId) -> Result<Pts> {
    Ok(core.stores.boxes.pts(user).await?)
}
