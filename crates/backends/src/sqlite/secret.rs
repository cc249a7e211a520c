//! The port of secret chats: sides, files, ends. The queues of devices are in [`queue`].

mod queue;

use async_trait::async_trait;
use model::limits::SECRET_CHATS;
use model::rights::Denial;
use model::secret::{
    Acceptance, NewSecretChat, NewSecretMessage, SecretChat, SecretChatState, SecretFile,
    SecretMessage, SecretRead, SecretSent,
};
use model::{AuthKeyId, Qts, SecretChatId, UnixTime, UserId};
use rusqlite::{Connection, params};
use store::Error;
use store::ports::SecretStore;

use super::codec::{decode, encode};
use super::{Fault, Result, Sqlite};

/// A key's id as the engine's integer.
const fn number(key: AuthKeyId) -> i64 {
    key.0.cast_signed()
}

fn refused(state: SecretChatState) -> Fault {
    Fault(match state {
        SecretChatState::Discarded { .. } => Error::NotModified,
        SecretChatState::Requested | SecretChatState::Accepted => Error::Conflict,
    })
}

const fn is_over(chat: &SecretChat) -> bool {
    matches!(chat.state, SecretChatState::Discarded { .. })
}

fn insert(tx: &Connection, chat: &SecretChat) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO secret_chats (user_id, id, own_key, is_admin, is_over, changed, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        chat.owner.0,
        chat.id.0,
        chat.key.map(number),
        chat.is_admin,
        is_over(chat),
        chat.changed.0,
        encode(chat)?
    ])?;
    Ok(())
}

fn update(tx: &Connection, chat: &SecretChat) -> Result<()> {
    tx.prepare_cached(
        "UPDATE secret_chats SET own_key = ?3, is_over = ?4, changed = ?5, body = ?6
         WHERE user_id = ?1 AND id = ?2",
    )?
    .execute(params![
        chat.owner.0,
        chat.id.0,
        chat.key.map(number),
        is_over(chat),
        chat.changed.0,
        encode(chat)?
    ])?;
    Ok(())
}

/// No row is `NotFound`.
fn side(conn: &Connection, owner: UserId, id: SecretChatId) -> Result<SecretChat> {
    let body: Vec<u8> = conn
        .prepare_cached("SELECT body FROM secret_chats WHERE user_id = ?1 AND id = ?2")?
        .query_row(params![owner.0, id.0], |row| row.get(0))?;
    decode(&body)
}

fn both(conn: &Connection, owner: UserId, id: SecretChatId) -> Result<(SecretChat, SecretChat)> {
    let own = side(conn, owner, id)?;
    let other = side(conn, own.peer, id)?;
    Ok((own, other))
}

fn request(tx: &Connection, new: NewSecretChat) -> Result<SecretChat> {
    let open: i64 = tx
        .prepare_cached(
            "SELECT count(*) FROM secret_chats WHERE user_id = ?1 AND is_admin = 1 AND is_over = 0",
        )?
        .query_row([new.admin.0], |row| row.get(0))?;
    if open >= SECRET_CHATS {
        return Err(Denial::TooMany.into());
    }
    let (asking, invited) = new.sides();
    insert(tx, &asking)?;
    insert(tx, &invited)?;
    Ok(asking)
}

fn since(conn: &Connection, owner: UserId, since: UnixTime, limit: i32) -> Result<Vec<SecretChat>> {
    let mut statement = conn.prepare_cached(
        "SELECT body FROM secret_chats WHERE user_id = ?1 AND changed >= ?2 ORDER BY changed, id LIMIT ?3",
    )?;
    let mut rows = statement.query(params![owner.0, since.0, limit.max(0)])?;
    let mut changed = Vec::new();
    while let Some(row) = rows.next()? {
        changed.push(decode(&row.get::<_, Vec<u8>>(0)?)?);
    }
    Ok(changed)
}

fn end(
    tx: &Connection,
    (mut own, mut other): (SecretChat, SecretChat),
    history_deleted: bool,
    now: UnixTime,
) -> Result<SecretChat> {
    own.discard(&mut other, history_deleted, now).map_err(refused)?;
    if history_deleted {
        for key in [own.key, own.peer_key].into_iter().flatten() {
            queue::erase_chat(tx, key, own.id)?;
        }
        let mut doom = tx.prepare_cached(
            "INSERT INTO blobs_doomed (hash) SELECT hash FROM secret_files WHERE user_id = ?1 AND chat_id = ?2
             ON CONFLICT DO NOTHING",
        )?;
        let mut erase =
            tx.prepare_cached("DELETE FROM secret_files WHERE user_id = ?1 AND chat_id = ?2")?;
        for user in [own.owner, own.peer] {
            doom.execute(params![user.0, own.id.0])?;
            erase.execute(params![user.0, own.id.0])?;
        }
    }
    update(tx, &own)?;
    update(tx, &other)?;
    Ok(own)
}

fn end_all(tx: &Connection, open: Vec<SecretChat>, now: UnixTime) -> Result<Vec<SecretChat>> {
    open.into_iter()
        .map(|own| {
            let other = side(tx, own.peer, own.id)?;
            end(tx, (own, other), false, now)
        })
        .collect()
}

fn open_chats(conn: &Connection, sql: &str, of: i64) -> Result<Vec<SecretChat>> {
    let mut statement = conn.prepare_cached(sql)?;
    let bodies = statement.query_map([of], |row| row.get::<_, Vec<u8>>(0))?;
    bodies.map(|body| decode(&body?)).collect()
}

fn read(
    tx: &Connection,
    (owner, id, key): (UserId, SecretChatId, AuthKeyId),
    read: SecretRead,
) -> Result<SecretChat> {
    let (own, mut other) = both(tx, owner, id)?;
    if own.key != Some(key) {
        return Err(Error::NotFound.into());
    }
    if own.state != SecretChatState::Accepted {
        return Err(Error::Conflict.into());
    }
    if other.read.is_none_or(|before| before.max_date < read.max_date) {
        other.read = Some(read);
        other.changed = read.at;
        update(tx, &other)?;
    }
    Ok(other)
}

/// Lets somebody read a file of a chat for its time from now on.
fn share_file(
    tx: &Connection,
    user: UserId,
    chat: SecretChatId,
    file: &SecretFile,
    now: UnixTime,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO secret_files (user_id, id, chat_id, date, hash, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (user_id, id, chat_id) DO UPDATE SET date = max(date, excluded.date)",
    )?
    .execute(params![user.0, file.id, chat.0, now.0, file.blob.0, encode(file)?])?;
    Ok(())
}

fn insert_file(
    tx: &Connection,
    owner: UserId,
    chat: SecretChatId,
    file: &SecretFile,
    now: UnixTime,
) -> Result<()> {
    let known = tx
        .prepare_cached("SELECT 1 FROM secret_files WHERE user_id = ?1 AND id = ?2")?
        .exists(params![owner.0, file.id])?;
    if known { Err(Error::Conflict.into()) } else { share_file(tx, owner, chat, file, now) }
}

fn file(conn: &Connection, viewer: UserId, id: i64) -> Result<SecretFile> {
    let body: Vec<u8> = conn
        .prepare_cached("SELECT body FROM secret_files WHERE user_id = ?1 AND id = ?2 LIMIT 1")?
        .query_row(params![viewer.0, id], |row| row.get(0))?;
    decode(&body)
}

fn sweep(tx: &Connection, before: UnixTime) -> Result<u64> {
    let mut erased = queue::sweep(tx, before)?;
    tx.prepare_cached(
        "INSERT INTO blobs_doomed (hash) SELECT hash FROM secret_files WHERE date < ?1 ON CONFLICT DO NOTHING",
    )?
    .execute([before.0])?;
    for sql in [
        "DELETE FROM secret_files WHERE date < ?1",
        "DELETE FROM secret_chats WHERE is_over = 1 AND changed < ?1",
    ] {
        erased += tx.prepare_cached(sql)?.execute([before.0])?;
    }
    tx.prepare_cached("DELETE FROM secret_sent WHERE date < ?1")?.execute([before.0])?;
    Ok(u64::try_from(erased).unwrap_or(u64::MAX))
}

#[async_trait]
impl SecretStore for Sqlite {
    async fn request_secret_chat(&self, new: NewSecretChat) -> store::Result<SecretChat> {
        self.write(move |tx| request(tx, new)).await
    }

    async fn secret_chat(&self, owner: UserId, id: SecretChatId) -> store::Result<SecretChat> {
        self.read(move |conn| side(conn, owner, id)).await
    }

    async fn secret_chats_since(
        &self,
        owner: UserId,
        from: UnixTime,
        limit: i32,
    ) -> store::Result<Vec<SecretChat>> {
        self.read(move |conn| since(conn, owner, from, limit)).await
    }

    async fn accept_secret_chat(
        &self,
        owner: UserId,
        id: SecretChatId,
        acceptance: Acceptance,
    ) -> store::Result<SecretChat> {
        self.write(move |tx| {
            let (mut own, mut other) = both(tx, owner, id)?;
            if own.is_admin {
                return Err(Error::NotFound.into());
            }
            own.accept(&mut other, acceptance).map_err(refused)?;
            update(tx, &own)?;
            update(tx, &other)?;
            Ok(own)
        })
        .await
    }

    async fn discard_secret_chat(
        &self,
        owner: UserId,
        id: SecretChatId,
        key: AuthKeyId,
        history_deleted: bool,
        now: UnixTime,
    ) -> store::Result<SecretChat> {
        self.write(move |tx| {
            let sides = both(tx, owner, id)?;
            if !sides.0.is_of(key) {
                return Err(Error::NotFound.into());
            }
            end(tx, sides, history_deleted, now)
        })
        .await
    }

    async fn close_secret_chats(
        &self,
        key: AuthKeyId,
        now: UnixTime,
    ) -> store::Result<Vec<SecretChat>> {
        self.write(move |tx| {
            queue::erase(tx, key)?;
            let sql = "SELECT body FROM secret_chats WHERE own_key = ?1 AND is_over = 0";
            end_all(tx, open_chats(tx, sql, number(key))?, now)
        })
        .await
    }

    async fn close_secret_chats_of(
        &self,
        owner: UserId,
        now: UnixTime,
    ) -> store::Result<Vec<SecretChat>> {
        self.write(move |tx| {
            let sql = "SELECT body FROM secret_chats WHERE user_id = ?1 AND is_over = 0";
            end_all(tx, open_chats(tx, sql, owner.0)?, now)
        })
        .await
    }

    async fn queue_secret_message(
        &self,
        new: NewSecretMessage,
    ) -> store::Result<(SecretSent, bool)> {
        self.write(move |tx| queue::add(tx, new)).await
    }

    async fn secret_sent(
        &self,
        sender: UserId,
        chat: SecretChatId,
        random_id: i64,
    ) -> store::Result<Option<SecretSent>> {
        self.read(move |conn| queue::sent(conn, sender, chat, random_id)).await
    }

    async fn secret_messages(
        &self,
        key: AuthKeyId,
        after: Qts,
        oldest: UnixTime,
        limit: i32,
    ) -> store::Result<Vec<SecretMessage>> {
        self.read(move |conn| queue::waiting(conn, key, after, oldest, limit)).await
    }

    async fn qts(&self, key: AuthKeyId) -> store::Result<Qts> {
        self.read(move |conn| queue::qts(conn, key)).await
    }

    async fn acknowledge_secret_messages(
        &self,
        key: AuthKeyId,
        upto: Qts,
    ) -> store::Result<Vec<i64>> {
        self.write(move |tx| queue::acknowledge(tx, key, upto)).await
    }

    async fn read_secret_chat(
        &self,
        owner: UserId,
        id: SecretChatId,
        key: AuthKeyId,
        mark: SecretRead,
    ) -> store::Result<SecretChat> {
        self.write(move |tx| read(tx, (owner, id, key), mark)).await
    }

    async fn insert_secret_file(
        &self,
        owner: UserId,
        chat: SecretChatId,
        file: SecretFile,
        now: UnixTime,
    ) -> store::Result<()> {
        self.write(move |tx| insert_file(tx, owner, chat, &file, now)).await
    }

    async fn secret_file(&self, viewer: UserId, id: i64) -> store::Result<SecretFile> {
        self.read(move |conn| file(conn, viewer, id)).await
    }

    async fn sweep_secret_chats(&self, before: UnixTime) -> store::Result<u64> {
        self.write(move |tx| sweep(tx, before)).await
    }
}
