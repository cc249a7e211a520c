//! The rows of channels and of their people.

use model::channel::{Channel, Participant};
use model::{ChannelId, MessageId, PhotoId, Pts, UnixTime, UserId};
use rusqlite::{Connection, Row, params};

use super::super::codec::{decode, encode};
use super::super::{Result, needed};

/// A channel with what its row keeps besides.
#[derive(Clone, Debug)]
pub(super) struct Log {
    pub(super) channel: Channel,
    /// The newest number given out.
    pub(super) last_id: MessageId,
    /// Messages that were not deleted.
    pub(super) messages: i32,
    /// Date of the newest of them; of an empty log, when the channel was made.
    pub(super) top_date: UnixTime,
    /// When the position moved last.
    pub(super) moved: UnixTime,
}

/// The channel of this id, if it exists.
pub(super) fn find(conn: &Connection, id: ChannelId) -> Result<Option<Log>> {
    let mut statement = conn.prepare_cached(
        "SELECT pts, last_id, messages, top_message, top_date, participants, admins, kicked, body, moved,
            departures
         FROM channels WHERE id = ?1",
    )?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(from_row).transpose()
}

/// The channel of this id.
pub(super) fn log(conn: &Connection, id: ChannelId) -> Result<Log> {
    Ok(find(conn, id)?.ok_or(store::Error::NotFound)?)
}

fn from_row(row: &Row<'_>) -> Result<Log> {
    let body: Vec<u8> = row.get(8)?;
    let channel = Channel {
        pts: Pts(row.get(0)?),
        top_message: MessageId(row.get(3)?),
        participants: row.get(5)?,
        admins: row.get(6)?,
        kicked: row.get(7)?,
        departures: row.get(10)?,
        ..decode(&body)?
    };
    Ok(Log {
        channel,
        last_id: MessageId(row.get(1)?),
        messages: row.get(2)?,
        top_date: UnixTime(row.get(4)?),
        moved: UnixTime(row.get(9)?),
    })
}

/// The counters of a row change with every post; the body does not repeat them.
fn body(channel: &Channel) -> Result<Vec<u8>> {
    encode(&Channel {
        pts: Pts(0),
        top_message: MessageId(0),
        participants: 0,
        admins: 0,
        kicked: 0,
        departures: 0,
        ..channel.clone()
    })
}

/// Keeps a new channel.
pub(super) fn insert(tx: &Connection, channel: &Channel) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO channels (id, creator_id, broadcast, deleted, pts, last_id, messages, top_message, top_date,
             moved, participants, admins, kicked, body, photo_id, departures, public)
         VALUES (?1, ?2, ?9, 0, ?3, 0, 0, 0, ?4, ?4, ?5, ?6, ?7, ?8, ?10, ?11, ?12)",
    )?
    .execute(params![
        channel.id.0,
        channel.creator.0,
        channel.pts.0,
        channel.created.0,
        channel.participants,
        channel.admins,
        channel.kicked,
        body(channel)?,
        channel.broadcast,
        shown_photo(channel).map(|photo| photo.0),
        channel.departures,
        channel.username.is_some(),
    ])?;
    Ok(())
}

/// A deleted channel shows no photo any more.
fn shown_photo(channel: &Channel) -> Option<PhotoId> {
    channel.photo.filter(|_| !channel.deleted)
}

/// Writes the description.
pub(super) fn save_description(tx: &Connection, channel: &Channel) -> Result<()> {
    let photo = shown_photo(channel);
    let before: Option<i64> = tx
        .prepare_cached("SELECT photo_id FROM channels WHERE id = ?1")?
        .query_row([channel.id.0], |row| row.get(0))?;
    needed::release_photo(tx, before.map(PhotoId), photo)?;
    tx.prepare_cached(
        "UPDATE channels SET deleted = ?2, body = ?3, creator_id = ?4, photo_id = ?5, public = ?6 WHERE id = ?1",
    )?
    .execute(params![
        channel.id.0,
        channel.deleted,
        body(channel)?,
        channel.creator.0,
        photo.map(|photo| photo.0),
        channel.username.is_some(),
    ])?;
    Ok(())
}

/// Writes where the log stands.
pub(super) fn save_position(tx: &Connection, log: &Log) -> Result<()> {
    tx.prepare_cached(
        "UPDATE channels SET pts = ?2, last_id = ?3, messages = ?4, top_message = ?5, top_date = ?6, moved = ?7
         WHERE id = ?1",
    )?
    .execute(params![
        log.channel.id.0,
        log.channel.pts.0,
        log.last_id.0,
        log.messages,
        log.channel.top_message.0,
        log.top_date.0,
        log.moved.0,
    ])?;
    Ok(())
}

/// Writes how many people there are.
pub(super) fn save_counts(tx: &Connection, channel: &Channel) -> Result<()> {
    tx.prepare_cached(
        "UPDATE channels SET participants = ?2, admins = ?3, kicked = ?4, departures = ?5 WHERE id = ?1",
    )?
    .execute(params![
        channel.id.0,
        channel.participants,
        channel.admins,
        channel.kicked,
        channel.departures,
    ])?;
    Ok(())
}

/// Someone's row.
pub(super) fn participant(
    conn: &Connection,
    channel: ChannelId,
    user: UserId,
) -> Result<Option<Participant>> {
    let mut statement = conn.prepare_cached(
        "SELECT body FROM channel_participants WHERE channel_id = ?1 AND user_id = ?2",
    )?;
    let mut rows = statement.query(params![channel.0, user.0])?;
    rows.next()?.map(participant_of).transpose()
}

/// The participant whose body is the row's first column.
pub(super) fn participant_of(row: &Row<'_>) -> Result<Participant> {
    let body: Vec<u8> = row.get(0)?;
    decode(&body)
}

/// Whether somebody is in the channel.
pub(super) fn is_member(conn: &Connection, channel: ChannelId, user: UserId) -> Result<bool> {
    let mut statement = conn.prepare_cached(
        "SELECT 1 FROM channel_participants WHERE channel_id = ?1 AND user_id = ?2 AND member = 1",
    )?;
    Ok(statement.exists(params![channel.0, user.0])?)
}

/// Replaces one person's row, or forgets it if it says nothing, and keeps the counts.
pub(super) fn put_participant(
    tx: &Connection,
    channel: &mut Channel,
    before: Option<&Participant>,
    after: &Participant,
) -> Result<()> {
    let kept = after.is_kept();
    channel.recount(before, kept.then_some(after));
    if kept {
        write_participant(tx, channel.id, after)?;
    } else {
        tx.prepare_cached(
            "DELETE FROM channel_participants WHERE channel_id = ?1 AND user_id = ?2",
        )?
        .execute(params![channel.id.0, after.user.0])?;
    }
    save_counts(tx, channel)
}

/// Writes one person's row, as [`put_participant`] does, for whoever counts.
pub(super) fn write_participant(
    tx: &Connection,
    channel: ChannelId,
    row: &Participant,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO channel_participants (channel_id, user_id, member, class, date, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (channel_id, user_id) DO UPDATE SET member = ?3, class = ?4, date = ?5, body = ?6",
    )?
    .execute(params![
        channel.0,
        row.user.0,
        row.is_member(),
        row.class().number(),
        row.date.0,
        encode(row)?,
    ])?;
    Ok(())
}
