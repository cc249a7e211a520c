//! The port of address books and blocked people.

use async_trait::async_trait;
use model::account::{Contact, Phone};
use model::{UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use store::ports::ContactStore;

use super::{Result, Sqlite};

/// Whether `owner` blocked `user`.
pub(super) fn is_blocked(conn: &Connection, owner: UserId, user: UserId) -> Result<bool> {
    let found = conn
        .prepare_cached("SELECT 1 FROM blocked WHERE owner_id = ?1 AND user_id = ?2")?
        .exists(params![owner.0, user.0])?;
    Ok(found)
}

/// Forgets what an account kept; others' entries for it stay with them.
pub(super) fn erase(tx: &Connection, owner: UserId) -> Result<()> {
    for sql in [
        "DELETE FROM contacts WHERE owner_id = ?1",
        "DELETE FROM pending_contacts WHERE owner_id = ?1",
        "DELETE FROM blocked WHERE owner_id = ?1",
    ] {
        tx.prepare_cached(sql)?.execute([owner.0])?;
    }
    Ok(())
}

fn contact(row: &Row<'_>) -> rusqlite::Result<Contact> {
    let phone: Option<String> = row.get(3)?;
    Ok(Contact {
        user: UserId(row.get(0)?),
        first_name: row.get(1)?,
        last_name: row.get(2)?,
        phone: phone.as_deref().and_then(Phone::parse),
        mutual: row.get(4)?,
    })
}

fn all(conn: &Connection, owner: UserId) -> Result<Vec<Contact>> {
    let mut statement = conn.prepare_cached(
        "SELECT user_id, first_name, last_name, phone,
             EXISTS (SELECT 1 FROM contacts AS back WHERE back.owner_id = book.user_id AND back.user_id = ?1)
         FROM contacts AS book WHERE owner_id = ?1 ORDER BY user_id",
    )?;
    let rows = statement.query_map([owner.0], contact)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn one(conn: &Connection, owner: UserId, user: UserId) -> Result<Option<Contact>> {
    let found = conn
        .prepare_cached(
            "SELECT user_id, first_name, last_name, phone,
                 EXISTS (SELECT 1 FROM contacts AS back WHERE back.owner_id = ?2 AND back.user_id = ?1)
             FROM contacts WHERE owner_id = ?1 AND user_id = ?2",
        )?
        .query_row(params![owner.0, user.0], contact)
        .optional()?;
    Ok(found)
}

/// Whether `owner` has `user` in the address book.
pub(super) fn is_contact(conn: &Connection, owner: UserId, user: UserId) -> Result<bool> {
    let found = conn
        .prepare_cached("SELECT 1 FROM contacts WHERE owner_id = ?1 AND user_id = ?2")?
        .exists(params![owner.0, user.0])?;
    Ok(found)
}

fn owners(conn: &Connection, user: UserId, limit: i32) -> Result<Vec<UserId>> {
    let mut statement = conn.prepare_cached(
        "SELECT owner_id FROM contacts WHERE user_id = ?1 ORDER BY owner_id LIMIT ?2",
    )?;
    let rows = statement.query_map(params![user.0, limit.max(0)], |row| row.get(0).map(UserId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn put(tx: &Connection, owner: UserId, contact: &Contact) -> Result<()> {
    let Contact { user, first_name, last_name, phone, mutual: _ } = contact;
    tx.prepare_cached(
        "INSERT INTO contacts (owner_id, user_id, first_name, last_name, phone) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (owner_id, user_id) DO UPDATE SET first_name = ?3, last_name = ?4, phone = ?5",
    )?
    .execute(params![owner.0, user.0, first_name, last_name, phone.as_ref().map(Phone::as_str)])?;
    Ok(())
}

fn put_pending(tx: &Connection, owner: UserId, phones: &[(Phone, String, String)]) -> Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO pending_contacts (owner_id, phone, first_name, last_name) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (owner_id, phone) DO UPDATE SET first_name = ?3, last_name = ?4",
    )?;
    for (phone, first_name, last_name) in phones {
        insert.execute(params![owner.0, phone.as_str(), first_name, last_name])?;
    }
    Ok(())
}

fn settle_pending(tx: &Connection, phone: &Phone, user: UserId) -> Result<Vec<UserId>> {
    let mut statement = tx.prepare_cached(
        "SELECT owner_id, first_name, last_name FROM pending_contacts WHERE phone = ?1 ORDER BY owner_id",
    )?;
    let rows = statement.query_map([phone.as_str()], |row| {
        let (first_name, last_name) = (row.get(1)?, row.get(2)?);
        let contact =
            Contact { user, first_name, last_name, phone: Some(phone.clone()), mutual: false };
        Ok((UserId(row.get(0)?), contact))
    })?;
    let waiting = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    for (owner, contact) in &waiting {
        put(tx, *owner, contact)?;
    }
    tx.prepare_cached("DELETE FROM pending_contacts WHERE phone = ?1")?
        .execute([phone.as_str()])?;
    Ok(waiting.into_iter().map(|(owner, _)| owner).collect())
}

fn set_blocked(
    tx: &Connection,
    owner: UserId,
    user: UserId,
    blocked: bool,
    at: UnixTime,
) -> Result<bool> {
    let changed = if blocked {
        tx.prepare_cached("INSERT INTO blocked (owner_id, user_id, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
            .execute(params![owner.0, user.0, at.0])?
    } else {
        tx.prepare_cached("DELETE FROM blocked WHERE owner_id = ?1 AND user_id = ?2")?
            .execute(params![owner.0, user.0])?
    };
    Ok(changed > 0)
}

/// People with the times they were blocked at, and how many there are in all.
type Blocked = (Vec<(UserId, UnixTime)>, i32);

fn blocked(conn: &Connection, owner: UserId, offset: i32, limit: i32) -> Result<Blocked> {
    let total = conn
        .prepare_cached("SELECT count(*) FROM blocked WHERE owner_id = ?1")?
        .query_row([owner.0], |row| row.get(0))?;
    let mut statement = conn.prepare_cached(
        "SELECT user_id, at FROM blocked WHERE owner_id = ?1 ORDER BY at DESC, user_id DESC LIMIT ?2 OFFSET ?3",
    )?;
    let page = statement.query_map(params![owner.0, limit.max(0), offset.max(0)], |row| {
        Ok((UserId(row.get(0)?), UnixTime(row.get(1)?)))
    })?;
    Ok((page.collect::<rusqlite::Result<_>>()?, total))
}

#[async_trait]
impl ContactStore for Sqlite {
    async fn contacts(&self, owner: UserId) -> store::Result<Vec<Contact>> {
        self.read(move |conn| all(conn, owner)).await
    }

    async fn contact(&self, owner: UserId, user: UserId) -> store::Result<Option<Contact>> {
        self.look(1, move |conn| one(conn, owner, user)).await
    }

    async fn contacts_among(&self, owner: UserId, users: &[UserId]) -> store::Result<Vec<Contact>> {
        let users = users.to_vec();
        self.look(users.len(), move |conn| {
            users.into_iter().filter_map(|user| one(conn, owner, user).transpose()).collect()
        })
        .await
    }

    async fn who_has_contact(&self, owners: &[UserId], user: UserId) -> store::Result<Vec<UserId>> {
        let owners = owners.to_vec();
        self.look(owners.len(), move |conn| {
            let mut having = Vec::new();
            for owner in owners {
                if is_contact(conn, owner, user)? {
                    having.push(owner);
                }
            }
            Ok(having)
        })
        .await
    }

    async fn contact_owners(&self, user: UserId, limit: i32) -> store::Result<Vec<UserId>> {
        self.read(move |conn| owners(conn, user, limit)).await
    }

    async fn put_contacts(&self, owner: UserId, contacts: Vec<Contact>) -> store::Result<()> {
        self.write(move |tx| contacts.iter().try_for_each(|contact| put(tx, owner, contact))).await
    }

    async fn delete_contacts(&self, owner: UserId, users: &[UserId]) -> store::Result<()> {
        let users = users.to_vec();
        self.write(move |tx| {
            let mut delete =
                tx.prepare_cached("DELETE FROM contacts WHERE owner_id = ?1 AND user_id = ?2")?;
            for user in users {
                delete.execute(params![owner.0, user.0])?;
            }
            Ok(())
        })
        .await
    }

    async fn put_pending_contacts(
        &self,
        owner: UserId,
        phones: Vec<(Phone, String, String)>,
    ) -> store::Result<()> {
        self.write(move |tx| put_pending(tx, owner, &phones)).await
    }

    async fn settle_pending_contacts(
        &self,
        phone: &Phone,
        user: UserId,
    ) -> store::Result<Vec<UserId>> {
        let phone = phone.clone();
        self.write(move |tx| settle_pending(tx, &phone, user)).await
    }

    async fn set_blocked(
        &self,
        owner: UserId,
        user: UserId,
        blocked: bool,
        at: UnixTime,
    ) -> store::Result<bool> {
        self.write(move |tx| set_blocked(tx, owner, user, blocked, at)).await
    }

    async fn is_blocked(&self, owner: UserId, user: UserId) -> store::Result<bool> {
        self.look(1, move |conn| is_blocked(conn, owner, user)).await
    }

    async fn who_blocked(&self, owners: &[UserId], user: UserId) -> store::Result<Vec<UserId>> {
        let owners = owners.to_vec();
        self.look(owners.len(), move |conn| {
            let mut blockers = Vec::new();
            for owner in owners {
                if is_blocked(conn, owner, user)? {
                    blockers.push(owner);
                }
            }
            Ok(blockers)
        })
        .await
    }

    async fn blocked(
        &self,
        owner: UserId,
        offset: i32,
        limit: i32,
    ) -> store::Result<(Vec<(UserId, UnixTime)>, i32)> {
        self.read(move |conn| blocked(conn, owner, offset, limit)).await
    }
}
