//! Catching up: where an account's sequences stand, and what happened since.
//!
//! Three sequences, as [`model::event`] says. A box and a log are counted without holes; account events are replayed by
//! date, and may be applied twice.

mod channel;
mod difference;

use model::{Pts, UnixTime, UserId};

use crate::{Caller, Core, Result};

pub use channel::{ChannelDifference, channel_difference};
pub use difference::{Asked, Difference, Missed, difference};

/// Where an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Position of the box.
    pub pts: Pts,
    /// Up to when account events are known.
    pub date: UnixTime,
    /// Unread messages of the box.
    pub unread: i32,
}

/// Where the caller's account stands now.
///
/// # Errors
/// Storage only.
pub async fn state(core: &Core, caller: Caller) -> Result<State> {
    let date = core.now();
    let pts = core.stores.boxes.pts(caller.user).await?;
    let unread = core.stores.boxes.unread_total(caller.user).await?;
    Ok(State { pts, date, unread })
}

/// Where somebody's box stands.
///
/// # Errors
/// Storage only.
pub async fn position(core: &Core, user: UserId) -> Result<Pts> {
    Ok(core.stores.boxes.pts(user).await?)
}
