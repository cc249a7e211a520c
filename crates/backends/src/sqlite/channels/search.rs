//! Search in one log: by words through the index, and by what the rows say.

use model::dialog::HistoryPage;
use model::search::words;
use model::{ChannelId, MessageId, Peer, UnixTime, UserId};
use rusqlite::{Connection, params};
use store::ports::boxes::SearchQuery;

use super::super::Result;
use super::index::{matching, row_of};
use super::{read, rows};

/// Results that one search finds at most, the newest ones: a bound on what it may cost.
const RESULTS: i32 = 10_000;

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
    let asked = (!words.is_empty()).then(|| matching(viewer.channel, &words));
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![
        viewer.channel.0,
        viewer.hidden.0,
        RESULTS,
        row_of(viewer.channel, MessageId(0)),
        asked,
        query.from.map(Peer::id),
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
    sql.push_str(match query.from {
        Some(Peer::User(_)) => " AND m.sender_id = ?6 AND m.kind < 3",
        Some(Peer::Channel(_)) => " AND m.send_as = ?6",
        // No group writes: of one nothing is found.
        Some(Peer::Chat(_)) | None => " AND ?6 IS NULL",
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
    use super::super::{gone, people, post, read, written_as};
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
            (gone::EACH.to_owned(), "channel_messages_gone"),
            (gone::BELOW.to_owned(), "channel_gone_whole"),
            (gone::ABOVE.to_owned(), "channel_gone_whole"),
            (read::OWN.to_owned(), "channel_messages_by_sender"),
            (post::LAST_DATE.to_owned(), "channel_messages_by_sender"),
            (post::LAST_DATE.to_owned(), "channel_messages_gone_by_sender"),
            (statement(&photos, false), "channel_messages_by_class"),
            (statement(&SearchQuery { pinned: true, ..all() }, false), "channel_messages_pinned"),
            (
                statement(&SearchQuery { from: Some(Peer::User(UserId(1))), ..all() }, false),
                "channel_messages_by_sender",
            ),
            (
                statement(&SearchQuery { from: Some(Peer::Channel(ChannelId(1))), ..all() }, false),
                "channel_messages_by_name",
            ),
            (written_as::ROWS.to_owned(), "SEARCH channel_participants USING PRIMARY KEY"),
            (written_as::ROWS.to_owned(), "channels_by_creator"),
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
