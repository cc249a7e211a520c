//! Messages written now and sent later: listed, changed, taken back, sent at their time.
//!
//! A schedule is read by its author; that of a broadcast channel by the admins who may post. The time is kept to the second
//! in which [`send_due`] is called, never earlier.

use model::event::AccountEvent;
use model::message::Message;
use model::rights::{AdminRights, Denial};
use model::schedule::{Schedule, Scheduled};
use model::{AuthKeyId, ChannelId, MessageId, Peer, UnixTime, UserId, limits};
use store::ports::schedule::{Release, Released};

use super::deliver::{told_boxes, told_log};
use super::edit::{self, Change};
use super::{Delivery, Effect, Events, content};
use crate::{Caller, Core, Error, Result, account_events, channels, expiry, sign_in};

/// A message whose time comes within so many seconds is sent at once, as clients expect.
const AT_ONCE_S: i64 = 10;
/// The date by which clients mean "when the other person is online".
const WHEN_ONLINE: i64 = 0x7fff_fffe;
/// Messages taken up together by [`send_due`].
const BATCH: i32 = 100;

/// When a message is to be sent; `None` is now.
///
/// # Errors
/// `ScheduleTooLate` over a year ahead; `ScheduleStatusPrivate` for "when they are online", which is not offered: it would tell
/// the sender when that was, whatever the other person lets be seen.
pub(super) fn when(core: &Core, date: Option<UnixTime>) -> Result<Option<UnixTime>> {
    let Some(date) = date.filter(|date| date.0 > core.now().0 + AT_ONCE_S) else { return Ok(None) };
    if date.0 == WHEN_ONLINE {
        return Err(Error::ScheduleStatusPrivate);
    }
    if date.0 > core.now().0 + limits::SCHEDULE_DAYS * 24 * 3600 {
        return Err(Error::ScheduleTooLate);
    }
    Ok(Some(date))
}

/// Keeps messages until `date`, all or none.
pub(super) async fn keep(
    core: &Core,
    caller: Caller,
    peer: Peer,
    messages: Vec<Delivery>,
    date: UnixTime,
) -> Result<Effect> {
    if peer != Peer::User(caller.user) {
        for message in &messages {
            sign_in::burn_told_codes(core, caller.user, &message.body.text);
        }
    }
    let schedule = match peer {
        Peer::Channel(id) if channels::known(core, caller.user, id).await?.0.broadcast => {
            super::deliver::check_polls(core, caller, id, &messages).await?;
            Schedule::Posts(id)
        }
        _ => Schedule::Own(caller.user, peer),
    };
    let new = messages
        .into_iter()
        .map(|message| Scheduled {
            schedule,
            id: MessageId(0),
            sender: caller.user,
            random_id: message.random_id.unwrap_or_default(),
            date,
            edit_date: None,
            body: message.body,
            reply_to: message.reply_to,
            mentions: message.mentions,
        })
        .collect();
    let kept =
        core.stores.schedule.schedule(new, core.now()).await.map_err(|error| match error {
            store::Error::Denied(Denial::TooMany) => Error::ScheduleTooMuch,
            error => error.into(),
        })?;
    tell_new(core, caller, schedule, &kept).await?;
    let numbers = kept.iter().map(|one| (one.random_id, one.id)).collect();
    let events = Events::Scheduled(kept.iter().map(|one| one.to_message(caller.user)).collect());
    Ok(Effect { numbers, events })
}

async fn tell_new(
    core: &Core,
    caller: Caller,
    schedule: Schedule,
    messages: &[Scheduled],
) -> Result<()> {
    let peer = schedule.peer();
    for message in messages {
        let event = AccountEvent::NewScheduledMessage { peer, id: message.id };
        let readers = readers(core, schedule, message.sender).await?;
        account_events::record_for(core, readers, &event, caller.origin()).await?;
    }
    Ok(())
}

/// Who reads a schedule.
async fn readers(core: &Core, schedule: Schedule, sender: UserId) -> Result<Vec<UserId>> {
    let channel = match schedule {
        Schedule::Own(owner, _) => return Ok(vec![owner]),
        Schedule::Posts(channel) => channel,
    };
    channels::admins_with(core, channel, sender, |rights| rights.post_messages).await
}

/// The schedule of a chat that somebody reads.
///
/// # Errors
/// `Denied(AdminRequired)` for subscribers of a broadcast channel; those of [`channels::visible`].
async fn readable(core: &Core, viewer: UserId, peer: Peer) -> Result<Schedule> {
    let Peer::Channel(id) = peer else { return Ok(Schedule::Own(viewer, peer)) };
    let (channel, row) = channels::visible(core, viewer, id).await?;
    if !channel.broadcast {
        return Ok(Schedule::Own(viewer, peer));
    }
    channel.check_admin(viewer, row.as_ref(), |rights| rights.post_messages)?;
    Ok(Schedule::Posts(id))
}

/// The scheduled messages of a chat, latest first: all, or these.
///
/// # Errors
/// `LimitInvalid` for too many; `Denied`, `ChannelPrivate` and its kin.
pub async fn list(
    core: &Core,
    viewer: UserId,
    peer: Peer,
    ids: Option<&[MessageId]>,
) -> Result<Vec<Message>> {
    check_count(ids.unwrap_or_default())?;
    let schedule = readable(core, viewer, peer).await?;
    let found = core.stores.schedule.scheduled(schedule, ids).await?;
    Ok(found.iter().map(|one| one.to_message(viewer)).collect())
}

/// Whether somebody has scheduled messages in a chat, for the chat's full description. Nobody else's are told of.
///
/// # Errors
/// Storage only.
pub async fn has_some(core: &Core, viewer: UserId, peer: Peer) -> Result<bool> {
    match list(core, viewer, peer, None).await {
        Ok(found) => Ok(!found.is_empty()),
        Err(Error::Unavailable) => Err(Error::Unavailable),
        Err(_) => Ok(false),
    }
}

const fn check_count(ids: &[MessageId]) -> Result<()> {
    if ids.len() > limits::IDS_PER_CALL { Err(Error::LimitInvalid) } else { Ok(()) }
}

/// The messages of these numbers, if the caller wrote them or has the right to deal with others' posts.
async fn owned(
    core: &Core,
    caller: Caller,
    peer: Peer,
    ids: &[MessageId],
    right: impl Fn(&AdminRights) -> bool + Send + Sync,
) -> Result<(Schedule, Vec<Scheduled>)> {
    check_count(ids)?;
    let schedule = readable(core, caller.user, peer).await?;
    let found = core.stores.schedule.scheduled(schedule, Some(ids)).await?;
    if let Schedule::Posts(id) = schedule
        && found.iter().any(|one| one.sender != caller.user)
    {
        let (channel, row) = channels::visible(core, caller.user, id).await?;
        channel.check_admin(caller.user, row.as_ref(), right)?;
    }
    Ok((schedule, found))
}

/// Changes content or time of a scheduled message.
///
/// # Errors
/// `MessageIdInvalid`; `NotModified`; `ScheduleTooLate`; `Denied` for others' posts without `edit_messages`; those of texts and of
/// [`content::check_kind`].
pub async fn edit(
    core: &Core,
    caller: Caller,
    peer: Peer,
    id: MessageId,
    change: Change,
    date: UnixTime,
) -> Result<Effect> {
    let (schedule, mut found) =
        owned(core, caller, peer, &[id], |right| right.edit_messages).await?;
    let old = found.pop().ok_or(Error::MessageIdInvalid)?;
    let date = when(core, Some(date))?.unwrap_or_else(|| core.now());
    let shown = old.to_message(caller.user);
    let brings_media = change.media.is_some();
    let mut body = edit::changed(core, &shown, change).await?;
    body.from_scheduled = false;
    if brings_media {
        content::check_kind(core, caller, peer, &body).await?;
    }
    let touched = body != old.body;
    if !touched && date == old.date {
        return Err(Error::NotModified);
    }
    let edit_date = if touched { Some(core.now()) } else { old.edit_date };
    let new = Scheduled { date, body, edit_date, ..old };
    core.stores.schedule.reschedule(new.clone()).await.map_err(|error| match error {
        store::Error::NotFound => Error::MessageIdInvalid,
        error => error.into(),
    })?;
    tell_new(core, caller, schedule, std::slice::from_ref(&new)).await?;
    let events = Events::Scheduled(vec![new.to_message(caller.user)]);
    Ok(Effect { numbers: Vec::new(), events })
}

/// Takes messages back; answers what the caller's own answer tells.
///
/// # Errors
/// `Denied` for others' posts without `delete_messages`; those of [`list`].
pub async fn delete(
    core: &Core,
    caller: Caller,
    peer: Peer,
    ids: &[MessageId],
) -> Result<AccountEvent> {
    let (schedule, _) = owned(core, caller, peer, ids, |right| right.delete_messages).await?;
    let gone = core.stores.schedule.unschedule(schedule, ids).await?;
    tell_gone(core, caller, schedule, gone, Vec::new()).await
}

/// Tells the readers of a schedule what has left it; `sent` are the numbers that the messages have now.
async fn tell_gone(
    core: &Core,
    caller: Caller,
    schedule: Schedule,
    ids: Vec<MessageId>,
    sent: Vec<MessageId>,
) -> Result<AccountEvent> {
    let event = AccountEvent::DeleteScheduledMessages { peer: schedule.peer(), ids, sent };
    let readers = readers(core, schedule, caller.user).await?;
    account_events::record_for(core, readers, &event, caller.origin()).await?;
    Ok(event)
}

/// Sends messages before their time.
///
/// # Errors
/// `MessageIdInvalid` if none is there; those of sending.
pub async fn send_now(
    core: &Core,
    caller: Caller,
    peer: Peer,
    ids: &[MessageId],
) -> Result<(Effect, AccountEvent)> {
    let (schedule, found) = owned(core, caller, peer, ids, |right| right.post_messages).await?;
    let ttl_period = check_sending(core, caller, &found).await?;
    let ids = found.into_iter().map(|one| one.id).collect();
    let now = core.now();
    release(core, caller, Leaving { schedule, ids, now, early: true, ttl_period }).await
}

/// What is to leave a schedule, as [`Release`] has it.
struct Leaving {
    schedule: Schedule,
    ids: Vec<MessageId>,
    now: UnixTime,
    early: bool,
    ttl_period: Option<i32>,
}

/// Whether messages may leave a schedule for where they are meant to go: what the other person refuses may have changed since
/// they were written. Answers the chat's timer, which may have changed as well.
async fn check_sending(core: &Core, caller: Caller, messages: &[Scheduled]) -> Result<Option<i32>> {
    let Some(first) = messages.first() else { return Ok(None) };
    let peer = first.schedule.peer();
    let target = content::target(core, caller, peer, None).await?;
    for message in messages {
        content::check_voice(core, caller, peer, message.body.media.as_ref()).await?;
        // A name that is theirs no more is not written in.
        if let Some(name) = message.body.send_as {
            content::target(core, caller, peer, Some(Peer::Channel(name))).await?;
        }
    }
    Ok(target.ttl_period)
}

async fn release(core: &Core, caller: Caller, leaving: Leaving) -> Result<(Effect, AccountEvent)> {
    let Leaving { schedule, ids, now, early, ttl_period } = leaving;
    // A private chat may begin with the author's timer.
    let beginning = expiry::beginning(core, caller, schedule.peer()).await?;
    let clock = expiry::clock(core);
    let release = Release { schedule, ids, now, clock, early, ttl_period, beginning };
    let released = core.stores.schedule.release(release).await.map_err(|error| match error {
        store::Error::NotFound => Error::MessageIdInvalid,
        error => error.into(),
    })?;
    let mut before = 0;
    let (mut effect, ids) = match released {
        Released::Boxes { begun, sent } => {
            if let Some(begun) = &begun {
                expiry::tell_begun(core, begun).await?;
                before = 1;
            }
            let (ids, sent): (Vec<_>, Vec<_>) = sent.into_iter().unzip();
            let sent = begun.into_iter().chain(sent).map(|one| (one, None));
            (told_boxes(core, caller, sent), ids)
        }
        Released::Log(posted) => {
            let (ids, posted): (Vec<_>, Vec<_>) = posted.into_iter().unzip();
            (
                told_log(
                    core,
                    caller,
                    channel_of(schedule),
                    posted.into_iter().map(|one| (one, None)),
                ),
                ids,
            )
        }
    };
    effect.seen_by(caller.user);
    let sent = effect.messages().iter().skip(before).map(|message| message.id).collect();
    let event = tell_gone(core, caller, schedule, ids, sent).await?;
    Ok((effect, event))
}

const fn channel_of(schedule: Schedule) -> ChannelId {
    match schedule {
        Schedule::Posts(channel) | Schedule::Own(_, Peer::Channel(channel)) => channel,
        Schedule::Own(..) => ChannelId(0),
    }
}

/// Sends what is due; call it every second, and first after the start. Answers how many messages were sent.
///
/// What may not be sent any more is dropped, and its author's devices are told; what slow mode holds up waits on.
///
/// # Errors
/// Storage only; what it held up waits for the next call, the rest was sent all the same.
pub async fn send_due(core: &Core) -> Result<usize> {
    let mut count = 0;
    loop {
        let due = core.stores.schedule.due(core.now(), BATCH).await?;
        if due.is_empty() {
            return Ok(count);
        }
        let mut held_up = None;
        for unit in units(due) {
            match send_unit(core, unit).await {
                Ok(sent) => count += sent,
                Err(error) => held_up = Some(error),
            }
        }
        if let Some(error) = held_up {
            return Err(error);
        }
    }
}

/// What is sent together: an album, or one message.
fn units(due: Vec<Scheduled>) -> Vec<Vec<Scheduled>> {
    let mut units: Vec<Vec<Scheduled>> = Vec::new();
    for one in due {
        match units.last_mut() {
            Some(unit) if unit.last().is_some_and(|last| is_album(last, &one)) => unit.push(one),
            _ => units.push(vec![one]),
        }
    }
    units
}

fn is_album(one: &Scheduled, other: &Scheduled) -> bool {
    one.schedule == other.schedule
        && one.sender == other.sender
        && one.body.grouped_id.is_some()
        && one.body.grouped_id == other.body.grouped_id
}

async fn send_unit(core: &Core, unit: Vec<Scheduled>) -> Result<usize> {
    let Some(first) = unit.first() else { return Ok(0) };
    let (schedule, sender) = (first.schedule, first.sender);
    // In its author's name, on none of their devices.
    let caller = Caller { user: sender, key: AuthKeyId(0), session: 0 };
    let ids: Vec<MessageId> = unit.iter().map(|one| one.id).collect();
    let now = core.now();
    let sent = match check_sending(core, caller, &unit).await {
        Ok(ttl_period) => {
            let ids = ids.clone();
            release(core, caller, Leaving { schedule, ids, now, early: false, ttl_period }).await
        }
        Err(error) => Err(error),
    };
    match sent {
        Ok(_) => Ok(ids.len()),
        // Taken back or sent in between.
        Err(Error::MessageIdInvalid) => Ok(0),
        Err(error @ (Error::Unavailable | Error::Internal(_))) => Err(error),
        Err(Error::Denied(Denial::SlowMode(wait_s))) => {
            let date = UnixTime(now.0 + i64::from(wait_s).max(1));
            core.stores.schedule.postpone(schedule, &ids, date).await?;
            Ok(0)
        }
        Err(_) => {
            let gone = core.stores.schedule.unschedule(schedule, &ids).await?;
            tell_gone(core, caller, schedule, gone, Vec::new()).await?;
            Ok(0)
        }
    }
}
