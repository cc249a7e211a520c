//! The index of words: how a log is written in it, which part of a log it has, and how the rest comes in.
//!
//! A log comes in when somebody searches it, newest first (docs/adr/0013-search-fills-its-index-newest-first.md). What it has of a
//! log are ranges of numbers: while one grows downwards, new posts may begin another above it, and ranges that meet become one.

use model::message::Body;
use model::search::{hashtag, words};
use model::{ChannelId, MessageId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::Result;
use super::super::codec::decode;
use super::rows;

/// Messages indexed in one command, so that posting goes on between.
const CHUNK: i32 = 500;
/// Of one channel in its turn: several large channels come in beside each other.
const SLICE: i32 = 100;
/// In front of a hashtag, in place of its sign, so that no word is one: a token has letters, digits and what is not ASCII.
const TAG: char = '\u{E000}';

/// A message's number in the index: those of a channel follow each other.
pub(super) fn row_of(channel: ChannelId, id: MessageId) -> i64 {
    // A channel's id is below 2^32 (`FIRST_CHANNEL`), a message's below 2^31.
    (channel.0 << 31) + i64::from(id.0)
}

/// The message of such a number.
pub(super) fn message_of(channel: ChannelId, row: i64) -> Result<MessageId> {
    let id = i32::try_from(row - row_of(channel, MessageId(0)));
    Ok(MessageId(id.map_err(|_| store::Error::Corrupt(format!("row {row} in an index")))?))
}

/// A word of this channel. Channels have eight digits, so that none is the beginning of another's word.
fn term(channel: ChannelId, word: &str) -> String {
    format!("{:08x}{word}", channel.0)
}

/// A hashtag of this channel. What would part it gets a letter of its own.
fn tag_term(channel: ChannelId, tag: &str) -> String {
    let letter = |c: char| {
        let parts = c.is_ascii() && !c.is_ascii_alphanumeric();
        if parts { char::from_u32(u32::from(TAG) + u32::from(c)).unwrap_or(TAG) } else { c }
    };
    let tag: String = tag.chars().map(letter).collect();
    term(channel, &format!("{TAG}{tag}"))
}

/// What matches messages that have, for each of these words, one that begins with it.
pub(super) fn matching(channel: ChannelId, words: &[String]) -> String {
    let terms: Vec<_> = words.iter().map(|word| format!("\"{}\"*", term(channel, word))).collect();
    terms.join(" ")
}

/// What matches messages that have this hashtag.
pub(super) fn matching_tag(channel: ChannelId, tag: &str) -> String {
    format!("\"{}\"", tag_term(channel, &hashtag(tag)))
}

fn terms(channel: ChannelId, body: &Body) -> String {
    let mut words = body.search_text().map(|text| words(&text)).unwrap_or_default();
    words.sort_unstable();
    words.dedup();
    let mut terms: Vec<_> = words.iter().map(|word| term(channel, word)).collect();
    terms.extend(body.hashtags().iter().map(|tag| tag_term(channel, tag)));
    terms.join(" ")
}

/// Messages that are in the index: those with numbers above `first` up to `last`.
#[derive(Clone, Copy)]
struct Range {
    first: i32,
    last: i32,
}

impl Range {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { first: row.get(0)?, last: row.get(1)? })
    }
}

/// Those of these channels of which something is missing in the index.
pub(super) fn behind(conn: &Connection, channels: Vec<ChannelId>) -> Result<Vec<ChannelId>> {
    let mut newest = conn.prepare_cached(
        "SELECT first_id, last_id FROM channel_indexed WHERE channel_id = ?1 ORDER BY last_id DESC LIMIT 1",
    )?;
    let mut behind = Vec::new();
    for channel in channels {
        let Some(log) = rows::find(conn, channel)? else { continue };
        let range = newest.query_row([channel.0], Range::from_row).optional()?;
        let range = range.unwrap_or(Range { first: 0, last: 0 });
        if !log.channel.deleted && (range.first > 0 || range.last < log.last_id.0) {
            behind.push(channel);
        }
    }
    Ok(behind)
}

/// Indexes some more messages of these channels, by turns; answers those of which more is missing.
pub(super) fn catch_up(tx: &Connection, channels: Vec<ChannelId>) -> Result<Vec<ChannelId>> {
    let mut left = CHUNK;
    let mut behind = std::collections::VecDeque::from(channels);
    while left > 0
        && let Some(channel) = behind.pop_front()
    {
        let (indexed, is_all) = slice(tx, channel)?;
        left -= indexed;
        if !is_all {
            behind.push_back(channel);
        }
    }
    Ok(behind.into())
}

/// Indexes the newest messages that are missing; answers how many, and whether that was all.
fn slice(tx: &Connection, channel: ChannelId) -> Result<(i32, bool)> {
    let Some(log) = rows::find(tx, channel)?.filter(|log| !log.channel.deleted) else {
        return Ok((0, true));
    };
    let mut statement = tx.prepare_cached(
        "SELECT first_id, last_id FROM channel_indexed WHERE channel_id = ?1 ORDER BY last_id DESC LIMIT 2",
    )?;
    let ranges = statement.query_map([channel.0], Range::from_row)?;
    let mut ranges = ranges.collect::<rusqlite::Result<Vec<_>>>()?.into_iter();
    let (above, below) = match ranges.next() {
        Some(newest) if newest.last >= log.last_id.0 => (Some(newest), ranges.next()),
        newest => (None, newest),
    };
    let high = above.map_or(log.last_id.0, |above| above.first);
    let low = below.map_or(0, |below| below.last).max(high.saturating_sub(SLICE));
    if high <= low {
        return Ok((0, true));
    }
    insert_between(tx, channel, low, high)?;
    let grown = Range {
        first: below.filter(|below| below.last == low).map_or(low, |below| below.first),
        last: above.map_or(high, |above| above.last),
    };
    // What met becomes one range.
    tx.prepare_cached("DELETE FROM channel_indexed WHERE channel_id = ?1 AND last_id >= ?2")?
        .execute(params![channel.0, low])?;
    tx.prepare_cached(
        "INSERT INTO channel_indexed (channel_id, last_id, first_id) VALUES (?1, ?2, ?3)",
    )?
    .execute(params![channel.0, grown.last, grown.first])?;
    Ok((high - low, grown.first == 0))
}

fn insert_between(tx: &Connection, channel: ChannelId, low: i32, high: i32) -> Result<()> {
    let mut statement = tx.prepare_cached(
        "SELECT id, body FROM channel_messages
         WHERE channel_id = ?1 AND id > ?2 AND id <= ?3 AND body IS NOT NULL ORDER BY id",
    )?;
    let mut rows = statement.query(params![channel.0, low, high])?;
    while let Some(row) = rows.next()? {
        let body: Vec<u8> = row.get(1)?;
        insert(tx, channel, MessageId(row.get(0)?), &decode(&body)?)?;
    }
    Ok(())
}

fn insert(tx: &Connection, channel: ChannelId, id: MessageId, body: &Body) -> Result<()> {
    let terms = terms(channel, body);
    if !terms.is_empty() {
        tx.prepare_cached("INSERT INTO channel_words (rowid, words) VALUES (?1, ?2)")?
            .execute(params![row_of(channel, id), terms])?;
    }
    Ok(())
}

/// Replaces a message's words, if they are in the index.
pub(super) fn replace(
    tx: &Connection,
    channel: ChannelId,
    id: MessageId,
    before: Option<&Body>,
    after: Option<&Body>,
) -> Result<()> {
    let first: Option<i32> = tx
        .prepare_cached(
            "SELECT first_id FROM channel_indexed WHERE channel_id = ?1 AND last_id >= ?2 ORDER BY last_id LIMIT 1",
        )?
        .query_row(params![channel.0, id.0], |row| row.get(0))
        .optional()?;
    if first.is_none_or(|first| id.0 <= first) {
        return Ok(());
    }
    let old = before.map(|body| terms(channel, body)).unwrap_or_default();
    if !old.is_empty() {
        // The index keeps no texts: it must be told what to forget.
        tx.prepare_cached(
            "INSERT INTO channel_words (channel_words, rowid, words) VALUES ('delete', ?1, ?2)",
        )?
        .execute(params![row_of(channel, id), old])?;
    }
    after.map_or(Ok(()), |body| insert(tx, channel, id, body))
}
