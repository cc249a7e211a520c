//! The port of statistics: counters by the hour, added to within the transaction of what they count.

use async_trait::async_trait;
use model::account::ClientInfo;
use model::channel::Participant;
use model::series::{Counted, Point, hour_of, of_change};
use model::{ChannelId, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::ports::StatisticsStore;
use store::ports::statistics::{Growth, LEAST_SHARED, SAMPLE};

use super::codec::decode;
use super::{Result, Sqlite};

/// The largest channels with a public name: their index has no others.
pub(super) const LARGEST: &str =
    "SELECT id FROM channels WHERE deleted = 0 AND broadcast = 1 AND public = 1
     ORDER BY participants DESC, id LIMIT ?1";

/// Counts something that happens now.
pub(super) fn count(
    tx: &Connection,
    channel: ChannelId,
    at: UnixTime,
    what: &Counted,
    by: i64,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO channel_series (channel_id, hour, what, count) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (channel_id, hour, what) DO UPDATE SET count = count + ?4",
    )?
    .execute(params![channel.0, hour_of(at).0, what.name(), by])?;
    Ok(())
}

/// Counts that somebody came or went.
pub(super) fn count_change(
    tx: &Connection,
    channel: ChannelId,
    before: Option<&Participant>,
    after: &Participant,
    now: UnixTime,
) -> Result<()> {
    let code = if after.is_member() { language(tx, after.user)? } else { None };
    for what in of_change(before, after, || code.unwrap_or_default()) {
        count(tx, channel, now, &what, 1)?;
    }
    Ok(())
}

/// The language of the device that somebody used last.
fn language(conn: &Connection, user: UserId) -> Result<Option<String>> {
    let client: Option<Vec<u8>> = conn
        .prepare_cached(
            "SELECT client FROM authorizations WHERE user_id = ?1 ORDER BY active DESC, hash LIMIT 1",
        )?
        .query_row([user.0], |row| row.get(0))
        .optional()?;
    let client: Option<ClientInfo> = client.map(|client| decode(&client)).transpose()?;
    Ok(client.map(|client| client.lang_code))
}

#[async_trait]
impl StatisticsStore for Sqlite {
    async fn channel_series(
        &self,
        channel: ChannelId,
        from: UnixTime,
        until: UnixTime,
    ) -> store::Result<Vec<Point>> {
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT hour, what, count FROM channel_series
                 WHERE channel_id = ?1 AND hour >= ?2 AND hour < ?3 ORDER BY hour, what",
            )?;
            let mut rows = statement.query(params![channel.0, from.0, until.0])?;
            let mut points = Vec::new();
            while let Some(row) = rows.next()? {
                let name: String = row.get(1)?;
                let what = Counted::from_name(&name)
                    .ok_or_else(|| store::Error::Corrupt(format!("a series of {name}")))?;
                points.push(Point { hour: UnixTime(row.get(0)?), what, count: row.get(2)? });
            }
            Ok(points)
        })
        .await
    }

    async fn growing_channels(
        &self,
        from: UnixTime,
        joined: i64,
        limit: i32,
    ) -> store::Result<Vec<Growth>> {
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT channel_id, sum(CASE WHEN what GLOB 'join:*' THEN count ELSE 0 END) AS joined,
                        sum(CASE WHEN what = 'left' THEN count ELSE 0 END)
                 FROM channel_series WHERE hour >= ?1 GROUP BY channel_id HAVING joined >= ?2
                 ORDER BY joined DESC, channel_id LIMIT ?3",
            )?;
            let rows = statement.query_map(params![from.0, joined, limit], |row| {
                Ok(Growth { channel: ChannelId(row.get(0)?), joined: row.get(1)?, left: row.get(2)? })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn largest_channels(&self, limit: i32) -> store::Result<Vec<ChannelId>> {
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(LARGEST)?;
            let rows = statement.query_map([limit], |row| row.get(0).map(ChannelId))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn similar_channels(
        &self,
        channel: ChannelId,
        viewer: UserId,
        limit: i32,
    ) -> store::Result<Vec<ChannelId>> {
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT p.channel_id FROM
                     (SELECT user_id FROM channel_participants
                      WHERE channel_id = ?1 AND member = 1 ORDER BY date DESC, user_id LIMIT ?4) s
                 CROSS JOIN channel_participants p ON p.user_id = s.user_id AND p.member = 1
                 JOIN channels c ON c.id = p.channel_id AND c.deleted = 0 AND c.broadcast = 1
                 JOIN names n ON n.peer_kind = 3 AND n.peer_id = p.channel_id
                 WHERE p.channel_id <> ?1 AND NOT EXISTS (
                     SELECT 1 FROM channel_participants v
                     WHERE v.channel_id = p.channel_id AND v.user_id = ?2 AND v.member = 1)
                 GROUP BY p.channel_id HAVING count(*) >= ?5 ORDER BY count(*) DESC, p.channel_id LIMIT ?3",
            )?;
            let values = params![channel.0, viewer.0, limit, SAMPLE, LEAST_SHARED];
            let rows = statement.query_map(values, |row| row.get(0).map(ChannelId))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }
}
