//! Rows of accounts.

use model::account::{Phone, User};
use model::{PhotoId, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use store::ports::accounts::{FIRST_USER, deleted_user, new_user, service_account};

use super::{Result, names, sequences};

/// The account of this id, deleted ones included.
pub(super) fn find(conn: &Connection, id: UserId) -> Result<Option<User>> {
    let found = conn
        .prepare_cached(
            "SELECT id, phone, first_name, last_name, about, username, photo_id, created, deleted, last_seen,
                 account_ttl_days
             FROM users WHERE id = ?1",
        )?
        .query_row([id.0], user)
        .optional()?;
    Ok(found.or_else(|| Some(service_account()).filter(|service| service.id == id)))
}

/// The account of this id, if it was not deleted.
///
/// # Errors
/// `NotFound`.
pub(super) fn existing(conn: &Connection, id: UserId) -> Result<User> {
    Ok(find(conn, id)?.filter(|user| !user.deleted).ok_or(store::Error::NotFound)?)
}

pub(super) fn by_phone(conn: &Connection, phone: &Phone) -> Result<Option<User>> {
    let id = conn
        .prepare_cached("SELECT id FROM users WHERE phone = ?1")?
        .query_row([phone.as_str()], |row| row.get(0))
        .optional()?;
    id.map_or(Ok(None), |id| find(conn, UserId(id)))
}

/// A number that has an account is `Conflict`, by the index on numbers.
pub(super) fn create(
    tx: &Connection,
    phone: Phone,
    first_name: String,
    last_name: String,
    now: UnixTime,
) -> Result<User> {
    let id = UserId(sequences::next(tx, "user", FIRST_USER)?);
    let user = new_user(id, phone, first_name, last_name, now);
    put(tx, &user)?;
    Ok(user)
}

/// Writes all of an account's row.
pub(super) fn put(tx: &Connection, user: &User) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO users (id, phone, first_name, last_name, about, username, photo_id, created, deleted, last_seen,
             account_ttl_days)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (id) DO UPDATE SET phone = ?2, first_name = ?3, last_name = ?4, about = ?5, username = ?6,
             photo_id = ?7, deleted = ?9, last_seen = ?10, account_ttl_days = ?11",
    )?
    .execute(params![
        user.id.0,
        user.phone.as_ref().map(Phone::as_str),
        user.first_name,
        user.last_name,
        user.about,
        user.username,
        user.photo.map(|photo| photo.0),
        user.created.0,
        user.deleted,
        user.last_seen.0,
        user.account_ttl_days,
    ])?;
    Ok(())
}

/// Writes an account and makes it be found by its present names.
pub(super) fn put_named(tx: &Connection, user: &User) -> Result<()> {
    put(tx, user)?;
    names::index_public(tx, model::Peer::User(user.id), &user.search_text())
}

/// Erases everything of an account's own but the fact that it was.
pub(super) fn erase(tx: &Connection, id: UserId) -> Result<()> {
    let user = existing(tx, id)?;
    put(tx, &deleted_user(&user))?;
    names::remove(tx, model::Peer::User(id))?;
    tx.prepare_cached(
        "INSERT INTO media_released (id, due, gone) SELECT photo_id, 0, 0 FROM profile_photos WHERE user_id = ?1
         ON CONFLICT (id) DO UPDATE SET due = 0 WHERE gone = 0",
    )?
    .execute([id.0])?;
    for sql in [
        "DELETE FROM passwords WHERE user_id = ?1",
        "DELETE FROM privacy WHERE user_id = ?1",
        "DELETE FROM notify_settings WHERE user_id = ?1",
        "DELETE FROM settings WHERE user_id = ?1",
        "DELETE FROM profile_photos WHERE user_id = ?1",
        "DELETE FROM account_events WHERE user_id = ?1",
    ] {
        tx.prepare_cached(sql)?.execute([id.0])?;
    }
    Ok(())
}

pub(super) fn count(conn: &Connection) -> Result<u64> {
    let count: i64 = conn
        .prepare_cached("SELECT count(*) FROM users WHERE deleted = 0 AND id >= ?1")?
        .query_row([FIRST_USER], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Accounts that were absent for longer than their own TTL (`store::ports::accounts::is_past_ttl`, in SQL).
pub(super) fn past_ttl(conn: &Connection, now: UnixTime, limit: i32) -> Result<Vec<UserId>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM users
         WHERE deleted = 0 AND account_ttl_days > 0 AND max(last_seen, active) + account_ttl_days * 86400 < ?1
             AND id >= ?2
         ORDER BY id LIMIT ?3",
    )?;
    let rows = statement
        .query_map(params![now.0, FIRST_USER, limit.max(0)], |row| row.get(0).map(UserId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes that a device of an account was heard of.
pub(super) fn note_active(tx: &Connection, user: UserId, at: UnixTime) -> Result<()> {
    tx.prepare_cached("UPDATE users SET active = ?2 WHERE id = ?1 AND active < ?2")?
        .execute(params![user.0, at.0])?;
    Ok(())
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    let phone: Option<String> = row.get(1)?;
    Ok(User {
        id: UserId(row.get(0)?),
        phone: phone.as_deref().and_then(Phone::parse),
        first_name: row.get(2)?,
        last_name: row.get(3)?,
        about: row.get(4)?,
        username: row.get(5)?,
        photo: row.get::<_, Option<i64>>(6)?.map(PhotoId),
        created: UnixTime(row.get(7)?),
        deleted: row.get(8)?,
        last_seen: UnixTime(row.get(9)?),
        account_ttl_days: row.get(10)?,
    })
}
