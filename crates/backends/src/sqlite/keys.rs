//! The port of authorization keys and signed-in devices.

use async_trait::async_trait;
use model::account::{Authorization, ClientInfo, StoredKey};
use model::{AuthKeyId, AuthorizationHash, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use store::Error;
use store::ports::KeyStore;

use super::codec::{decode, encode};
use super::{Result, Sqlite, users};

/// A key's id as the engine's integer.
const fn number(id: AuthKeyId) -> i64 {
    id.0.cast_signed()
}

fn key_id(row: &Row<'_>, column: usize) -> rusqlite::Result<AuthKeyId> {
    row.get(column).map(|id: i64| AuthKeyId(id.cast_unsigned()))
}

/// Keeps a new key; one of the same id is a conflict.
pub(super) fn insert(tx: &Connection, key: &StoredKey) -> Result<()> {
    let expires = key.expires.map(|end| end.0);
    tx.prepare_cached(
        "INSERT INTO auth_keys (id, sealed, layer, created, dc, expires, bound_to, bound_until, signed_in)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)",
    )?
    .execute(params![
        number(key.id),
        key.sealed,
        key.layer,
        key.created.0,
        key.dc,
        expires,
        key.bound_to.map(number),
        key.bound_to.and(expires),
    ])?;
    Ok(())
}

/// No row is `NotFound`; neither an ended key nor an ended binding shows.
fn find(conn: &Connection, id: AuthKeyId, now: UnixTime) -> Result<StoredKey> {
    let key = conn
        .prepare_cached(
            "SELECT sealed, layer, created, dc, expires, CASE WHEN bound_until > ?2 THEN bound_to END,
                 CASE WHEN bound_until > ?2 THEN bound_until END
             FROM auth_keys WHERE id = ?1 AND (expires IS NULL OR expires > ?2)",
        )?
        .query_row(params![number(id), now.0], |row| {
            Ok(StoredKey {
                id,
                sealed: row.get(0)?,
                layer: row.get(1)?,
                created: UnixTime(row.get(2)?),
                dc: row.get(3)?,
                expires: row.get::<_, Option<i64>>(4)?.map(UnixTime),
                bound_to: row.get::<_, Option<i64>>(5)?.map(|id| AuthKeyId(id.cast_unsigned())),
                bound_until: row.get::<_, Option<i64>>(6)?.map(UnixTime),
            })
        })?;
    Ok(key)
}

fn check_permanent(conn: &Connection, id: AuthKeyId) -> Result<()> {
    let permanent = conn
        .prepare_cached("SELECT 1 FROM auth_keys WHERE id = ?1 AND expires IS NULL")?
        .exists([number(id)])?;
    if permanent { Ok(()) } else { Err(Error::NotFound.into()) }
}

fn bind(tx: &Connection, temp: AuthKeyId, permanent: AuthKeyId, expires: UnixTime) -> Result<()> {
    check_permanent(tx, permanent)?;
    let bound = tx
        .prepare_cached(
            "UPDATE auth_keys SET bound_to = ?2, bound_until = ?3 WHERE id = ?1 AND expires IS NOT NULL",
        )?
        .execute(params![number(temp), number(permanent), expires.0])?;
    if bound == 0 { Err(Error::NotFound.into()) } else { Ok(()) }
}

fn temporary_of(conn: &Connection, permanent: AuthKeyId) -> Result<Vec<AuthKeyId>> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM auth_keys WHERE bound_to = ?1 ORDER BY id")?;
    let rows = statement.query_map([number(permanent)], |row| key_id(row, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn delete(tx: &Connection, id: AuthKeyId) -> Result<u64> {
    let deleted =
        tx.prepare_cached("DELETE FROM auth_keys WHERE id = ?1")?.execute([number(id)])?;
    Ok(u64::from(deleted > 0))
}

fn delete_with_temporary(tx: &Connection, id: AuthKeyId) -> Result<u64> {
    let mut deleted = delete(tx, id)?;
    for temp in temporary_of(tx, id)? {
        deleted += delete(tx, temp)?;
    }
    Ok(deleted)
}

fn drop_temporary(
    tx: &Connection,
    permanent: AuthKeyId,
    except: &[AuthKeyId],
) -> Result<Vec<AuthKeyId>> {
    let mut dropped = temporary_of(tx, permanent)?;
    dropped.retain(|id| !except.contains(id));
    for id in &dropped {
        delete(tx, *id)?;
    }
    Ok(dropped)
}

fn destroy(tx: &Connection, id: AuthKeyId) -> Result<Option<UserId>> {
    delete_with_temporary(tx, id)?;
    let user = tx
        .prepare_cached("DELETE FROM authorizations WHERE key_id = ?1 RETURNING user_id")?
        .query_row([number(id)], |row| row.get(0).map(UserId))
        .optional()?;
    Ok(user)
}

fn describe(tx: &Connection, key: AuthKeyId, client: &ClientInfo) -> Result<()> {
    let body = encode(client)?;
    let known = tx
        .prepare_cached("UPDATE auth_keys SET layer = ?2, client = ?3 WHERE id = ?1")?
        .execute(params![number(key), client.layer, body])?;
    if known == 0 {
        return Err(Error::NotFound.into());
    }
    tx.prepare_cached("UPDATE authorizations SET client = ?2 WHERE key_id = ?1")?
        .execute(params![number(key), body])?;
    Ok(())
}

fn client_info(conn: &Connection, key: AuthKeyId) -> Result<ClientInfo> {
    let (layer, body) =
        conn.prepare_cached("SELECT layer, client FROM auth_keys WHERE id = ?1")?
            .query_row([number(key)], |row| Ok((row.get(0)?, row.get::<_, Option<Vec<u8>>>(1)?)))?;
    body.map_or_else(|| Ok(ClientInfo { layer, ..ClientInfo::default() }), |body| decode(&body))
}

/// Signs a permanent key in.
pub(super) fn authorize(tx: &Connection, authorization: &Authorization) -> Result<()> {
    check_permanent(tx, authorization.key)?;
    let Authorization { hash, key, user, client, ip, created, active } = authorization;
    tx.prepare_cached("DELETE FROM authorizations WHERE key_id = ?1")?.execute([number(*key)])?;
    tx.prepare_cached(
        "INSERT INTO authorizations (user_id, hash, key_id, client, ip, created, active)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        user.0,
        hash.0,
        number(*key),
        encode(client)?,
        ip,
        created.0,
        active.0
    ])?;
    tx.prepare_cached("UPDATE auth_keys SET signed_in = 1 WHERE id = ?1")?
        .execute([number(*key)])?;
    users::note_active(tx, *user, *active)
}

fn authorization(row: &Row<'_>) -> Result<Authorization> {
    Ok(Authorization {
        user: UserId(row.get(0)?),
        hash: AuthorizationHash(row.get(1)?),
        key: key_id(row, 2)?,
        client: decode(&row.get::<_, Vec<u8>>(3)?)?,
        ip: row.get(4)?,
        created: UnixTime(row.get(5)?),
        active: UnixTime(row.get(6)?),
    })
}

fn authorization_of(conn: &Connection, key: AuthKeyId) -> Result<Option<Authorization>> {
    let mut statement = conn.prepare_cached(
        "SELECT user_id, hash, key_id, client, ip, created, active FROM authorizations WHERE key_id = ?1",
    )?;
    let mut rows = statement.query([number(key)])?;
    rows.next()?.map(authorization).transpose()
}

fn authorizations_of(conn: &Connection, user: UserId) -> Result<Vec<Authorization>> {
    let mut statement = conn.prepare_cached(
        "SELECT user_id, hash, key_id, client, ip, created, active FROM authorizations
         WHERE user_id = ?1 ORDER BY active DESC, hash DESC",
    )?;
    let mut rows = statement.query([user.0])?;
    let mut devices = Vec::new();
    while let Some(row) = rows.next()? {
        devices.push(authorization(row)?);
    }
    Ok(devices)
}

fn touch(tx: &Connection, key: AuthKeyId, ip: &str, at: UnixTime) -> Result<()> {
    let user = tx
        .prepare_cached(
            "UPDATE authorizations SET ip = ?2, active = max(active, ?3) WHERE key_id = ?1 RETURNING user_id",
        )?
        .query_row(params![number(key), ip, at.0], |row| row.get(0).map(UserId))?;
    users::note_active(tx, user, at)
}

fn revoke(tx: &Connection, user: UserId, hash: AuthorizationHash) -> Result<AuthKeyId> {
    let key = tx
        .prepare_cached(
            "DELETE FROM authorizations WHERE user_id = ?1 AND hash = ?2 RETURNING key_id",
        )?
        .query_row(params![user.0, hash.0], |row| key_id(row, 0))?;
    Ok(key)
}

fn sweep(tx: &Connection, now: UnixTime, unused_before: UnixTime) -> Result<u64> {
    let mut ended =
        tx.prepare_cached("SELECT id FROM auth_keys WHERE expires IS NOT NULL AND expires <= ?1")?;
    let mut unused = tx.prepare_cached(
        "SELECT id FROM auth_keys WHERE expires IS NULL AND signed_in = 0 AND created < ?1",
    )?;
    let ended = ended.query_map([now.0], |row| key_id(row, 0))?;
    let unused = unused.query_map([unused_before.0], |row| key_id(row, 0))?;
    let due = ended.chain(unused).collect::<rusqlite::Result<Vec<_>>>()?;
    due.into_iter().map(|id| delete_with_temporary(tx, id)).sum()
}

#[async_trait]
impl KeyStore for Sqlite {
    async fn insert_key(&self, key: StoredKey) -> store::Result<()> {
        self.write(move |tx| insert(tx, &key)).await
    }

    async fn key(&self, id: AuthKeyId, now: UnixTime) -> store::Result<StoredKey> {
        self.look(1, move |conn| find(conn, id, now)).await
    }

    async fn bind_temp_key(
        &self,
        temp: AuthKeyId,
        permanent: AuthKeyId,
        expires: UnixTime,
    ) -> store::Result<()> {
        self.write(move |tx| bind(tx, temp, permanent, expires)).await
    }

    async fn drop_temp_keys(
        &self,
        permanent: AuthKeyId,
        except: &[AuthKeyId],
    ) -> store::Result<Vec<AuthKeyId>> {
        let except = except.to_vec();
        self.write(move |tx| drop_temporary(tx, permanent, &except)).await
    }

    async fn destroy_key(&self, id: AuthKeyId) -> store::Result<Option<UserId>> {
        self.write(move |tx| destroy(tx, id)).await
    }

    async fn describe_client(&self, key: AuthKeyId, client: ClientInfo) -> store::Result<()> {
        self.write(move |tx| describe(tx, key, &client)).await
    }

    async fn client_info(&self, key: AuthKeyId) -> store::Result<ClientInfo> {
        self.read(move |conn| client_info(conn, key)).await
    }

    async fn authorize(&self, authorization: Authorization) -> store::Result<()> {
        self.write(move |tx| authorize(tx, &authorization)).await
    }

    async fn authorization(&self, key: AuthKeyId) -> store::Result<Option<Authorization>> {
        self.look(1, move |conn| authorization_of(conn, key)).await
    }

    async fn authorizations(&self, user: UserId) -> store::Result<Vec<Authorization>> {
        self.read(move |conn| authorizations_of(conn, user)).await
    }

    async fn touch_authorization(
        &self,
        key: AuthKeyId,
        ip: String,
        at: UnixTime,
    ) -> store::Result<()> {
        self.write(move |tx| touch(tx, key, &ip, at)).await
    }

    async fn revoke_authorization(
        &self,
        user: UserId,
        hash: AuthorizationHash,
    ) -> store::Result<AuthKeyId> {
        self.write(move |tx| revoke(tx, user, hash)).await
    }

    async fn sweep_keys(&self, now: UnixTime, unused_before: UnixTime) -> store::Result<u64> {
        self.write(move |tx| sweep(tx, now, unused_before)).await
    }
}
