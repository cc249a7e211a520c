//! What happened in a box and to an account since a client last listened.

use model::event::{AccountEntry, BoxEntry, BoxEvent};
use model::secret::{QTS_START, SecretMessage};
use model::{ChannelId, Pts, Qts, UnixTime, limits};

use super::{State, state};
use crate::secret::{self, SeenChat};
use crate::{Caller, Core, Error, Result};

/// Bytes of messages in one slice, roughly: a packet of the protocol holds 16 MiB at most, and phones like less.
const SLICE_BYTES: usize = 2 << 20;
/// What a message takes besides its text, with the people that it names; roughly.
const MESSAGE_BYTES: usize = 512;
/// A post is stamped before it waits for its commit, on a slow disk or behind a checkpoint: a client may have read the clock in between. Naming a channel once too often costs
/// the client nothing, as its position is named too.
const COMMIT_DELAY_S: i64 = 30;

/// Where a client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Position of the box that it knows.
    pub pts: Pts,
    /// Date up to which it knows account events.
    pub date: UnixTime,
    /// Position of its device's queue that it knows: what is before is acknowledged.
    pub qts: Qts,
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
    /// Channels whose logs moved since the client's date, and where they stand; with the events of the account.
    pub channels: Vec<(ChannelId, Pts)>,
    /// Of the device's secret chats; only in the last slice.
    pub secret: MissedSecrets,
    /// Where the client stands afterwards.
    pub state: State,
    /// Nothing more is missing.
    pub last: bool,
}

/// What a device missed of its secret chats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MissedSecrets {
    /// Encrypted messages.
    pub messages: Vec<SecretMessage>,
    /// Chats that changed.
    pub chats: Vec<SeenChat>,
}

/// What the caller missed.
///
/// A slice that is not the last one moves the position only, and leaves the date: so account events, which come with the
/// last slice, are replayed from where the client stood.
///
/// A client that has a store of its own keeps the position of each channel, and asks for the differences of those that are
/// named here: channels cost a difference each where something happened, and nothing where nothing did.
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
        let state = State { pts: reached, date: asked.date, qts: asked.qts, ..now };
        let (account, channels) = (Vec::new(), Vec::new());
        let secret = MissedSecrets::default();
        let missed = Missed { entries, account, channels, secret, state, last: false };
        return Ok(Difference::Some(missed));
    }
    let account = account_events(core, caller, asked.date).await?;
    let since = UnixTime(asked.date.0.saturating_sub(COMMIT_DELAY_S));
    let channels = core.stores.channels.channels_moved(caller.user, since).await?;
    let secret = MissedSecrets {
        messages: secret::missed(core, caller, asked.qts).await?,
        chats: secret::changed_since(core, caller, since).await?,
    };
    let nothing = account.is_empty() && channels.is_empty() && secret == MissedSecrets::default();
    // Clients that take no secret chats name place 0.
    let qts = asked.qts.max(QTS_START);
    if entries.is_empty() && nothing && gap == 0 && qts >= now.qts {
        return Ok(Difference::Empty(now));
    }
    // More happened while this was read: the position reached is the one that holds.
    let mut state = State { pts: reached.max(now.pts), ..now };
    let full = account.len() >= usize::try_from(limits::DIFFERENCE_EVENTS).unwrap_or(usize::MAX);
    // The slice has its last second whole. Of one that is not settled more may come: that is replayed from its beginning.
    let newest = account.last().map(|entry| entry.date).filter(|newest| full && *newest < now.date);
    if let Some(newest) = newest {
        state.date = UnixTime(newest.0 + 1);
    }
    let more_waits =
        secret.messages.len() >= usize::try_from(limits::SECRET_PAGE).unwrap_or(usize::MAX);
    if let Some(newest) = secret.messages.last().filter(|_| more_waits) {
        state.qts = newest.qts;
    }
    let last = newest.is_none() && !more_waits;
    Ok(Difference::Some(Missed { entries, account, channels, secret, state, last }))
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
