//! The port of schedules: what waits, and the one transaction in which it is sent.

use async_trait::async_trait;
use model::limits::SCHEDULED_PER_CHAT;
use model::rights::{Denial, forbidden_flag};
use model::schedule::{NUMBERS, Schedule, Scheduled};
use model::{ChannelId, MessageId, Peer, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::Error;
use store::ports::ScheduleStore;
use store::ports::boxes::BoxPeer;
use store::ports::schedule::{Release, Released, to_box, to_log};

use super::codec::{decode, encode};
use super::{Result, Sqlite, boxes, channels, chats, needed, polls};

/// Forgets what an account that is erased wanted to send.
pub(super) fn erase_user(tx: &Connection, user: UserId) -> Result<()> {
    release_all(tx, "sender_id = ?1", [user.0])?;
    tx.prepare_cached("DELETE FROM scheduled WHERE sender_id = ?1")?.execute([user.0])?;
    tx.prepare_cached("DELETE FROM schedule_numbers WHERE owner_id = ?1")?.execute([user.0])?;
    Ok(())
}

/// Forgets what was meant for a channel that is deleted.
pub(super) fn erase_channel(tx: &Connection, channel: ChannelId) -> Result<()> {
    let peer = Peer::Channel(channel);
    release_all(tx, "peer_kind = ?1 AND peer_id = ?2", params![peer.kind(), peer.id()])?;
    tx.prepare_cached("DELETE FROM scheduled WHERE peer_kind = ?1 AND peer_id = ?2")?
        .execute(params![peer.kind(), peer.id()])?;
    Ok(())
}

/// Notes what rows carry that are about to go. `which` is our own text.
fn release_all(tx: &Connection, which: &str, values: impl rusqlite::Params) -> Result<()> {
    let sql =
        format!("SELECT attached, cover FROM scheduled WHERE attached IS NOT NULL AND {which}");
    let mut statement = tx.prepare_cached(&sql)?;
    let carried = statement
        .query_map(values, |row| Ok([row.get(0)?, row.get(1)?]))?
        .collect::<rusqlite::Result<Vec<[Option<i64>; 2]>>>()?;
    needed::release(tx, carried.into_iter().flatten().flatten())
}

fn rows(conn: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<Vec<Scheduled>> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(decode(&row.get::<_, Vec<u8>>(0)?)?);
    }
    Ok(found)
}

/// A whole schedule, latest first; a bounded list.
fn list(conn: &Connection, schedule: Schedule) -> Result<Vec<Scheduled>> {
    let (owner, kind, peer) = schedule.key();
    rows(
        conn,
        "SELECT body FROM scheduled WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3
         ORDER BY date DESC, id DESC",
        params![owner, kind, peer],
    )
}

fn chosen(
    conn: &Connection,
    schedule: Schedule,
    ids: Option<&[MessageId]>,
) -> Result<Vec<Scheduled>> {
    let mut found = list(conn, schedule)?;
    found.retain(|one| ids.is_none_or(|ids| ids.contains(&one.id)));
    Ok(found)
}

fn kept(conn: &Connection, new: &Scheduled) -> Result<Option<Scheduled>> {
    let sql = "SELECT body FROM scheduled WHERE sender_id = ?1 AND random_id = ?2";
    Ok(rows(conn, sql, params![new.sender.0, new.random_id])?.pop())
}

fn check(tx: &Connection, new: &Scheduled, now: UnixTime) -> Result<()> {
    match new.schedule.peer() {
        Peer::User(_) => Ok(()),
        Peer::Chat(chat) => Ok(chats::group(tx, chat)?.check_write(new.sender, &new.body)?),
        Peer::Channel(channel) => {
            let (channel, row) = channels::with_row(tx, channel, new.sender)?;
            channel.check_exists()?;
            let flag = forbidden_flag(&new.body);
            Ok(channel.check_write(new.sender, row.as_ref(), now, flag)?)
        }
    }
}

fn add(tx: &Connection, new: Scheduled, now: UnixTime) -> Result<Scheduled> {
    if let Some(kept) = kept(tx, &new)? {
        return Ok(kept);
    }
    check(tx, &new, now)?;
    needed::check(tx, &new.body)?;
    let waiting = list(tx, new.schedule)?;
    if waiting.len() >= SCHEDULED_PER_CHAT {
        return Err(Denial::TooMany.into());
    }
    let id = next_number(tx, &waiting, new.schedule)?;
    let message = Scheduled { id, ..new };
    let (owner, kind, peer) = message.schedule.key();
    tx.prepare_cached(
        "INSERT INTO scheduled (owner_id, peer_kind, peer_id, id, sender_id, random_id, date, body, attached, cover)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        owner,
        kind,
        peer,
        id.0,
        message.sender.0,
        message.random_id,
        message.date.0,
        encode(&message)?,
        message.body.attached(),
        message.body.cover(),
    ])?;
    Ok(message)
}

/// Numbers go round, and pass over those in use.
fn next_number(tx: &Connection, waiting: &[Scheduled], schedule: Schedule) -> Result<MessageId> {
    let (owner, kind, peer) = schedule.key();
    let last: Option<i32> = tx
        .prepare_cached(
            "SELECT last_id FROM schedule_numbers
             WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3",
        )?
        .query_row(params![owner, kind, peer], |row| row.get(0))
        .optional()?;
    let mut id = last.unwrap_or(0);
    loop {
        id = id % (NUMBERS - 1) + 1;
        if waiting.iter().all(|one| one.id.0 != id) {
            break;
        }
    }
    tx.prepare_cached(
        "INSERT INTO schedule_numbers (owner_id, peer_kind, peer_id, last_id) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (owner_id, peer_kind, peer_id) DO UPDATE SET last_id = ?4",
    )?
    .execute(params![owner, kind, peer, id])?;
    Ok(MessageId(id))
}

fn replace(tx: &Connection, message: &Scheduled) -> Result<()> {
    let (owner, kind, peer) = message.schedule.key();
    needed::check(tx, &message.body)?;
    release_all(
        tx,
        "owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND id = ?4",
        params![owner, kind, peer, message.id.0],
    )?;
    let changed = tx
        .prepare_cached(
            "UPDATE scheduled SET date = ?5, body = ?6, attached = ?7, cover = ?8
             WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND id = ?4",
        )?
        .execute(params![
            owner,
            kind,
            peer,
            message.id.0,
            message.date.0,
            encode(message)?,
            message.body.attached(),
            message.body.cover(),
        ])?;
    if changed == 0 { Err(Error::NotFound.into()) } else { Ok(()) }
}

fn postpone(tx: &Connection, schedule: Schedule, ids: &[MessageId], date: UnixTime) -> Result<()> {
    let (owner, kind, peer) = schedule.key();
    let mut update = tx.prepare_cached(
        "UPDATE scheduled SET date = ?5, body = ?6
         WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND id = ?4",
    )?;
    for one in chosen(tx, schedule, Some(ids))? {
        let later = Scheduled { date: one.date.max(date), ..one };
        let body = encode(&later)?;
        update.execute(params![owner, kind, peer, later.id.0, later.date.0, body])?;
    }
    Ok(())
}

fn forget(tx: &Connection, schedule: Schedule, ids: &[MessageId]) -> Result<Vec<MessageId>> {
    let (owner, kind, peer) = schedule.key();
    let mut delete = tx.prepare_cached(
        "DELETE FROM scheduled
         WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND id = ?4",
    )?;
    let mut gone = Vec::new();
    for id in ids {
        release_all(
            tx,
            "owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND id = ?4",
            params![owner, kind, peer, id.0],
        )?;
        if delete.execute(params![owner, kind, peer, id.0])? > 0 {
            gone.push(*id);
        }
    }
    Ok(gone)
}

fn release(tx: &Connection, release: &Release) -> Result<Released> {
    let mut wanted = chosen(tx, release.schedule, Some(&release.ids))?;
    wanted.retain(|one| release.early || one.date <= release.now);
    wanted.sort_by_key(|one| one.id);
    if wanted.is_empty() {
        return Err(Error::NotFound.into());
    }
    let ids: Vec<MessageId> = wanted.iter().map(|one| one.id).collect();
    forget(tx, release.schedule, &ids)?;
    for poll in wanted.iter().filter_map(|one| one.body.poll()) {
        polls::begin(tx, poll, release.now)?;
    }
    let peer = match release.schedule.peer() {
        Peer::User(user) => BoxPeer::User(user),
        Peer::Chat(chat) => BoxPeer::Chat(chat),
        Peer::Channel(channel) => {
            let new: Vec<_> = wanted.into_iter().map(|one| to_log(one, channel, release)).collect();
            let posted = channels::post(tx, &new)?;
            return Ok(Released::Log(ids.into_iter().zip(posted).collect()));
        }
    };
    let begins = release.beginning.clone().into_iter();
    let new: Vec<_> =
        begins.chain(wanted.into_iter().map(|one| to_box(one, peer, release))).collect();
    let mut sent = boxes::send(tx, &new)?.into_iter();
    let begun = if release.beginning.is_some() { sent.next() } else { None };
    Ok(Released::Boxes { begun, sent: ids.into_iter().zip(sent).collect() })
}

#[async_trait]
impl ScheduleStore for Sqlite {
    async fn schedule(
        &self,
        messages: Vec<Scheduled>,
        now: UnixTime,
    ) -> store::Result<Vec<Scheduled>> {
        self.write(move |tx| messages.into_iter().map(|new| add(tx, new, now)).collect()).await
    }

    async fn scheduled(
        &self,
        schedule: Schedule,
        ids: Option<&[MessageId]>,
    ) -> store::Result<Vec<Scheduled>> {
        let ids = ids.map(<[MessageId]>::to_vec);
        self.read(move |conn| chosen(conn, schedule, ids.as_deref())).await
    }

    async fn reschedule(&self, message: Scheduled) -> store::Result<()> {
        self.write(move |tx| replace(tx, &message)).await
    }

    async fn postpone(
        &self,
        schedule: Schedule,
        ids: &[MessageId],
        date: UnixTime,
    ) -> store::Result<()> {
        let ids = ids.to_vec();
        self.write(move |tx| postpone(tx, schedule, &ids, date)).await
    }

    async fn unschedule(
        &self,
        schedule: Schedule,
        ids: &[MessageId],
    ) -> store::Result<Vec<MessageId>> {
        let ids = ids.to_vec();
        self.write(move |tx| forget(tx, schedule, &ids)).await
    }

    async fn release(&self, one: Release) -> store::Result<Released> {
        self.write(move |tx| release(tx, &one)).await
    }

    async fn due(&self, now: UnixTime, limit: i32) -> store::Result<Vec<Scheduled>> {
        self.read(move |conn| {
            rows(
                conn,
                "SELECT body FROM scheduled INDEXED BY scheduled_by_date WHERE date <= ?1
                 ORDER BY date, owner_id, peer_kind, peer_id, id LIMIT ?2",
                params![now.0, limit],
            )
        })
        .await
    }
}
