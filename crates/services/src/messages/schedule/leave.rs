//! Messages leave their schedule: at their time, or when their author says so.

use model::event::AccountEvent;
use model::rights::Denial;
use model::schedule::{Schedule, Scheduled};
use model::{AuthKeyId, ChannelId, MessageId, Peer, UnixTime};
use store::ports::schedule::{Release, Released};

use super::{owned, tell_gone};
use crate::messages::deliver::{told_boxes, told_log};
use crate::messages::{Effect, content, forward};
use crate::{Caller, Core, Error, Result, expiry};

/// Messages taken up together by [`send_due`].
const BATCH: i32 = 100;

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
    let now = core.now();
    release(core, caller, Leaving { schedule, messages: found, now, early: true, ttl_period }).await
}

/// What is to leave a schedule, as [`Release`] has it.
struct Leaving {
    schedule: Schedule,
    messages: Vec<Scheduled>,
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
    let Leaving { schedule, messages, now, early, ttl_period } = leaving;
    let ids = messages.iter().map(|one| one.id).collect();
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
    let left = messages.iter().filter(|one| ids.contains(&one.id));
    let forwarded = left.filter_map(|one| one.forwards).collect();
    effect.seen_by(caller.user);
    let sent = effect.messages().iter().skip(before).map(|message| message.id).collect();
    let event = tell_gone(core, caller, schedule, ids, sent).await?;
    // Once: what has left its schedule never leaves it again.
    forward::count(core, forwarded).await?;
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
            let leaving = Leaving { schedule, messages: unit, now, early: false, ttl_period };
            release(core, caller, leaving).await
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
