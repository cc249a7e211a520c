//! Search in one log: by words through the index, which is filled when somebody searches, and by what the rows say.

use model::dialog::HistoryPage;
use model::message::Body;
use model::search::words;
use model::{ChannelId, MessageId, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::ports::boxes::SearchQuery;

use super::super::Result;
use super::super::codec::decode;
use super::{read, rows};

/// Messages indexed in one command, so that posting goes on between.
const CHUNK: i32 = 500;
/// Results that one search finds at most, the newest ones: a bound on what it may cost.
const RESULTS: i32 = 10_000;

/// A message's number in the index: those of a channel follow each other.
fn row_of(channel: ChannelId, id: MessageId) -> i64 {
    // A channel's id is below 2^32 (`FIRST_CHANNEL`), a message's below 2^31.
    (channel.0 << 31) + i64::from(id.0)
}

/// A word of this channel. Channels have eight digits, so that none is the beginning of another's word.
fn term(channel: ChannelId, word: &str) -> String {
    format!("{:08x}{word}", channel.0)
}

fn terms(channel: ChannelId, body: &Body) -> String {
    let mut words = body.search_text().map(|text| words(&text)).unwrap_or_default();
    words.sort_unstable();
    words.dedup();
    words.iter().map(|word| term(channel, word)).collect::<Vec<_>>().join(" ")
}

/// Up to which number the log is in the index.
fn indexed(conn: &Connection, channel: ChannelId) -> Result<MessageId> {
    let last = conn
        .prepare_cached("SELECT last_id FROM channel_indexed WHERE channel_id = ?1")?
        .query_row([channel.0], |row| row.get(0))
        .optional()?;
    Ok(MessageId(last.unwrap_or(0)))
}

/// Whether the whole log is in the index.
pub(super) fn is_caught_up(conn: &Connection, channel: ChannelId) -> Result<bool> {
    Ok(indexed(conn, channel)? >= rows::log(conn, channel)?.last_id)
}

/// Indexes some more messages; answers whether that was all.
pub(super) fn catch_up(tx: &Connection, channel: ChannelId) -> Result<bool> {
    let log = rows::log(tx, channel)?;
    let from = indexed(tx, channel)?;
    let mut statement = tx.prepare_cached(
        "SELECT id, body FROM channel_messages WHERE channel_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
    )?;
    let mut rows = statement.query(params![channel.0, from.0, CHUNK])?;
    let mut last = from;
    while let Some(row) = rows.next()? {
        last = MessageId(row.get(0)?);
        if let Some(body) = row.get::<_, Option<Vec<u8>>>(1)? {
            insert(tx, channel, last, &decode(&body)?)?;
        }
    }
    tx.prepare_cached(
        "INSERT INTO channel_indexed (channel_id, last_id) VALUES (?1, ?2)
         ON CONFLICT (channel_id) DO UPDATE SET last_id = ?2",
    )?
    .execute(params![channel.0, last.0])?;
    Ok(last >= log.last_id || last == from)
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
    if id > indexed(tx, channel)? {
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

/// Searches; the index has been filled before.
pub(super) fn search(
    conn: &Connection,
    channel: ChannelId,
    viewer: UserId,
    query: &SearchQuery,
) -> Result<HistoryPage> {
    let log = rows::log(conn, channel)?;
    let by_hidden_author = query.from.is_some() && log.channel.broadcast;
    if log.channel.deleted || by_hidden_author {
        return Ok(HistoryPage::default());
    }
    let viewer = read::Viewer::of(conn, &log.channel, viewer)?;
    let found = find(conn, &viewer, query)?;
    let (part, offset_from_newest) = query.window.cut(&found, |found| *found);
    let mut messages = Vec::with_capacity(part.len());
    for (id, _) in part {
        messages.extend(read::message(conn, &viewer, *id)?);
    }
    let total = i32::try_from(found.len()).unwrap_or(i32::MAX);
    Ok(HistoryPage { messages, total, offset_from_newest })
}

/// The messages that fit, newest first.
fn find(
    conn: &Connection,
    viewer: &read::Viewer,
    query: &SearchQuery,
) -> Result<Vec<(MessageId, UnixTime)>> {
    let words = words(&query.text);
    let sql = statement(query, !words.is_empty());
    let asked: Vec<_> =
        words.iter().map(|word| format!("\"{}\"*", term(viewer.channel, word))).collect();
    let asked = (!asked.is_empty()).then(|| asked.join(" "));
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![
        viewer.channel.0,
        viewer.hidden.0,
        RESULTS,
        row_of(viewer.channel, MessageId(0)),
        asked,
        query.from.map(|from| from.0),
        query.min_date.0,
        query.max_date.0,
        viewer.user.0,
        query.thread.map(|top| top.0),
    ])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((MessageId(row.get(0)?), UnixTime(row.get(1)?)));
    }
    Ok(found)
}

/// The statement for what the query asks; parameters that it does not need count as nothing.
fn statement(query: &SearchQuery, has_words: bool) -> String {
    let mut sql = String::from("SELECT m.id, m.date FROM ");
    if has_words {
        sql.push_str(
            "channel_words CROSS JOIN channel_messages m
             ON m.channel_id = ?1 AND m.id = channel_words.rowid - ?4
             WHERE channel_words MATCH ?5 AND channel_words.rowid > ?4 + ?2
             AND channel_words.rowid <= ?4 + 2147483647",
        );
    } else {
        sql.push_str(
            "channel_messages m WHERE m.channel_id = ?1 AND m.id > ?2 AND ?4 > 0 AND ?5 IS NULL",
        );
    }
    sql.push_str(" AND m.body IS NOT NULL");
    sql.push_str(if query.from.is_some() {
        " AND m.sender_id = ?6 AND m.kind < 3"
    } else {
        " AND ?6 IS NULL"
    });
    sql.push_str(if query.min_date.0 > 0 { " AND m.date > ?7" } else { " AND ?7 <= 0" });
    sql.push_str(if query.max_date.0 > 0 { " AND m.date < ?8" } else { " AND ?8 <= 0" });
    if query.unread_mentions {
        sql.push_str(
            " AND m.id IN (SELECT n.id FROM channel_mentions n WHERE n.channel_id = ?1 AND n.user_id = ?9)",
        );
    } else {
        sql.push_str(" AND ?9 IS NOT NULL");
    }
    sql.push_str(if query.thread.is_some() { " AND m.thread = ?10" } else { " AND ?10 IS NULL" });
    if query.pinned {
        sql.push_str(" AND m.pinned = 1");
    }
    let mut classes: Vec<_> = query.classes.iter().map(|class| class.number()).collect();
    classes.sort_unstable();
    classes.dedup();
    if !classes.is_empty() {
        // The index leaves out messages of no class.
        sql.push_str(if classes.contains(&0) { "" } else { " AND m.class <> 0" });
        let classes: Vec<_> = classes.iter().map(i64::to_string).collect();
        sql.push_str(" AND m.class IN (");
        sql.push_str(&classes.join(","));
        sql.push(')');
    }
    // Rises with the number in the index as well.
    sql.push_str(if has_words {
        " ORDER BY channel_words.rowid DESC"
    } else {
        " ORDER BY m.id DESC"
    });
    sql.push_str(" LIMIT ?3");
    sql
}

#[cfg(test)]
mod tests {
    use model::message::MediaClass;
    use store::conformance::support::NOW;

    use super::super::super::statistics;
    use super::super::{people, post, read};
    use super::*;

    /// How SQLite goes about a statement.
    fn plan(conn: &Connection, sql: &str) -> String {
        let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut rows = statement.raw_query();
        let mut plan = String::new();
        while let Some(row) = rows.next().unwrap() {
            plan.push_str(&row.get::<_, String>(3).unwrap());
            plan.push('\n');
        }
        plan
    }

    /// Reading whole logs where an index leads to the few rows that are meant shows only when a channel is large.
    #[tokio::test]
    async fn statements_use_their_indexes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hoopoe.db");
        let database = super::super::Sqlite::open(&file, None, &|_, _| {}).unwrap();
        let all = SearchQuery::default;
        let photos = SearchQuery { classes: vec![MediaClass::Photo, MediaClass::Video], ..all() };
        let cases = [
            (statistics::LARGEST.to_owned(), "channels_by_size"),
            (people::recent_statement(&[]), "COVERING INDEX channel_members_by_date"),
            (people::recent_statement(&[UserId(1)]), "COVERING INDEX channel_members_by_date"),
            (read::GONE.to_owned(), "channel_messages_gone"),
            (read::OWN.to_owned(), "channel_messages_by_sender"),
            (post::LAST_DATE.to_owned(), "channel_messages_by_sender"),
            (post::LAST_DATE.to_owned(), "channel_messages_gone_by_sender"),
            (statement(&photos, false), "channel_messages_by_class"),
            (statement(&SearchQuery { pinned: true, ..all() }, false), "channel_messages_pinned"),
            (
                statement(&SearchQuery { from: Some(UserId(1)), ..all() }, false),
                "channel_messages_by_sender",
            ),
            (
                statement(&SearchQuery { thread: Some(MessageId(1)), ..all() }, false),
                "channel_messages_by_thread",
            ),
            (statement(&all(), true), "channel_words VIRTUAL TABLE"),
            (statement(&SearchQuery { max_date: NOW, ..all() }, false), "PRIMARY KEY"),
        ];
        database
            .read(move |conn| {
                for (sql, index) in cases {
                    let plan = plan(conn, &sql);
                    assert!(plan.contains(index), "{sql}\n{plan}");
                    let sorts = sql == statistics::LARGEST && plan.contains("TEMP B-TREE");
                    assert!(!sorts, "{plan}");
                }
                Ok(())
            })
            .await
            .unwrap();
    }
}
