//! A log as somebody reads it.

use model::channel::Channel;
use model::dialog::{HistoryPage, HistoryWindow};
use model::message::{Body, Message};
use model::reaction::Summary;
use model::{ChannelId, MessageId, Peer, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::Result;
use super::message_row::{COLUMNS, MessageRow, SOURCE};
use super::reading::Reading;
use super::recent::Recently;
use super::rows::{self, Log};
use super::{gone, reactions, threads};

/// What is counted about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A message of a supergroup.
    Group,
    /// A post of a broadcast channel, which has counters.
    Post,
    /// A service message.
    Service,
    /// A message of a supergroup that does not show who wrote it.
    Anonymous,
    /// A service message that does not.
    AnonymousService,
}

impl Kind {
    pub(super) const fn of(channel: &Channel, body: &Body) -> Self {
        match (body.action.is_some(), channel.broadcast) {
            (true, false) if body.send_as.is_some() => Self::AnonymousService,
            (true, _) => Self::Service,
            (false, true) => Self::Post,
            (false, false) if body.send_as.is_some() => Self::Anonymous,
            (false, false) => Self::Group,
        }
    }

    /// Written in a supergroup by somebody.
    pub(super) const fn is_group(self) -> bool {
        matches!(self, Self::Group | Self::Anonymous)
    }

    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Group => 0,
            Self::Post => 1,
            Self::Service => 2,
            Self::Anonymous => 3,
            Self::AnonymousService => 4,
        }
    }
}

/// Who reads a log.
pub(super) struct Viewer {
    pub(super) channel: ChannelId,
    pub(super) user: UserId,
    pub(super) broadcast: bool,
    pub(super) deleted: bool,
    /// The newest message that is hidden from them.
    pub(super) hidden: MessageId,
    /// Of a broadcast channel: where its posts are discussed.
    pub(super) discussed_in: Option<ChannelId>,
}

impl Viewer {
    /// Reads the viewer's row only where the past may be hidden.
    pub(super) fn of(conn: &Connection, channel: &Channel, user: UserId) -> Result<Self> {
        let hidden = if channel.may_hide() {
            let row = rows::participant(conn, channel.id, user)?;
            channel.hidden_until(user, row.as_ref())
        } else {
            MessageId(0)
        };
        let Channel { id, broadcast, deleted, .. } = *channel;
        let discussed_in = channel.linked.filter(|_| broadcast);
        Ok(Self { channel: id, user, broadcast, deleted, hidden, discussed_in })
    }

    /// Whether a message is not hidden from them, if it is there.
    pub(super) fn sees(&self, id: MessageId) -> bool {
        id > self.hidden && !self.deleted
    }

    /// For somebody's answer to their own act.
    pub(super) fn seeing_all(self) -> Self {
        Self { hidden: MessageId(0), ..self }
    }
}

/// A row of [`COLUMNS`] as the viewer sees it; `None` for what was deleted or is hidden from them.
pub(super) fn view(conn: &Connection, viewer: &Viewer, row: &Row<'_>) -> Result<Option<Message>> {
    let mut row = MessageRow::of(row)?;
    let (body, reacted) = (row.body.take(), row.reacted);
    show(conn, viewer, &row, body, reacted)
}

/// A row as the viewer sees it, with its body; `None` for what was deleted or is hidden from them.
pub(super) fn show(
    conn: &Connection,
    viewer: &Viewer,
    row: &MessageRow,
    body: Option<Body>,
    reacted: bool,
) -> Result<Option<Message>> {
    let Some(body) = body.filter(|_| viewer.sees(row.id)) else { return Ok(None) };
    let mentioned = row.mentions.contains(&viewer.user);
    let own = row.from == viewer.user;
    let reactions = if reacted {
        reactions::summary(conn, (viewer.channel, row.id), viewer.user, !viewer.broadcast, own)?
    } else {
        Summary::default()
    };
    Ok(Some(Message {
        id: row.id,
        pts: row.pts,
        peer: Peer::Channel(viewer.channel),
        from: row.from,
        out: own,
        post: viewer.broadcast,
        date: row.date,
        edit_date: row.edit_date,
        mentioned,
        media_unread: mentioned && is_unseen(conn, viewer, row.id)?,
        pinned: row.pinned,
        reply_to: row.reply_to,
        thread: row.thread,
        origin: None,
        body,
        counters: row.counters,
        reactions,
        replies: if row.threaded { threads::replies(conn, viewer, row.id)? } else { None },
    }))
}

fn is_unseen(conn: &Connection, viewer: &Viewer, id: MessageId) -> Result<bool> {
    let mut statement = conn.prepare_cached(
        "SELECT 1 FROM channel_mentions WHERE channel_id = ?1 AND user_id = ?2 AND id = ?3",
    )?;
    Ok(statement.exists(params![viewer.channel.0, viewer.user.0, id.0])?)
}

/// One message.
pub(super) fn message(
    conn: &Connection,
    viewer: &Viewer,
    id: MessageId,
) -> Result<Option<Message>> {
    let sql = format!("SELECT {COLUMNS} FROM {SOURCE} WHERE m.channel_id = ?1 AND m.id = ?2");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![viewer.channel.0, id.0])?;
    rows.next()?.map_or(Ok(None), |row| view(conn, viewer, row))
}

/// Messages in the order asked. If they must be found `at_once`, `None` unless they are in memory.
pub(super) fn posts(
    conn: &Connection,
    recently: &Recently,
    (channel, viewer): (ChannelId, UserId),
    ids: &[MessageId],
    at_once: bool,
) -> Result<Option<Vec<Message>>> {
    let log = rows::log(conn, channel)?;
    let reading = Reading::new(conn, recently, &log, (viewer, at_once))?;
    let kept = reading.posts(ids)?;
    if kept.is_some() || at_once {
        return Ok(kept);
    }
    let mut messages = Vec::with_capacity(ids.len());
    for id in ids {
        messages.extend(message(conn, &reading.viewer, *id)?);
    }
    Ok(Some(messages))
}

/// Who wrote a message that was not deleted.
pub(super) fn author(
    conn: &Connection,
    channel: ChannelId,
    id: MessageId,
) -> Result<Option<UserId>> {
    let author = conn
        .prepare_cached(
            "SELECT sender_id FROM channel_messages WHERE channel_id = ?1 AND id = ?2 AND body IS NOT NULL",
        )?
        .query_row(params![channel.0, id.0], |row| row.get(0))
        .optional()?;
    Ok(author.map(UserId))
}

/// Messages of one author with a number above the third parameter.
pub(super) const OWN: &str = "SELECT count(*) FROM channel_messages
     WHERE channel_id = ?1 AND sender_id = ?2 AND id > ?3 AND body IS NOT NULL";

/// The thread that a message of a supergroup is in; its own if it is in no other's. `None` if it was deleted.
pub(super) fn thread_of(
    conn: &Connection,
    channel: ChannelId,
    id: MessageId,
) -> Result<Option<MessageId>> {
    let top: Option<Option<i32>> = conn
        .prepare_cached(
            "SELECT thread FROM channel_messages WHERE channel_id = ?1 AND id = ?2 AND body IS NOT NULL",
        )?
        .query_row(params![channel.0, id.0], |row| row.get(0))
        .optional()?;
    Ok(top.map(|top| top.map_or(id, MessageId)))
}

/// Messages with a number above `low` up to `high` that were not deleted. Numbers have no holes, so those that were are counted.
pub(super) fn live_between(
    conn: &Connection,
    channel: ChannelId,
    low: MessageId,
    high: MessageId,
) -> Result<i32> {
    if high <= low {
        return Ok(0);
    }
    let gone = gone::between(conn, channel, low, high)?;
    Ok(high.0.saturating_sub(low.0).saturating_sub(gone))
}

/// A window of the history. If it must be found `at_once`, `None` unless it is in memory.
pub(super) fn history(
    conn: &Connection,
    recently: &Recently,
    (channel, viewer): (ChannelId, UserId),
    window: &HistoryWindow,
    at_once: bool,
) -> Result<Option<HistoryPage>> {
    let log = rows::log(conn, channel)?;
    let mut reading = Reading::new(conn, recently, &log, (viewer, at_once))?;
    if reading.viewer.deleted {
        return Ok(Some(HistoryPage::default()));
    }
    let hidden = reading.viewer.hidden;
    let total = match hidden {
        MessageId(0) => log.messages,
        hidden => live_between(conn, channel, hidden, log.last_id)?,
    };
    let first_above = if window.offset_id.0 > 0 {
        Some(window.offset_id)
    } else if window.offset_date.0 > 0 {
        Some(first_at(conn, &log, window.offset_date)?)
    } else {
        None
    };
    // There are no numbers behind the last one.
    let end = MessageId(log.last_id.0.saturating_add(1));
    let anchor = first_above.map_or(end, |first| first.min(end));
    let anchor = anchor.max(MessageId(hidden.0 + 1));
    let above = live_between(conn, channel, MessageId(anchor.0 - 1), log.last_id)?;
    let places = window.places(total, above);
    let (start, end) = (places.start, places.end);
    let newer = (above.min(end) - start, above - above.min(end));
    let older = (end - above.max(start), start.max(above) - above);
    if first_above.is_none() && older.1 == 0 && !at_once {
        reading.fill(recently, &log, older.0)?;
    }
    let Some(mut list) = slice(&reading, Side::Newer, anchor, newer)? else { return Ok(None) };
    list.reverse();
    let Some(older) = slice(&reading, Side::Older, anchor, older)? else { return Ok(None) };
    list.extend(older);
    let mut kept = (start..).zip(list).filter(|(_, m)| window.keeps(m.id)).peekable();
    let offset_from_newest = kept.peek().map_or(start, |(place, _)| *place);
    let messages = kept.map(|(_, message)| message).collect();
    Ok(Some(HistoryPage { messages, total, offset_from_newest }))
}

/// Where messages stand to an anchor, which is itself the first of the newer ones.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Newer,
    Older,
}

/// `limit` messages from `anchor` on to one side, after the first `skipped`; `None` if they must be found at once and are not in
/// memory.
fn slice(
    reading: &Reading<'_>,
    side: Side,
    anchor: MessageId,
    part: (i32, i32),
) -> Result<Option<Vec<Message>>> {
    let kept = reading.slice(side, anchor, part)?;
    if kept.is_some() || reading.at_once {
        return Ok(kept);
    }
    read_slice(reading.conn, &reading.viewer, side, anchor, part).map(Some)
}

/// The same out of the database. Stretches where all are deleted are passed over.
fn read_slice(
    conn: &Connection,
    viewer: &Viewer,
    side: Side,
    mut anchor: MessageId,
    (limit, mut skipped): (i32, i32),
) -> Result<Vec<Message>> {
    let mut list = Vec::new();
    let order = if side == Side::Newer { "ASC" } else { "DESC" };
    let sql = format!(
        "SELECT {COLUMNS} FROM {SOURCE}
         WHERE m.channel_id = ?1 AND m.id >= ?2 AND m.id <= ?3 AND m.body IS NOT NULL
         ORDER BY m.id {order} LIMIT ?4 OFFSET ?5"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut left = limit;
    while left > 0 {
        let (low, high, next) = part(conn, viewer, side, anchor)?;
        let mut rows = statement.query(params![viewer.channel.0, low.0, high.0, left, skipped])?;
        let before = left;
        while let Some(row) = rows.next()? {
            list.extend(view(conn, viewer, row)?);
            left -= 1;
        }
        let Some(next) = next else { break };
        skipped = if left < before || skipped == 0 {
            0
        } else {
            let there = live_between(conn, viewer.channel, MessageId(low.0 - 1), high)?;
            skipped.saturating_sub(there).max(0)
        };
        anchor = next;
    }
    Ok(list)
}

/// The visible numbers from an anchor up to the next stretch where all are deleted, and the anchor behind that, if there may be more.
fn part(
    conn: &Connection,
    viewer: &Viewer,
    side: Side,
    anchor: MessageId,
) -> Result<(MessageId, MessageId, Option<MessageId>)> {
    let lowest = MessageId(viewer.hidden.0.saturating_add(1));
    Ok(match side {
        Side::Newer => {
            let stretch = gone::above(conn, viewer.channel, anchor)?;
            let high = stretch.map_or(i32::MAX, |stretch| stretch.first.0 - 1);
            let next = stretch.map(|stretch| MessageId(stretch.last.0.saturating_add(1)));
            (anchor.max(lowest), MessageId(high), next)
        }
        Side::Older => {
            let stretch = gone::below(conn, viewer.channel, anchor)?;
            let low = stretch.map_or(lowest, |stretch| MessageId(stretch.last.0.saturating_add(1)));
            let next = stretch.map(|stretch| stretch.first).filter(|first| *first > lowest);
            (low.max(lowest), MessageId(anchor.0 - 1), next)
        }
    })
}

/// The number of the first message at `date` or later, deleted ones included, or one above the last. Dates rise with the numbers.
pub(super) fn first_at(conn: &Connection, log: &Log, date: UnixTime) -> Result<MessageId> {
    let mut probe = conn.prepare_cached(
        "SELECT id, date FROM channel_messages WHERE channel_id = ?1 AND id >= ?2 ORDER BY id LIMIT 1",
    )?;
    let (mut low, mut high) = (1, log.last_id.0.saturating_add(1));
    while low < high {
        let middle = low + (high - low) / 2;
        let found: Option<(i32, i64)> = probe
            .query_row(params![log.channel.id.0, middle], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match found {
            Some((id, at)) if at < date.0 => low = id.saturating_add(1),
            _ => high = middle,
        }
    }
    Ok(MessageId(low))
}

/// Messages after a read mark that others wrote.
pub(in super::super) fn unread_after(
    conn: &Connection,
    channel: ChannelId,
    viewer: UserId,
    read_max: MessageId,
) -> Result<i32> {
    let Some(log) = rows::find(conn, channel)? else { return Ok(0) };
    if log.channel.deleted || read_max >= log.last_id {
        return Ok(0);
    }
    let mark = read_max.max(Viewer::of(conn, &log.channel, viewer)?.hidden);
    let all = live_between(conn, channel, mark, log.last_id)?;
    let own: i32 = conn
        .prepare_cached(OWN)?
        .query_row(params![channel.0, viewer.0, mark.0], |row| row.get(0))?;
    Ok(all.saturating_sub(own))
}

/// The newest own message up to `read`, in a supergroup.
pub(super) fn newest_own(
    conn: &Connection,
    channel: ChannelId,
    user: UserId,
    read: MessageId,
) -> Result<MessageId> {
    if rows::log(conn, channel)?.channel.broadcast {
        return Ok(MessageId(0));
    }
    let newest = conn
        .prepare_cached(
            "SELECT id FROM channel_messages
             WHERE channel_id = ?1 AND sender_id = ?2 AND id <= ?3 AND body IS NOT NULL
             ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![channel.0, user.0, read.0], |row| row.get(0))
        .optional()?;
    Ok(MessageId(newest.unwrap_or(0)))
}
