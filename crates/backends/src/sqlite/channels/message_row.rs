//! A message's row: what is the same for all who read it.

use std::collections::BTreeSet;
use std::mem::size_of;

use model::message::{Body, Counters, Entity};
use model::{MessageId, Pts, UnixTime, UserId};
use rusqlite::Row;

use super::super::codec::decode;
use super::super::{Result, counters};
use super::read::Kind;

/// The columns that [`MessageRow::of`] reads, of `channel_messages m` and `channel_counters c`.
pub(super) const COLUMNS: &str = "m.id, m.pts, m.sender_id, m.kind, m.date, m.edit_date, m.pinned, m.reacted, m.reply_to, m.mentions, \
     m.body, c.views, c.forwards, m.thread, m.threaded";
/// Where they come from.
pub(super) const SOURCE: &str = "channel_messages m LEFT JOIN channel_counters c ON c.channel_id = m.channel_id AND c.id = m.id";

/// Bytes of a pointer to a row, of the counts beside it, and of what the allocator adds.
const PLACE: usize = 64;

/// A row of [`COLUMNS`].
#[derive(Clone, Debug)]
pub(super) struct MessageRow {
    pub(super) id: MessageId,
    pub(super) pts: Pts,
    pub(super) from: UserId,
    pub(super) date: UnixTime,
    pub(super) edit_date: Option<UnixTime>,
    pub(super) pinned: bool,
    /// Somebody reacted once. The one thing here that changes without the log's position.
    pub(super) reacted: bool,
    pub(super) reply_to: Option<MessageId>,
    pub(super) mentions: BTreeSet<UserId>,
    /// `None` if it was deleted.
    pub(super) body: Option<Body>,
    /// Of posts of broadcast channels, as the database has them.
    pub(super) counters: Option<Counters>,
    pub(super) thread: Option<MessageId>,
    /// There is a thread of its own, or was.
    pub(super) threaded: bool,
    /// Bytes of its body in the row.
    pub(super) stored: usize,
}

impl MessageRow {
    pub(super) fn of(row: &Row<'_>) -> Result<Self> {
        counters::count_post_row();
        let body: Option<Vec<u8>> = row.get(10)?;
        let mentions: Option<Vec<u8>> = row.get(9)?;
        let is_post = row.get::<_, i64>(3)? == Kind::Post.number();
        let (views, forwards): (Option<i32>, Option<i32>) = (row.get(11)?, row.get(12)?);
        let counters = Counters { views: views.unwrap_or(1), forwards: forwards.unwrap_or(0) };
        Ok(Self {
            id: MessageId(row.get(0)?),
            pts: Pts(row.get(1)?),
            from: UserId(row.get(2)?),
            date: UnixTime(row.get(4)?),
            edit_date: row.get::<_, Option<i64>>(5)?.map(UnixTime),
            pinned: row.get(6)?,
            reacted: row.get(7)?,
            reply_to: row.get::<_, Option<i32>>(8)?.map(MessageId),
            mentions: mentions.map_or_else(|| Ok(BTreeSet::new()), |ids| decode(&ids))?,
            body: body.as_deref().map(decode).transpose()?,
            counters: is_post.then_some(counters),
            thread: row.get::<_, Option<i32>>(13)?.map(MessageId),
            threaded: row.get(14)?,
            stored: body.map_or(0, |body| body.len()),
        })
    }

    /// Whether it ends by a timer of its own, as a whole or in part.
    pub(super) fn ends(&self) -> bool {
        self.body.as_ref().is_some_and(|body| body.end().is_some() || body.is_fleeting())
    }

    /// The bytes that it takes in memory, rather too many than too few. Text takes no more than in the row; the small things in it grow
    /// when they are decoded, formatting the most.
    pub(super) fn bytes(&self) -> usize {
        let quoted = |body: &Body| {
            let quote = body.reply.as_ref().and_then(|reply| reply.quote.as_ref());
            quote.map_or(0, |quote| quote.entities.len())
        };
        let entities = self.body.as_ref().map_or(0, |body| body.entities.len() + quoted(body));
        size_of::<Self>()
            + PLACE
            + 2 * self.stored
            + 2 * entities * size_of::<Entity>()
            // Nodes of a set are half full at least.
            + 4 * self.mentions.len() * size_of::<UserId>()
    }

    /// A deleted message with no more than its number, and with bytes in the row.
    #[cfg(test)]
    pub(super) fn blank(id: MessageId, stored: usize) -> Self {
        Self {
            id,
            pts: Pts(0),
            from: UserId(0),
            date: UnixTime(0),
            edit_date: None,
            pinned: false,
            reacted: false,
            reply_to: None,
            mentions: BTreeSet::new(),
            body: None,
            counters: None,
            thread: None,
            threaded: false,
            stored,
        }
    }
}
