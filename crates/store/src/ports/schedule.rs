//! Messages that wait for their time.

use async_trait::async_trait;
use model::schedule::{Schedule, Scheduled};
use model::{ChannelId, MessageId, UnixTime};

use super::boxes::{BoxPeer, NewBoxMessage, Sent};
use super::channels::{NewChannelMessage, Posted};
use crate::Result;

/// What is to leave a schedule.
#[derive(Clone, Debug)]
pub struct Release {
    /// From here.
    pub schedule: Schedule,
    /// These; those that are gone are passed over.
    pub ids: Vec<MessageId>,
    /// The date that the messages get.
    pub now: UnixTime,
    /// The same by the clock of expiry, from which their timers run.
    pub clock: UnixTime,
    /// Before their time too.
    pub early: bool,
    /// The chat's timer now; what it was when they were written is over.
    pub ttl_period: Option<i32>,
    /// What goes into the boxes right before them, in the same transaction: a private chat begins with it.
    pub beginning: Option<NewBoxMessage>,
}

/// What left a schedule, in the order of its numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum Released {
    /// Into boxes.
    Boxes {
        /// What the chat begins with.
        begun: Option<Sent>,
        /// Each with the number that it had in the schedule.
        sent: Vec<(MessageId, Sent)>,
    },
    /// Into a channel's log.
    Log(Vec<(MessageId, Posted)>),
}

/// Schedules.
#[async_trait]
pub trait ScheduleStore: Send + Sync {
    /// Keeps messages for later, all or none; the store chooses their numbers, which are not given out again soon. A
    /// `random_id` that the sender has in a schedule already answers what is there. `now` decides over restrictions that end.
    ///
    /// # Errors
    /// `Denied` where the sender may not write now, by the rules of sending (slow mode aside); `Denied(TooMany)` over
    /// `limits::SCHEDULED_PER_CHAT` in one schedule; `NotFound` if the chat does not exist.
    async fn schedule(&self, messages: Vec<Scheduled>, now: UnixTime) -> Result<Vec<Scheduled>>;

    /// The messages of a schedule, latest first: all, or these.
    async fn scheduled(
        &self,
        schedule: Schedule,
        ids: Option<&[MessageId]>,
    ) -> Result<Vec<Scheduled>>;

    /// Replaces a message's content and time.
    ///
    /// # Errors
    /// `NotFound` if it has left the schedule.
    async fn reschedule(&self, message: Scheduled) -> Result<()>;

    /// Moves messages whose time comes before `date` to that date, and nothing else of them; those that are gone are passed over.
    async fn postpone(&self, schedule: Schedule, ids: &[MessageId], date: UnixTime) -> Result<()>;

    /// Forgets messages; answers those that were there.
    async fn unschedule(&self, schedule: Schedule, ids: &[MessageId]) -> Result<Vec<MessageId>>;

    /// Sends messages: they leave the schedule and enter boxes or the log in one transaction, all or none, so that each
    /// is sent exactly once whatever happens to the process. Polls that were [held](super::PollStore::hold_poll) begin their time.
    ///
    /// # Errors
    /// `NotFound` if none is there (or, unless `early`, due); those of sending.
    async fn release(&self, release: Release) -> Result<Released>;

    /// Messages whose time has come, oldest first, those of a schedule with the same date by number.
    async fn due(&self, now: UnixTime, limit: i32) -> Result<Vec<Scheduled>>;
}

/// A scheduled message as it enters boxes, on behalf of [`ScheduleStore::release`].
#[must_use]
pub fn to_box(mut message: Scheduled, peer: BoxPeer, release: &Release) -> NewBoxMessage {
    message.body.from_scheduled = true;
    message.body.ttl_period = release.ttl_period;
    message.body.begin_timer(release.clock);
    NewBoxMessage {
        sender: message.sender,
        peer,
        random_id: Some(message.random_id),
        date: release.now,
        body: message.body,
        reply_to: message.reply_to,
        mentions: message.mentions,
        clear_draft: false,
    }
}

/// A scheduled message as it enters a log, on behalf of [`ScheduleStore::release`].
#[must_use]
pub fn to_log(mut message: Scheduled, channel: ChannelId, release: &Release) -> NewChannelMessage {
    message.body.from_scheduled = true;
    message.body.ttl_period = release.ttl_period;
    message.body.begin_timer(release.clock);
    NewChannelMessage {
        sender: message.sender,
        channel,
        random_id: Some(message.random_id),
        date: release.now,
        clock: release.clock,
        body: message.body,
        reply_to: message.reply_to,
        mentions: message.mentions,
        clear_draft: false,
    }
}
