//! What happened in a box and to an account since a client last listened.

use model::event::{AccountEntry, BoxEntry, BoxEvent};
use model::{Pts, UnixTime, limits};

use super::{State, state};
use crate::{Caller, Core, Error, Result};

/// Bytes of messages in one slice, roughly: a packet of the protocol holds 16 MiB at most, and phones like less.
const SLICE_BYTES: usize = 2 << 20;
/// What a message takes besides its text, with the people that it names; roughly.
const MESSAGE_BYTES: usize = 512;

/// Where a client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Position of the box that it knows.
    pub pts: Pts,
    /// Date up to which it knows account events.
    pub date: UnixTime,
    /// Most events in one answer.
    pub slice: Option<i32>,
    /// A gap beyond which it would rather start afresh.
    pub total: Option<i32>,
}

/// What a client missed.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// Nothing.
    Empty(State),
    /// Too much: it starts afresh from here.
    TooLong(Pts),
    /// Something.
    Some(Missed),
}

/// Events that a client missed, and where it stands with them.
#[derive(Clone, Debug, PartialEq)]
pub struct Missed {
    /// Of the box.
    pub entries: Vec<BoxEntry>,
    /// Of the account; only in the last slice.
    pub account: Vec<AccountEntry>,
    /// Where the client stands afterwards.
    pub state: State,
    /// Nothing more is missing.
    pub last: bool,
}

/// What the caller missed.
///
/// A slice that is not the last one moves the position only, and leaves the date: so account events, which come with the
/// last slice, are replayed from where the client stood.
///
/// # Errors
/// `PersistentTimestampInvalid` for positions and dates that cannot be.
pub async fn difference(core: &Core, caller: Caller, asked: Asked) -> Result<Difference> {
    if asked.pts.0 < 1 || asked.date.0 < 0 {
        return Err(Error::PersistentTimestampInvalid);
    }
    let now = state(core, caller).await?;
    let gap = now.pts.0.saturating_sub(asked.pts.0);
    let most =
        asked.total.filter(|total| *total > 0).unwrap_or(limits::BOX_GAP).min(limits::BOX_GAP);
    if gap > most {
        return Ok(Difference::TooLong(now.pts));
    }
    let slice = asked.slice.filter(|slice| *slice > 0).unwrap_or(limits::DIFFERENCE_EVENTS);
    let slice = slice.min(limits::DIFFERENCE_EVENTS);
    let mut entries = if gap > 0 {
        core.stores.boxes.events(caller.user, asked.pts, slice).await?
    } else {
        Vec::new()
    };
    entries.truncate(within(&entries, SLICE_BYTES));
    let reached = entries.last().map_or(now.pts, |entry| entry.pts);
    if reached < now.pts {
        let state = State { pts: reached, date: asked.date, ..now };
        return Ok(Difference::Some(Missed { entries, account: Vec::new(), state, last: false }));
    }
    let account = account_events(core, caller, asked.date).await?;
    if entries.is_empty() && account.is_empty() && gap == 0 {
        return Ok(Difference::Empty(now));
    }
    // More happened while this was read: the position reached is the one that holds.
    let mut state = State { pts: reached.max(now.pts), ..now };
    let full = account.len() >= usize::try_from(limits::DIFFERENCE_EVENTS).unwrap_or(usize::MAX);
    if let Some(newest) = account.last().filter(|_| full) {
        // The same second may go on in the next slice; if it fills a whole one, the next starts behind it.
        let stuck = newest.date <= asked.date;
        state.date = if stuck { UnixTime(newest.date.0 + 1) } else { newest.date };
    }
    Ok(Difference::Some(Missed { entries, account, state, last: !full }))
}

/// How many of the first entries fit into so many bytes, at least one.
fn within(entries: &[BoxEntry], bytes: usize) -> usize {
    let mut left = bytes;
    let fits = |entry: &&BoxEntry| {
        let size = match &entry.event {
            BoxEvent::NewMessage(Some(message)) | BoxEvent::EditMessage(Some(message)) => {
                message.body.text.len() + 16 * message.body.entities.len() + MESSAGE_BYTES
            }
            _ => MESSAGE_BYTES,
        };
        let before = left;
        left = left.saturating_sub(size);
        before >= size
    };
    entries.iter().take_while(fits).count().max(1)
}

async fn account_events(core: &Core, caller: Caller, since: UnixTime) -> Result<Vec<AccountEntry>> {
    let oldest = UnixTime(core.now().0 - limits::ACCOUNT_EVENT_DAYS * 24 * 3600);
    let events = &core.stores.accounts;
    Ok(events.account_events(caller.user, since.max(oldest), limits::DIFFERENCE_EVENTS).await?)
}
