//! Posting: one row for the message and one update of the channel, whatever the audience.

use std::collections::BTreeSet;

use model::channel::{Channel, Replies};
use model::event::AccountEvent;
use model::message::{Counters, Message};
use model::reaction::Summary;
use model::rights::forbidden_flag;
use model::{ChannelId, MessageId, Peer, Pts, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::Error;
use store::ports::channels::{Moved, NOBODY, NewChannelMessage, Posted};

use super::super::codec::encode;
use super::super::{Result, dialogs, needed, profile};
use super::read::{self, Kind};
use super::rows::{self, Log};
use super::{discussion, threads, written_as};

/// Appends messages, all or none.
pub(in super::super) fn post(
    tx: &Connection,
    messages: &[NewChannelMessage],
) -> Result<Vec<Posted>> {
    let mut posting = Posting { tx, logs: Vec::new(), album: None };
    let posted = messages.iter().map(|new| posting.one(new.clone())).collect::<Result<_>>()?;
    posting.finish()?;
    Ok(posted)
}

/// Writes a service message; answers the channel afterwards.
pub(in super::super) fn first(
    tx: &Connection,
    new: NewChannelMessage,
) -> Result<(Channel, Message)> {
    let mut log = rows::log(tx, new.channel)?;
    let message = append(tx, &mut log, new)?.message;
    rows::save_position(tx, &log)?;
    Ok((log.channel, message))
}

/// One call's messages in the making.
struct Posting<'a> {
    tx: &'a Connection,
    /// The channels concerned, each read and written once; usually one.
    logs: Vec<Log>,
    /// The album of the message before, which slow mode takes for one message.
    album: Option<i64>,
}

impl Posting<'_> {
    fn one(&mut self, mut new: NewChannelMessage) -> Result<Posted> {
        let place = self.place(new.channel)?;
        let continues_album = new.body.grouped_id.is_some() && self.album == new.body.grouped_id;
        self.album = new.body.grouped_id;
        let Some(log) = self.logs.get_mut(place) else { return Err(Error::NotFound.into()) };
        log.channel.check_exists()?;
        if let Err(fault) = check(self.tx, log, &new, continues_album) {
            // A repetition gets its answer whatever has happened to the sender's rights since.
            return duplicate(self.tx, log, &new)?.ok_or(fault);
        }
        if new.body.action.is_some() && !log.channel.broadcast {
            let row = rows::participant(self.tx, new.channel, new.sender)?;
            new.body.send_as = log.channel.speaks_for(new.sender, row.as_ref());
        }
        let peer = Peer::Channel(new.channel);
        let (cleared, clock) = (new.clear_draft.then_some(new.sender), new.clock);
        let mut posted = append(self.tx, log, new)?;
        if let Some(group) = posted.message.replies.as_ref().and_then(|own| own.comments_in)
            && !posted.duplicate
        {
            posted = self.discuss(group, posted, clock)?;
        }
        if let Some(owner) = cleared.filter(|_| !posted.duplicate) {
            dialogs::clear_draft(self.tx, owner, peer)?;
            let event = AccountEvent::DraftMessage { peer, draft: None };
            let date = posted.message.date;
            posted.cleared = Some(profile::append_event(self.tx, owner, event, date)?);
        }
        Ok(posted)
    }

    /// Copies a post into its discussion group, pinned, where it begins that group's timer.
    fn discuss(&mut self, group: ChannelId, mut posted: Posted, clock: UnixTime) -> Result<Posted> {
        let Some(channel) = posted.message.peer.channel() else { return Ok(posted) };
        let (post, date) = (posted.message.id, posted.message.date);
        let origin = self.place(channel)?;
        let Some(log) = self.logs.get(origin) else { return Err(Error::NotFound.into()) };
        let mut body = posted.message.body.discussion_copy(&log.channel, post, date);
        let place = self.place(group)?;
        let Some(log) = self.logs.get_mut(place) else { return Err(Error::NotFound.into()) };
        body.ttl_period = log.channel.ttl_period;
        body.begin_timer(clock);
        let copy = append(self.tx, log, NewChannelMessage::copy(group, date, body))?.message;
        threads::open(self.tx, (group, copy.id, copy.pts), Some((channel, post)))?;
        if let Some(replies) = &mut posted.message.replies {
            replies.pts = copy.pts;
        }
        posted.discussion = Some(Moved { channel: group, pts: copy.pts, pts_count: 1 });
        Ok(posted)
    }

    fn place(&mut self, channel: ChannelId) -> Result<usize> {
        if let Some(place) = self.logs.iter().position(|log| log.channel.id == channel) {
            return Ok(place);
        }
        self.logs.push(rows::log(self.tx, channel)?);
        Ok(self.logs.len() - 1)
    }

    fn finish(self) -> Result<()> {
        self.logs.iter().try_for_each(|log| rows::save_position(self.tx, log))
    }
}

fn check(tx: &Connection, log: &Log, new: &NewChannelMessage, continues_album: bool) -> Result<()> {
    let channel = &log.channel;
    if new.body.action.is_some() {
        return Ok(());
    }
    let row = rows::participant(tx, channel.id, new.sender)?;
    let guest = discussion::is_guest(tx, channel, row.as_ref(), new.sender, new.date)?;
    let forbidden = forbidden_flag(&new.body);
    channel.check_write_as(new.sender, row.as_ref(), guest, new.date, forbidden)?;
    written_as::check(tx, log, (new.sender, &new.body), new.date, forbidden)?;
    if !continues_album
        && channel.has_slow_mode(new.sender, row.as_ref())
        && let Some(last) = last_date(tx, channel.id, new.sender)?
    {
        channel.check_slow_mode(last, new.date)?;
    }
    Ok(())
}

/// The date of one author's newest message that is no service message, of those that are there and of those that are gone.
pub(super) const LAST_DATE: &str = "SELECT max(date) FROM (
         SELECT * FROM (SELECT date FROM channel_messages
             WHERE channel_id = ?1 AND sender_id = ?2 AND kind <> 2 AND kind <> 4 AND body IS NOT NULL
             ORDER BY id DESC LIMIT 1)
         UNION ALL
         SELECT * FROM (SELECT date FROM channel_messages
             WHERE channel_id = ?1 AND sender_id = ?2 AND kind <> 2 AND kind <> 4 AND body IS NULL
             ORDER BY id DESC LIMIT 1))";

/// When the person wrote last: what was deleted counts, or deleting would shorten the wait of slow mode.
pub(super) fn last_date(
    conn: &Connection,
    channel: ChannelId,
    sender: UserId,
) -> Result<Option<UnixTime>> {
    let mut statement = conn.prepare_cached(LAST_DATE)?;
    let date: Option<i64> = statement.query_row(params![channel.0, sender.0], |row| row.get(0))?;
    Ok(date.map(UnixTime))
}

fn append(tx: &Connection, log: &mut Log, new: NewChannelMessage) -> Result<Posted> {
    let id = MessageId(log.last_id.0.checked_add(1).ok_or_else(|| full(&new))?);
    let pts = Pts(log.channel.pts.0.checked_add(1).ok_or_else(|| full(&new))?);
    let date = new.date.max(log.top_date);
    let kind = Kind::of(&log.channel, &new.body);
    let answered = match new.reply_to {
        Some(id) => read::author(tx, log.channel.id, id)?,
        None => None,
    };
    let reply_to = new.reply_to.filter(|_| answered.is_some());
    let thread = match reply_to {
        Some(id) if kind.is_group() => read::thread_of(tx, log.channel.id, id)?,
        _ => None,
    };
    // A post that is discussed, and its copy.
    let is_copy = kind.is_group() && new.sender == NOBODY;
    let threaded = is_copy || kind == Kind::Post && log.channel.linked.is_some();
    let mentions = mentioned(tx, log, &new, answered)?;
    needed::check(tx, &new.body)?;
    let inserted = tx
        .prepare_cached(
            "INSERT INTO channel_messages
                 (channel_id, id, pts, sender_id, random_id, kind, date, class, reply_to, mentions, body,
                  thread, threaded, pinned, expires, attached, cover, send_as)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
             ON CONFLICT (channel_id, sender_id, random_id) WHERE random_id IS NOT NULL DO NOTHING",
        )?
        .execute(params![
            log.channel.id.0,
            id.0,
            pts.0,
            new.sender.0,
            new.random_id,
            kind.number(),
            date.0,
            new.body.media_class().number(),
            reply_to.map(|id| id.0),
            (!mentions.is_empty()).then(|| encode(&mentions)).transpose()?,
            encode(&new.body)?,
            thread.map(|top| top.0),
            threaded,
            is_copy,
            new.body.end().map(|end| end.0),
            new.body.attached(),
            new.body.cover(),
            new.body.send_as.map(|name| name.0),
        ])?;
    if inserted == 0 {
        let same = duplicate(tx, log, &new)?;
        return same
            .ok_or_else(|| Error::Corrupt("a random_id without its message".to_owned()).into());
    }
    log.last_id = id;
    log.messages += 1;
    (log.top_date, log.moved) = (date, log.moved.max(date));
    (log.channel.pts, log.channel.top_message) = (pts, id);
    call(tx, log.channel.id, id, &mentions)?;
    if let Some(top) = thread {
        threads::add(tx, log.channel.id, top, (id, pts), new.body.author(new.sender))?;
    }
    let mut message = fresh(log, new, (id, date), (kind, reply_to));
    message.thread = thread;
    Ok(Posted { duplicate: false, message, discussion: None, cleared: None })
}

fn full(new: &NewChannelMessage) -> Error {
    Error::Unavailable(format!("channel {} has given out all its numbers", new.channel.0))
}

/// The message as its author sees it, without reading it back.
fn fresh(
    log: &Log,
    new: NewChannelMessage,
    (id, date): (MessageId, UnixTime),
    (kind, reply_to): (Kind, Option<MessageId>),
) -> Message {
    Message {
        id,
        pts: log.channel.pts,
        peer: Peer::Channel(new.channel),
        from: new.sender,
        out: true,
        post: log.channel.broadcast,
        date,
        edit_date: None,
        mentioned: false,
        media_unread: false,
        pinned: false,
        reply_to,
        thread: None,
        origin: None,
        body: new.body,
        counters: (kind == Kind::Post).then_some(Counters { views: 1, forwards: 0 }),
        reactions: Summary::default(),
        replies: log
            .channel
            .linked
            .filter(|_| kind == Kind::Post)
            .map(|group| Replies { comments_in: Some(group), ..Replies::default() }),
    }
}

/// The answer to a `random_id` that was posted before.
fn duplicate(tx: &Connection, log: &Log, new: &NewChannelMessage) -> Result<Option<Posted>> {
    let Some(random_id) = new.random_id else { return Ok(None) };
    let Some(id) = numbered(tx, log.channel.id, new.sender, random_id)? else { return Ok(None) };
    let viewer = read::Viewer::of(tx, &log.channel, new.sender)?;
    let message = read::message(tx, &viewer, id)?.ok_or(Error::Conflict)?;
    Ok(Some(Posted { duplicate: true, message, discussion: None, cleared: None }))
}

fn numbered(
    conn: &Connection,
    channel: ChannelId,
    sender: UserId,
    random_id: i64,
) -> Result<Option<MessageId>> {
    let found = conn
        .prepare_cached(
            "SELECT id FROM channel_messages WHERE channel_id = ?1 AND sender_id = ?2 AND random_id = ?3",
        )?
        .query_row(params![channel.0, sender.0, random_id], |row| row.get(0).map(MessageId))
        .optional()?;
    Ok(found)
}

/// What somebody posted before and is there still.
pub(super) fn posted_before(
    conn: &Connection,
    channel: ChannelId,
    sender: UserId,
    random_ids: &[i64],
) -> Result<Vec<(i64, Message)>> {
    let log = rows::log(conn, channel)?;
    let viewer = read::Viewer::of(conn, &log.channel, sender)?;
    let mut found = Vec::new();
    for random_id in random_ids {
        if let Some(id) = numbered(conn, channel, sender, *random_id)? {
            found.extend(read::message(conn, &viewer, id)?.map(|message| (*random_id, message)));
        }
    }
    Ok(found)
}

/// The members that a message of a supergroup calls: by name, by link, and by a reply.
fn mentioned(
    tx: &Connection,
    log: &Log,
    new: &NewChannelMessage,
    answered: Option<UserId>,
) -> Result<BTreeSet<UserId>> {
    let mut mentioned = BTreeSet::new();
    if log.channel.broadcast || new.body.action.is_some() {
        return Ok(mentioned);
    }
    let named = new.mentions.iter().copied().chain(new.body.mentioned_ids()).chain(answered);
    for user in named.filter(|user| *user != new.sender) {
        if !mentioned.contains(&user) && rows::is_member(tx, log.channel.id, user)? {
            mentioned.insert(user);
        }
    }
    Ok(mentioned)
}

fn call(
    tx: &Connection,
    channel: ChannelId,
    id: MessageId,
    mentions: &BTreeSet<UserId>,
) -> Result<()> {
    if mentions.is_empty() {
        return Ok(());
    }
    let mut insert = tx.prepare_cached(
        "INSERT INTO channel_mentions (channel_id, user_id, id) VALUES (?1, ?2, ?3)",
    )?;
    for user in mentions {
        insert.execute(params![channel.0, user.0, id.0])?;
    }
    Ok(())
}
