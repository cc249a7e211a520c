//! Messages written now and sent later: listed, changed, taken back, sent at their time.
//!
//! A schedule is read by its author; that of a broadcast channel by the admins who may post. The time is kept to the second
//! in which [`send_due`] is called, never earlier.

mod leave;

use model::event::AccountEvent;
use model::message::Message;
use model::rights::{AdminRights, Denial};
use model::schedule::{Schedule, Scheduled};
use model::{MessageId, Peer, UnixTime, UserId, limits};

pub use leave::{send_due, send_now};

use super::edit::{self, Change};
use super::{Delivery, Effect, Events, content};
use crate::{Caller, Core, Error, Result, account_events, channels, sign_in};

/// A message whose time comes within so many seconds is sent at once, as clients expect.
const AT_ONCE_S: i64 = 10;
/// The date by which clients mean "when the other person is online".
const WHEN_ONLINE: i64 = 0x7fff_fffe;

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
            forwards: message.forwards,
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
/// `MessageIdInvalid`; `NotAuthor` for other content in a forward; `NotModified`; `ScheduleTooLate`; `Denied` for others' posts without
/// `edit_messages`; those of texts and of [`content::check_kind`].
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
    // What is passed on has another's words, whenever it is sent: only its time is the caller's.
    if touched && body.forward.is_some() {
        return Err(Error::NotAuthor);
    }
    if !touched && date == old.date {
        return Err(Error::NotModified);
    }
    if peer != Peer::User(caller.user) {
        sign_in::burn_told_codes(core, caller.user, &body.text);
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
