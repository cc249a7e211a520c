//! A log as one snapshot has it, with what of it is in memory: rows from there, whatever is the reader's own from the database.

use std::collections::HashSet;
use std::sync::Arc;

use model::message::Message;
use model::{ChannelId, MessageId, Pts, UserId};
use rusqlite::{Connection, params};

use super::super::engine::LOOK_ROWS;
use super::super::{Result, counters};
use super::message_row::{COLUMNS, MessageRow, SOURCE};
use super::read::{self, Side, Viewer};
use super::recent::{Read, Recently, Tail};
use super::rows::Log;

/// A new message at its position, which it leaves empty when it is deleted or hidden.
pub(super) type New = (Pts, Option<Message>);

/// One reader's view of a log, in one snapshot.
pub(super) struct Reading<'a> {
    pub(super) conn: &'a Connection,
    pub(super) viewer: Viewer,
    tail: Option<Arc<Tail>>,
    /// Nothing is answered that is not in memory, but for what is asked besides for [`LOOK_ROWS`] messages at most.
    pub(super) at_once: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        conn: &'a Connection,
        recently: &Recently,
        log: &Log,
        (viewer, at_once): (UserId, bool),
    ) -> Result<Self> {
        let viewer = Viewer::of(conn, &log.channel, viewer)?;
        Ok(Self { conn, viewer, tail: recently.tail(log), at_once })
    }

    /// Messages in the order asked, if all of them are in memory.
    pub(super) fn posts(&self, ids: &[MessageId]) -> Result<Option<Vec<Message>>> {
        let kept = |tail: &'_ Arc<Tail>| ids.iter().map(|id| tail.find(*id).cloned()).collect();
        let Some(rows): Option<Vec<_>> = self.tail.as_ref().and_then(kept) else { return Ok(None) };
        let shown = self.show(&rows)?;
        Ok(shown.map(|messages| messages.into_iter().flatten().collect()))
    }

    /// One message.
    pub(super) fn message(&self, id: MessageId) -> Result<Option<Message>> {
        let kept = self.posts(&[id])?;
        kept.map_or_else(|| read::message(self.conn, &self.viewer, id), |mut kept| Ok(kept.pop()))
    }

    /// Up to `limit` messages with a higher pts, oldest first, if they are in memory.
    pub(super) fn after(&self, pts: Pts, limit: i32) -> Result<Option<Vec<New>>> {
        let limit = usize::try_from(limit).unwrap_or(0);
        let kept = self.tail.as_ref().and_then(|tail| tail.after(pts));
        let Some(rows) = kept.map(|rows| rows.take(limit).cloned().collect::<Vec<_>>()) else {
            return Ok(None);
        };
        let shown = self.show(&rows)?;
        Ok(shown.map(|shown| rows.iter().map(|row| row.pts).zip(shown).collect()))
    }

    /// Live messages from an anchor on to one side, after the first `skipped`, if all `limit` of them are in memory.
    pub(super) fn slice(
        &self,
        side: Side,
        anchor: MessageId,
        part: (i32, i32),
    ) -> Result<Option<Vec<Message>>> {
        let Some(rows) = self.kept_slice(side, anchor, part) else { return Ok(None) };
        Ok(self.show(&rows)?.map(|messages| messages.into_iter().flatten().collect()))
    }

    fn kept_slice(
        &self,
        side: Side,
        anchor: MessageId,
        (limit, skipped): (i32, i32),
    ) -> Option<Vec<Arc<MessageRow>>> {
        let [limit, skipped] = [limit, skipped].map(|n| usize::try_from(n).unwrap_or(0));
        if limit == 0 {
            return Some(Vec::new());
        }
        let tail = self.tail.as_ref()?;
        let live = tail.rows().filter(|row| row.body.is_some() && self.viewer.sees(row.id));
        let rows: Vec<_> = match side {
            Side::Newer if anchor < tail.first() => return None,
            Side::Newer => {
                let newer = live.filter(|row| row.id >= anchor);
                newer.skip(skipped).take(limit).cloned().collect()
            }
            Side::Older => {
                let older = live.rev().filter(|row| row.id < anchor);
                older.skip(skipped).take(limit).cloned().collect()
            }
        };
        (rows.len() == limit).then_some(rows)
    }

    /// Reads the newest rows for the newest `wanted` live messages, if those are not in memory, and keeps them there.
    pub(super) fn fill(&mut self, recently: &Recently, log: &Log, wanted: i32) -> Result<()> {
        let end = MessageId(i32::MAX);
        if self.kept_slice(Side::Older, end, (wanted, 0)).is_some() {
            return Ok(());
        }
        // Some may be deleted. Where it is more, the rest is read as any other page.
        let read = wanted.saturating_add(wanted / 4);
        let below = MessageId(log.last_id.0.saturating_sub(read).max(0));
        if self.tail.as_ref().is_some_and(|tail| tail.first().0 <= below.0 + 1) {
            return Ok(());
        }
        let rows = newest(self.conn, log.channel.id, below)?;
        let whole_after = rows.first().map_or(log.channel.pts, |row| Pts(row.pts.0 - 1));
        let read = Read { whole_after, quiet_after: log.channel.pts, rows };
        self.tail = Tail::of(log, recently.drops(), &read).map(Arc::new);
        recently.keep(log, &read);
        Ok(())
    }

    /// Rows as the viewer sees them. `None` if that must be found at once, and is too much.
    fn show(&self, rows: &[Arc<MessageRow>]) -> Result<Option<Vec<Option<Message>>>> {
        let reacted = self.reacted(rows)?;
        let asks = |row: &&Arc<MessageRow>| {
            row.threaded || reacted.contains(&row.id) || row.mentions.contains(&self.viewer.user)
        };
        if self.at_once && rows.iter().filter(asks).count() > LOOK_ROWS {
            return Ok(None);
        }
        counters::count_kept_rows(rows.len());
        let shown = rows.iter().map(|row| {
            let reacted = reacted.contains(&row.id);
            read::show(self.conn, &self.viewer, row, row.body.clone(), reacted)
        });
        shown.collect::<Result<_>>().map(Some)
    }

    /// Which of these somebody reacted to. Reactions do not move the log.
    fn reacted(&self, rows: &[Arc<MessageRow>]) -> Result<HashSet<MessageId>> {
        let ids = || rows.iter().map(|row| row.id);
        let Some((first, last)) = ids().min().zip(ids().max()) else { return Ok(HashSet::new()) };
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM channel_reaction_counts WHERE channel_id = ?1 AND id >= ?2 AND id <= ?3",
        )?;
        let params = params![self.viewer.channel.0, first.0, last.0];
        let found = statement.query_map(params, |row| row.get(0).map(MessageId))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }
}

/// The rows with higher numbers, up to the last one.
fn newest(conn: &Connection, channel: ChannelId, below: MessageId) -> Result<Vec<Arc<MessageRow>>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {SOURCE} WHERE m.channel_id = ?1 AND m.id > ?2 ORDER BY m.id"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![channel.0, below.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Arc::new(MessageRow::of(row)?));
    }
    Ok(found)
}
