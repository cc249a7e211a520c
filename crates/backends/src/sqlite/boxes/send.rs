//! Sending: who gets a copy, and how each copy looks. The hot path: two rows and two counters for a private message.

use model::event::AccountEvent;
use model::message::{Action, Message, Origin};
use model::reaction::Summary;
use model::{MessageId, Peer, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::ports::acts::box_message;
use store::ports::boxes::{BoxChange, BoxPeer, Copy, Deleted, NewBoxMessage, Sent};

use super::super::codec::encode;
use super::super::{Result, chats, contacts, dialogs, needed, profile};
use super::rows::{self, MENTIONED, UNSEEN};

/// Sends messages, all or none.
pub(in super::super) fn send(tx: &Connection, messages: &[NewBoxMessage]) -> Result<Vec<Sent>> {
    messages.iter().map(|new| send_one(tx, new)).collect()
}

fn send_one(tx: &Connection, new: &NewBoxMessage) -> Result<Sent> {
    let before = match new.random_id {
        Some(random_id) => sent_before(tx, new.sender, random_id)?,
        None => None,
    };
    if let Some(message) = before {
        let copy = Copy { owner: new.sender, message };
        return Ok(Sent { duplicate: true, copies: vec![copy], cleared: None });
    }
    let readers = readers(tx, new)?;
    needed::check(tx, &new.body)?;
    if let Some(period) = new.begins_timer() {
        if dialogs::ttl(tx, new.sender, new.peer_of(new.sender))?.is_some() {
            return Ok(Sent { duplicate: true, copies: Vec::new(), cleared: None });
        }
        for owner in &readers {
            dialogs::set_ttl(tx, *owner, new.peer_of(*owner), Some(period))?;
        }
    }
    let peer = new.peer_of(new.sender);
    let replied = match new.reply_to {
        Some(id) => rows::bare(tx, new.sender, id)?.filter(|message| message.peer == peer),
        None => None,
    };
    let mut writer = Writer {
        tx,
        new,
        body: encode(&new.body)?,
        class: new.body.media_class().number(),
        origin: None,
        replied: replied.and_then(|message| message.origin),
    };
    let copies = readers.into_iter().map(|owner| writer.add(owner)).collect::<Result<_>>()?;
    let cleared = if new.clear_draft {
        let event = AccountEvent::DraftMessage { peer, draft: None };
        Some(profile::append_event(tx, new.sender, event, new.date)?)
    } else {
        None
    };
    Ok(Sent { duplicate: false, copies, cleared })
}

/// Leaves a chat that its owner emptied in the list.
pub(super) fn note_cleared(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
    date: UnixTime,
) -> Result<Option<Deleted>> {
    let Some(with) = BoxPeer::of(peer) else { return Ok(None) };
    if rows::top(tx, owner, peer)?.is_some() {
        return Ok(None);
    }
    let new = box_message(with, (owner, Action::HistoryClear), date);
    let (body, class) = (encode(&new.body)?, new.body.media_class().number());
    let mut writer = Writer { tx, new: &new, body, class, origin: None, replied: None };
    let message = writer.add(owner)?.message;
    let change = BoxChange { owner, pts: message.pts, pts_count: 1 };
    Ok(Some(Deleted { change, ids: Vec::new() }))
}

/// The sender's copy of a message with the same `random_id`.
pub(super) fn sent_before(
    conn: &Connection,
    sender: UserId,
    random_id: i64,
) -> Result<Option<Message>> {
    let id: Option<i32> = conn
        .prepare_cached("SELECT id FROM box_messages WHERE owner_id = ?1 AND random_id = ?2")?
        .query_row(params![sender.0, random_id], |row| row.get(0))
        .optional()?;
    id.map_or(Ok(None), |id| rows::message(conn, sender, MessageId(id)))
}

/// Who gets a copy, the sender first, if the sender may send at all.
fn readers(conn: &Connection, new: &NewBoxMessage) -> Result<Vec<UserId>> {
    let mut readers = vec![new.sender];
    match new.peer {
        BoxPeer::User(user) => {
            let other = user != new.sender && !contacts::is_blocked(conn, user, new.sender)?;
            readers.extend(other.then_some(user));
        }
        BoxPeer::Chat(id) => {
            let chat = chats::group(conn, id)?;
            if new.body.action.is_none() {
                chat.check_write(new.sender, &new.body)?;
            }
            let members = chat.members.iter().map(|member| member.user);
            readers.extend(members.filter(|user| *user != new.sender));
        }
    }
    Ok(readers)
}

/// Writes the copies of one message.
struct Writer<'a> {
    tx: &'a Connection,
    new: &'a NewBoxMessage,
    body: Vec<u8>,
    class: i64,
    /// Known once the sender's own copy, the first, has its number.
    origin: Option<Origin>,
    replied: Option<Origin>,
}

impl Writer<'_> {
    fn add(&mut self, owner: UserId) -> Result<Copy> {
        let Self { tx, new, .. } = *self;
        let place = rows::advance(tx, owner, 1, 1)?;
        let own = owner == new.sender;
        let origin = *self.origin.get_or_insert(Origin { owner: new.sender, id: place.last_id });
        let mentioned = new.mentions_in_group(owner, self.replied.map(|replied| replied.owner));
        let reply_to = match self.replied {
            Some(replied) => rows::copy_in(tx, replied, owner)?,
            None => None,
        };
        let message = Message {
            id: place.last_id,
            pts: place.pts,
            peer: new.peer_of(owner),
            from: new.sender,
            out: own,
            post: false,
            date: new.date,
            edit_date: None,
            mentioned,
            media_unread: new.is_unread_by(mentioned),
            pinned: false,
            reply_to,
            thread: None,
            origin: Some(origin),
            body: new.body.clone(),
            counters: None,
            reactions: Summary::default(),
            replies: None,
        };
        self.insert(owner, &message, origin)?;
        if own && new.clear_draft {
            dialogs::list_sent(tx, owner, message.peer, new.date)?;
        } else {
            dialogs::list(tx, owner, message.peer, new.date)?;
        }
        Ok(Copy { owner, message })
    }

    fn insert(&self, owner: UserId, message: &Message, origin: Origin) -> Result<()> {
        let flags = if message.mentioned { MENTIONED } else { 0 }
            | if message.media_unread { UNSEEN } else { 0 };
        let saved = message.saved_peer(owner);
        self.tx
            .prepare_cached(
                "INSERT INTO box_messages (owner_id, id, pts, peer_kind, peer_id, sender_id, out, origin_id,
                                           date, flags, reply_to, random_id, class, expires, attached, cover,
                                           saved_kind, saved_id, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
            )?
            .execute(params![
                owner.0,
                message.id.0,
                message.pts.0,
                message.peer.kind(),
                message.peer.id(),
                message.from.0,
                message.out,
                origin.id.0,
                message.date.0,
                flags,
                message.reply_to.map(|id| id.0),
                self.new.random_id.filter(|_| message.out),
                self.class,
                self.new.body.end().map(|end| end.0),
                self.new.body.attached(),
                self.new.body.cover(),
                saved.map(Peer::kind),
                saved.map(Peer::id),
                self.body,
            ])?;
        Ok(())
    }
}
