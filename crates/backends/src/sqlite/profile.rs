//! What belongs to one account beside its row: photos, events, privacy, settings, password.

use model::account::{Invitation, NotifyScope, NotifySettings, Password, PrivacyKey, PrivacyRule};
use model::event::{AccountEntry, AccountEvent};
use model::{Peer, PhotoId, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::ports::accounts::{draft_of, events_kept_since};

use super::codec::{decode, encode};
use super::{Fault, Result, needed, settled, users};

/// Stored numbers of privacy keys: a key's place here, which never changes.
const PRIVACY_KEYS: [PrivacyKey; 11] = [
    PrivacyKey::StatusTimestamp,
    PrivacyKey::ChatInvite,
    PrivacyKey::PhoneCall,
    PrivacyKey::PhoneP2p,
    PrivacyKey::Forwards,
    PrivacyKey::ProfilePhoto,
    PrivacyKey::PhoneNumber,
    PrivacyKey::AddedByPhone,
    PrivacyKey::VoiceMessages,
    PrivacyKey::About,
    PrivacyKey::Birthday,
];

fn privacy_number(key: PrivacyKey) -> Result<i64> {
    let place = PRIVACY_KEYS.iter().position(|known| *known == key);
    let number = place.and_then(|place| i64::try_from(place).ok());
    number.ok_or_else(|| Fault(store::Error::Corrupt(format!("{key:?} has no number"))))
}

fn privacy_key(number: i64) -> Result<PrivacyKey> {
    let key = usize::try_from(number).ok().and_then(|place| PRIVACY_KEYS.get(place)).copied();
    key.ok_or_else(|| Fault(store::Error::Corrupt(format!("privacy key {number}"))))
}

const fn scope_parts(scope: NotifyScope) -> (i64, i64) {
    match scope {
        NotifyScope::Peer(peer) => (peer.kind(), peer.id()),
        NotifyScope::Users => (11, 0),
        NotifyScope::Chats => (12, 0),
        NotifyScope::Broadcasts => (13, 0),
    }
}

pub(super) fn password(conn: &Connection, user: UserId) -> Result<Option<Password>> {
    let body: Option<Vec<u8>> = conn
        .prepare_cached("SELECT body FROM passwords WHERE user_id = ?1")?
        .query_row([user.0], |row| row.get(0))
        .optional()?;
    body.map(|body| decode(&body)).transpose()
}

pub(super) fn set_password(
    tx: &Connection,
    user: UserId,
    password: Option<&Password>,
) -> Result<()> {
    users::existing(tx, user)?;
    match password {
        Some(password) => tx
            .prepare_cached(
                "INSERT INTO passwords (user_id, body) VALUES (?1, ?2) ON CONFLICT (user_id) DO UPDATE SET body = ?2",
            )?
            .execute(params![user.0, encode(password)?])?,
        None => tx.prepare_cached("DELETE FROM passwords WHERE user_id = ?1")?.execute([user.0])?,
    };
    Ok(())
}

pub(super) fn privacy(
    conn: &Connection,
    user: UserId,
    key: PrivacyKey,
) -> Result<Option<Vec<PrivacyRule>>> {
    let rules: Option<Vec<u8>> = conn
        .prepare_cached("SELECT rules FROM privacy WHERE user_id = ?1 AND privacy_key = ?2")?
        .query_row(params![user.0, privacy_number(key)?], |row| row.get(0))
        .optional()?;
    rules.map(|rules| decode(&rules)).transpose()
}

type Rules = (UserId, PrivacyKey, Vec<PrivacyRule>);

/// All rules that an account set, by key.
pub(super) fn all_privacy(conn: &Connection, user: UserId) -> Result<Vec<Rules>> {
    let mut statement = conn.prepare_cached(
        "SELECT privacy_key, rules FROM privacy WHERE user_id = ?1 ORDER BY privacy_key",
    )?;
    let mut rows = statement.query([user.0])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push((user, privacy_key(row.get(0)?)?, decode(&row.get::<_, Vec<u8>>(1)?)?));
    }
    Ok(all)
}

pub(super) fn set_privacy(
    tx: &Connection,
    user: UserId,
    key: PrivacyKey,
    rules: &[PrivacyRule],
) -> Result<()> {
    users::existing(tx, user)?;
    tx.prepare_cached(
        "INSERT INTO privacy (user_id, privacy_key, rules) VALUES (?1, ?2, ?3)
         ON CONFLICT (user_id, privacy_key) DO UPDATE SET rules = ?3",
    )?
    .execute(params![user.0, privacy_number(key)?, encode(&rules)?])?;
    Ok(())
}

/// Notification settings of a scope (the default if never set).
pub(super) fn notify(
    conn: &Connection,
    user: UserId,
    scope: NotifyScope,
) -> Result<NotifySettings> {
    let (kind, id) = scope_parts(scope);
    let body: Option<Vec<u8>> = conn
        .prepare_cached("SELECT body FROM notify_settings WHERE user_id = ?1 AND scope_kind = ?2 AND scope_id = ?3")?
        .query_row(params![user.0, kind, id], |row| row.get(0))
        .optional()?;
    body.map_or_else(|| Ok(NotifySettings::default()), |body| decode(&body))
}

pub(super) fn set_notify(
    tx: &Connection,
    user: UserId,
    scope: NotifyScope,
    settings: &NotifySettings,
) -> Result<()> {
    users::existing(tx, user)?;
    let (kind, id) = scope_parts(scope);
    tx.prepare_cached(
        "INSERT INTO notify_settings (user_id, scope_kind, scope_id, body) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (user_id, scope_kind, scope_id) DO UPDATE SET body = ?4",
    )?
    .execute(params![user.0, kind, id, encode(settings)?])?;
    Ok(())
}

/// Gives a chat the notification settings that another one has, if it has some of its own.
pub(super) fn carry_notify(tx: &Connection, user: UserId, from: Peer, to: Peer) -> Result<()> {
    let settings = notify(tx, user, NotifyScope::Peer(from))?;
    if settings == NotifySettings::default() {
        return Ok(());
    }
    set_notify(tx, user, NotifyScope::Peer(to), &settings)
}

pub(super) fn reset_notify(tx: &Connection, user: UserId) -> Result<()> {
    tx.prepare_cached("DELETE FROM notify_settings WHERE user_id = ?1")?.execute([user.0])?;
    Ok(())
}

pub(super) fn setting(conn: &Connection, user: UserId, name: &str) -> Result<Option<Vec<u8>>> {
    let value = conn
        .prepare_cached("SELECT value FROM settings WHERE user_id = ?1 AND name = ?2")?
        .query_row(params![user.0, name], |row| row.get(0))
        .optional()?;
    Ok(value)
}

pub(super) fn set_setting(
    tx: &Connection,
    user: UserId,
    name: &str,
    value: Option<&[u8]>,
) -> Result<()> {
    users::existing(tx, user)?;
    match value {
        Some(value) => tx
            .prepare_cached(
                "INSERT INTO settings (user_id, name, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (user_id, name) DO UPDATE SET value = ?3",
            )?
            .execute(params![user.0, name, value])?,
        None => tx
            .prepare_cached("DELETE FROM settings WHERE user_id = ?1 AND name = ?2")?
            .execute(params![user.0, name])?,
    };
    Ok(())
}

/// Adds a photo, or brings one of the account's back to the top, and shows it.
pub(super) fn add_photo(tx: &Connection, user: UserId, photo: PhotoId, at: UnixTime) -> Result<()> {
    users::existing(tx, user)?;
    needed::check_one(tx, photo.0)?;
    forget_photo(tx, user, photo)?;
    tx.prepare_cached(
        "INSERT INTO profile_photos (user_id, number, photo_id, added)
         SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3 FROM profile_photos WHERE user_id = ?1",
    )?
    .execute(params![user.0, photo.0, at.0])?;
    show_newest_photo(tx, user)
}

pub(super) fn remove_photos(
    tx: &Connection,
    user: UserId,
    photos: &[PhotoId],
) -> Result<Vec<PhotoId>> {
    users::existing(tx, user)?;
    let mut removed = Vec::new();
    for photo in photos {
        if forget_photo(tx, user, *photo)? {
            removed.push(*photo);
        }
    }
    show_newest_photo(tx, user)?;
    Ok(removed)
}

fn forget_photo(tx: &Connection, user: UserId, photo: PhotoId) -> Result<bool> {
    let gone = tx
        .prepare_cached("DELETE FROM profile_photos WHERE user_id = ?1 AND photo_id = ?2")?
        .execute(params![user.0, photo.0])?;
    needed::release(tx, (gone > 0).then_some(photo.0))?;
    Ok(gone > 0)
}

fn show_newest_photo(tx: &Connection, user: UserId) -> Result<()> {
    tx.prepare_cached(
        "UPDATE users SET photo_id =
             (SELECT photo_id FROM profile_photos WHERE user_id = ?1 ORDER BY number DESC LIMIT 1)
         WHERE id = ?1",
    )?
    .execute([user.0])?;
    Ok(())
}

pub(super) fn photos(
    conn: &Connection,
    user: UserId,
    offset: i32,
    limit: i32,
) -> Result<(Vec<PhotoId>, i32)> {
    let total = conn
        .prepare_cached("SELECT count(*) FROM profile_photos WHERE user_id = ?1")?
        .query_row([user.0], |row| row.get(0))?;
    let mut statement = conn.prepare_cached(
        "SELECT photo_id FROM profile_photos WHERE user_id = ?1 ORDER BY number DESC LIMIT ?2 OFFSET ?3",
    )?;
    let page = statement
        .query_map(params![user.0, limit.max(0), offset.max(0)], |row| row.get(0).map(PhotoId))?;
    Ok((page.collect::<rusqlite::Result<_>>()?, total))
}

/// Appends an event, and forgets what it makes obsolete: earlier drafts of its chat, events past their time.
pub(super) fn append_event(
    tx: &Connection,
    user: UserId,
    event: AccountEvent,
    at: UnixTime,
) -> Result<AccountEntry> {
    let body = encode(&event)?;
    let date = settled::stamp(at);
    let chat = draft_of(&event);
    let (kind, id) = (chat.map(Peer::kind), chat.map(Peer::id));
    let number = tx
        .prepare_cached(
            "INSERT INTO account_events (user_id, number, date, draft_kind, draft_id, body)
             SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5 FROM account_events WHERE user_id = ?1
             RETURNING number",
        )?
        .query_row(params![user.0, date.0, kind, id, body], |row| row.get(0))?;
    if chat.is_some() {
        tx.prepare_cached(
            "DELETE FROM account_events
             WHERE user_id = ?1 AND draft_kind = ?2 AND draft_id = ?3 AND number < ?4",
        )?
        .execute(params![user.0, kind, id, number])?;
    }
    tx.prepare_cached(
        "DELETE FROM account_events WHERE user_id = ?1 AND date < ?2 AND number < ?3",
    )?
    .execute(params![user.0, events_kept_since(at).0, number])?;
    Ok(AccountEntry { number, date, event })
}

/// Appends what an act tells accounts, in its transaction.
pub(super) fn record(
    tx: &Connection,
    events: Vec<(UserId, AccountEvent)>,
    at: UnixTime,
) -> Result<Vec<(UserId, AccountEntry)>> {
    events.into_iter().map(|(user, event)| Ok((user, append_event(tx, user, event, at)?))).collect()
}

pub(super) fn events(
    conn: &Connection,
    user: UserId,
    since: UnixTime,
    limit: i32,
) -> Result<Vec<AccountEntry>> {
    let mut statement = conn.prepare_cached(
        "SELECT number, date, body FROM account_events WHERE user_id = ?1 AND (date, number) > (?2, ?3)
             AND date <= ?4 ORDER BY date, number LIMIT ?5",
    )?;
    let mut read = |(date, number): (i64, i64), until: i64, limit: i32| -> Result<Vec<_>> {
        let mut rows = statement.query(params![user.0, date, number, until, limit.max(0)])?;
        let mut events = Vec::new();
        while let Some(row) = rows.next()? {
            let event = decode(&row.get::<_, Vec<u8>>(2)?)?;
            events.push(AccountEntry { number: row.get(0)?, date: UnixTime(row.get(1)?), event });
        }
        Ok(events)
    };
    let mut events = read((since.0, i64::MIN), i64::MAX, limit)?;
    let last = events.last().map(|last| (last.date.0, last.number));
    if let Some(last) = last.filter(|_| i32::try_from(events.len()) == Ok(limit)) {
        events.extend(read(last, last.0, i32::MAX)?);
    }
    Ok(events)
}

pub(super) fn add_invitation(tx: &Connection, invitation: &Invitation) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO invitations (token_hash, expires, uses_left) VALUES (?1, ?2, ?3)
         ON CONFLICT (token_hash) DO UPDATE SET expires = ?2, uses_left = ?3",
    )?
    .execute(params![invitation.token_hash, invitation.expires.0, invitation.uses_left])?;
    Ok(())
}

pub(super) fn use_invitation(tx: &Connection, token_hash: &str, now: UnixTime) -> Result<()> {
    let used = tx
        .prepare_cached(
            "UPDATE invitations SET uses_left = uses_left - 1
             WHERE token_hash = ?1 AND expires > ?2 AND uses_left > 0",
        )?
        .execute(params![token_hash, now.0])?;
    if used == 0 { Err(store::Error::NotFound.into()) } else { Ok(()) }
}
