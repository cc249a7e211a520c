//! Timers of chats, and what happens when they run out.
//!
//! **Which time.** A message that lasts for a while gets its end from [`clock`], and is looked at with the same. That clock
//! never goes back: it is the wall clock, or what the monotonic clock adds to the last value, whichever is later. So
//! - the wall clock set back revives nothing, and nothing lives longer for it: monotonic time goes on as before;
//! - the wall clock set forward ends what would have ended by then; what is written afterwards still lasts its full while;
//! - a sleeping machine, whose monotonic clock stands, goes by the wall clock when it wakes;
//! - the highest value is in the store, so that a restart with a wrong clock goes on from there.
//!
//! **When.** A sweep deletes what is past its end, for everybody and with ordinary updates, in small transactions. What it has not
//! come to yet is not served: [`is_past`]. After a start it catches up before anybody is let in.

use model::event::AccountEvent;
use model::message::{Action, Body};
use model::{ChannelId, Peer, UnixTime, UserId};
use parking_lot::Mutex;
use store::ports::Notice;
use store::ports::acts::{ChannelAct, ChatAct, box_message};
use store::ports::boxes::{BoxPeer, Copy, NewBoxMessage, Sent};
use store::ports::bus::OriginSession;

use crate::messages::{Effect, content, told_boxes};
use crate::{Caller, Core, Error, Result, account_events, channels, chats};

/// The longest timer, seconds: a leap year, as official clients offer.
const LONGEST_S: i32 = 366 * 24 * 3600;
/// The account's setting that new private chats begin with.
const DEFAULT: &str = "default_history_ttl";
/// The clock is written down when it has gone on so far, milliseconds.
const KEPT_EVERY_MS: i64 = 60_000;

/// The clock that never goes back.
#[derive(Default)]
pub struct ExpiryMemory {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The latest value, and when that was by the monotonic clock.
    latest_ms: i64,
    at_ms: i64,
    kept_ms: i64,
}

impl ExpiryMemory {
    fn advance(&self, wall_ms: i64, monotonic_ms: i64) -> i64 {
        let mut state = self.state.lock();
        let elapsed = monotonic_ms.saturating_sub(state.at_ms).max(0);
        let latest = if state.latest_ms == 0 { 0 } else { state.latest_ms.saturating_add(elapsed) };
        state.latest_ms = latest.max(wall_ms);
        state.at_ms = monotonic_ms;
        state.latest_ms
    }

    /// Whether it is time to write the clock down; then it counts as written.
    fn is_due(&self) -> bool {
        let mut state = self.state.lock();
        let due = state.latest_ms - state.kept_ms >= KEPT_EVERY_MS;
        if due {
            state.kept_ms = state.latest_ms;
        }
        due
    }
}

/// The time by which things end.
#[must_use]
pub fn clock(core: &Core) -> UnixTime {
    let now = core.memory.expiry.advance(core.clock.now_ms(), core.clock.monotonic_ms());
    UnixTime(now / 1000)
}

/// Whether a message is past its end, and must not be seen any more.
#[must_use]
pub fn is_past(core: &Core, body: &Body) -> bool {
    body.expires.is_some_and(|end| end <= clock(core))
}

/// Whether the media of a message that was opened is past its end.
#[must_use]
pub fn is_media_past(core: &Core, body: &Body) -> bool {
    body.media_expires.is_some_and(|end| end <= clock(core))
}

/// Gives a body its end, if its chat has a timer.
pub(crate) fn stamp(core: &Core, body: &mut Body) {
    if body.ttl_period.is_some() {
        body.begin_timer(clock(core));
    }
}

/// Goes on from the highest time ever seen.
///
/// # Errors
/// Those of the store.
pub async fn resume(core: &Core) -> Result<()> {
    let highest = core.stores.upkeep.raise_clock(core.now()).await?;
    core.memory.expiry.advance(highest.0.saturating_mul(1000), core.clock.monotonic_ms());
    Ok(())
}

/// Deletes up to `at_once` copies and posts that are past their end in a transaction, for which senders wait, and tells everyone.
/// Answers whether there may be more.
///
/// # Errors
/// Those of the store.
pub async fn sweep(core: &Core, at_once: i32) -> Result<bool> {
    let now = clock(core);
    if core.memory.expiry.is_due() {
        core.stores.upkeep.raise_clock(now).await?;
    }
    let copies = core.stores.boxes.expire(now, at_once).await?;
    for change in &copies.changes {
        core.publish(Notice::Box {
            user: change.owner,
            pts: change.pts,
            pts_count: change.pts_count,
            origin: None,
        });
    }
    let posts = core.stores.channels.expire_posts(now, at_once).await?;
    for moved in &posts.moved {
        core.publish(Notice::Channel {
            channel: moved.channel,
            pts: moved.pts,
            pts_count: moved.pts_count,
            origin: None,
        });
    }
    Ok(copies.looked_at == at_once || posts.looked_at == at_once)
}

/// Destroys the keys of hours that are over, and with them what ended in backups.
///
/// Waits for the disk. Answers how many went.
///
/// # Errors
/// Those of the store.
pub fn destroy_keys(core: &Core) -> Result<usize> {
    Ok(core.stores.expiry_keys.destroy_past(clock(core))?)
}

/// What setting a timer did.
#[derive(Clone, Debug)]
pub struct Timed {
    /// The service message.
    pub effect: Effect,
    /// What the caller's other devices hear.
    pub event: AccountEvent,
}

/// Sets a chat's timer: messages written from now on last `period_s` seconds, 0 for ever.
///
/// # Errors
/// `TtlPeriodInvalid`; `PeerInvalid`; `NotModified`; `Denied`; `FloodWait`.
pub async fn set_timer(core: &Core, caller: Caller, peer: Peer, period_s: i32) -> Result<Timed> {
    let period = checked(period_s)?;
    match peer {
        Peer::User(user) => {
            if user == caller.user {
                return Err(Error::PeerInvalid);
            }
            content::target(core, caller, peer, None).await?;
            content::check_standing(core, caller, peer).await?;
            content::check_rate(core, caller, peer, 1).await?;
            with_person(core, caller, user, period).await
        }
        Peer::Chat(chat) => {
            content::check_rate(core, caller, peer, 1).await?;
            let changed =
                chats::edit::announced(core, caller, chat, ChatAct::Timer(period)).await?;
            let members = changed.chat.members.iter().map(|member| member.user);
            let event = AccountEvent::PeerHistoryTtl { peer, period_s: period };
            account_events::record_for(core, members, &event, caller.origin()).await?;
            Ok(Timed { effect: changed.effect, event })
        }
        Peer::Channel(channel) => in_channel(core, caller, channel, period).await,
    }
}

async fn in_channel(
    core: &Core,
    caller: Caller,
    channel: ChannelId,
    period: Option<i32>,
) -> Result<Timed> {
    content::check_rate(core, caller, Peer::Channel(channel), 1).await?;
    let act = ChannelAct::Timer(period);
    let changed = channels::manage::announced(core, caller, channel, act).await?;
    let event = AccountEvent::PeerHistoryTtl { peer: Peer::Channel(channel), period_s: period };
    account_events::record(core, vec![(caller.user, event.clone())], caller.origin()).await?;
    Ok(Timed { effect: changed.effect, event })
}

/// Sets the timer of a private chat.
async fn with_person(
    core: &Core,
    caller: Caller,
    user: UserId,
    period_s: Option<i32>,
) -> Result<Timed> {
    let action = Action::SetMessagesTtl { period_s: period_s.unwrap_or(0), by_default_of: None };
    let sent = core
        .stores
        .dialogs
        .set_dialog_ttl_told(caller.user, user, period_s, action, core.now())
        .await?;
    record_timer(core, &sent, period_s, caller.origin()).await?;
    let effect = told_boxes(core, caller, [(sent, None)]);
    let event = AccountEvent::PeerHistoryTtl { peer: Peer::User(user), period_s };
    Ok(Timed { effect, event })
}

/// Tells those who got a copy of a service message of the timer that it set.
async fn record_timer(
    core: &Core,
    sent: &Sent,
    period_s: Option<i32>,
    origin: Option<OriginSession>,
) -> Result<()> {
    let of = |copy: &Copy| {
        let peer = copy.message.peer;
        (copy.owner, AccountEvent::PeerHistoryTtl { peer, period_s })
    };
    account_events::record(core, sent.copies.iter().map(of).collect(), origin).await
}

/// The timer of what the caller writes to a person: in a chat that begins the caller's default, which [`beginning`] sets.
pub(crate) async fn timer_with(core: &Core, caller: Caller, user: UserId) -> Result<Option<i32>> {
    if user == caller.user {
        return Ok(None);
    }
    let known = core.stores.dialogs.dialog_ttl(caller.user, Peer::User(user)).await?;
    if let Some(period) = known {
        return Ok(Some(period).filter(|period| *period > 0));
    }
    let period = default_timer(core, caller.user).await?;
    Ok(Some(period).filter(|period| *period > 0))
}

/// The service message with which a private chat begins, if the caller has a timer for new ones. It goes out right before the
/// first real message and with it: what is refused, or waits for its time, leaves no trace with anybody.
pub(crate) async fn beginning(
    core: &Core,
    caller: Caller,
    peer: Peer,
) -> Result<Option<NewBoxMessage>> {
    let Peer::User(user) = peer else { return Ok(None) };
    if user == caller.user || core.stores.dialogs.dialog_ttl(caller.user, peer).await?.is_some() {
        return Ok(None);
    }
    let period_s = default_timer(core, caller.user).await?;
    let action = Action::SetMessagesTtl { period_s, by_default_of: Some(caller.user) };
    let message = box_message(BoxPeer::User(user), (caller.user, action), core.now());
    Ok((period_s > 0).then_some(message))
}

/// Tells everyone of the timer with which a chat began, the calling session too: the answer to a message says nothing of timers.
pub(crate) async fn tell_begun(core: &Core, sent: &Sent) -> Result<()> {
    let period = sent.copies.first().and_then(|copy| match copy.message.body.action {
        Some(Action::SetMessagesTtl { period_s, .. }) => Some(period_s),
        _ => None,
    });
    record_timer(core, sent, period, None).await
}

/// The timer that an account's new private chats begin with, 0 for none.
///
/// # Errors
/// Those of the store.
pub async fn default_timer(core: &Core, user: UserId) -> Result<i32> {
    let kept = core.stores.accounts.setting(user, DEFAULT).await?;
    let bytes = kept.and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    Ok(bytes.map_or(0, i32::from_le_bytes))
}

/// Sets it.
///
/// # Errors
/// `TtlPeriodInvalid`.
pub async fn set_default_timer(core: &Core, caller: Caller, period_s: i32) -> Result<()> {
    let value = checked(period_s)?.map(|period| period.to_le_bytes().to_vec());
    Ok(core.stores.accounts.set_setting(caller.user, DEFAULT, value).await?)
}

/// A timer as clients write it: 0 for none.
pub(crate) fn checked(period_s: i32) -> Result<Option<i32>> {
    match period_s {
        0 => Ok(None),
        1..=LONGEST_S => Ok(Some(period_s)),
        _ => Err(Error::TtlPeriodInvalid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_never_goes_back() {
        let clock = ExpiryMemory::default();
        assert_eq!(clock.advance(1_000_000, 5), 1_000_000);
        // An hour back: monotonic time goes on.
        assert_eq!(clock.advance(1_000_000 - 3_600_000, 10_005), 1_010_000);
        // Forward, and back to where it should be: what was seen stays.
        assert_eq!(clock.advance(9_000_000, 10_006), 9_000_000);
        assert_eq!(clock.advance(1_010_002, 10_007), 9_000_001);
        // A sleeping machine: only the wall went on.
        assert_eq!(clock.advance(99_000_000, 10_008), 99_000_000);
    }

    #[test]
    fn timers_have_bounds() {
        assert_eq!(checked(0), Ok(None));
        assert_eq!(checked(86_400), Ok(Some(86_400)));
        for wrong in [-1, i32::MIN, LONGEST_S + 1, i32::MAX] {
            assert_eq!(checked(wrong), Err(Error::TtlPeriodInvalid));
        }
    }
}
