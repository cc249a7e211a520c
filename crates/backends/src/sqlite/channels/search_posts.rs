//! Posts of several channels that have words or a hashtag, newest first.
//!
//! Each channel's newest hits come from the index, no more of them than a page holds; of these only as many as are shown, and one
//! for each channel, are looked up. Dates rise with the numbers in every log, so that the channels' hits are merged by date.

use std::collections::BinaryHeap;

use model::search::words;
use model::{ChannelId, MessageId, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::ports::post_search::{COUNTED_POSTS, FoundPosts, PostPlace, PostQuery, Wanted};

use super::super::Result;
use super::index::{matching, matching_tag, message_of, row_of};
use super::read::{self, Viewer};
use super::rows::{self, Log};

/// Hits of one channel, newest first.
struct Hits {
    viewer: Viewer,
    ids: std::vec::IntoIter<MessageId>,
}

/// Searches; the index has been filled before.
pub(super) fn search(
    conn: &Connection,
    channels: &[ChannelId],
    user: UserId,
    query: &PostQuery,
) -> Result<FoundPosts> {
    let mut found = FoundPosts::default();
    if query.wanted.is_empty() {
        return Ok(found);
    }
    let mut all = Vec::new();
    for channel in channels {
        let Some(log) = rows::find(conn, *channel)?.filter(|log| !log.channel.deleted) else {
            continue;
        };
        let viewer = Viewer::of(conn, &log.channel, user)?;
        let (ids, count) = newest(conn, &log, &viewer, query)?;
        found.total = found.total.saturating_add(count);
        all.push(Hits { viewer, ids: ids.into_iter() });
    }
    merge(conn, all, query.limit, &mut found)?;
    Ok(found)
}

/// Puts the newest hits of all channels in order.
fn merge(conn: &Connection, mut all: Vec<Hits>, limit: i32, found: &mut FoundPosts) -> Result<()> {
    let limit = usize::try_from(limit).unwrap_or(0);
    let mut heads = BinaryHeap::with_capacity(all.len());
    for (number, hits) in all.iter_mut().enumerate() {
        heads.extend(hits.next(conn)?.map(|place| (place, number)));
    }
    while let Some((place, number)) = heads.pop() {
        found.more = found.messages.len() >= limit;
        let Some(hits) = all.get_mut(number).filter(|_| !found.more) else { break };
        found.messages.extend(read::message(conn, &hits.viewer, place.id)?);
        heads.extend(hits.next(conn)?.map(|place| (place, number)));
    }
    Ok(())
}

impl Hits {
    /// Where the next one is.
    fn next(&mut self, conn: &Connection) -> Result<Option<PostPlace>> {
        let channel = self.viewer.channel;
        let mut date = conn.prepare_cached(
            "SELECT date FROM channel_messages WHERE channel_id = ?1 AND id = ?2 AND body IS NOT NULL",
        )?;
        for id in self.ids.by_ref() {
            let date = date.query_row(params![channel.0, id.0], |row| row.get(0)).optional()?;
            if let Some(date) = date {
                return Ok(Some(PostPlace { date: UnixTime(date), channel, id }));
            }
        }
        Ok(None)
    }
}

/// The hits of a channel that may be on the page and the first of the next one, and how many hits there are.
fn newest(
    conn: &Connection,
    log: &Log,
    viewer: &Viewer,
    query: &PostQuery,
) -> Result<(Vec<MessageId>, i32)> {
    let wanted = match &query.wanted {
        Wanted::Words(text) => matching(viewer.channel, &words(text)),
        Wanted::Hashtag(tag) => matching_tag(viewer.channel, tag),
    };
    let newest = Slice { conn, viewer, wanted: &wanted };
    let below = below(conn, log, query.after)?;
    let page = usize::try_from(query.limit).unwrap_or(0) + 1;
    let mut ids = newest.read(MessageId(i32::MAX), COUNTED_POSTS)?;
    let count = i32::try_from(ids.len()).unwrap_or(COUNTED_POSTS);
    ids.retain(|id| *id < below);
    if count >= COUNTED_POSTS && ids.len() < page {
        ids = newest.read(MessageId(below.0.saturating_sub(1)), query.limit.saturating_add(1))?;
    }
    ids.truncate(page);
    Ok((ids, count))
}

/// A part of a channel's hits.
struct Slice<'a> {
    conn: &'a Connection,
    viewer: &'a Viewer,
    wanted: &'a str,
}

impl Slice<'_> {
    /// The newest ones up to this number.
    fn read(&self, up_to: MessageId, limit: i32) -> Result<Vec<MessageId>> {
        let channel = self.viewer.channel;
        let mut statement = self.conn.prepare_cached(
            "SELECT rowid FROM channel_words WHERE channel_words MATCH ?1 AND rowid > ?2 AND rowid <= ?3
             ORDER BY rowid DESC LIMIT ?4",
        )?;
        let (low, high) = (row_of(channel, self.viewer.hidden), row_of(channel, up_to));
        let mut rows = statement.query(params![self.wanted, low, high, limit])?;
        let mut ids = Vec::new();
        while let Some(row) = rows.next()? {
            ids.push(message_of(channel, row.get(0)?)?);
        }
        Ok(ids)
    }
}

/// The number below which a channel's posts stand behind a place: of posts of the same second, those of channels with smaller
/// numbers do.
fn below(conn: &Connection, log: &Log, after: Option<PostPlace>) -> Result<MessageId> {
    let Some(after) = after else { return Ok(MessageId(i32::MAX)) };
    if log.channel.id == after.channel {
        return Ok(after.id);
    }
    let is_behind = log.channel.id < after.channel;
    let date = UnixTime(after.date.0.saturating_add(i64::from(is_behind)));
    if log.top_date < date { Ok(MessageId(i32::MAX)) } else { read::first_at(conn, log, date) }
}
