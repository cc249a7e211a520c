//! Polls and their votes.

use async_trait::async_trait;
use model::poll::{Poll, Results, Voter};
use model::{ChannelId, MessageId, Peer, PollId, UnixTime, UserId};

use crate::Result;

/// Polls and their votes.
#[async_trait]
pub trait PollStore: Send + Sync {
    /// Keeps a new poll, made at `at`. One that gets into no message is [abandoned](super::media::UNUSED_S).
    async fn create_poll(&self, poll: Poll, at: UnixTime) -> Result<()>;

    /// Polls with their results as `viewer` sees them; unknown ones are left out. One whose close date has passed is closed.
    async fn polls(
        &self,
        viewer: UserId,
        ids: &[PollId],
        now: UnixTime,
    ) -> Result<Vec<(Poll, Results)>>;

    /// Replaces a person's vote; no options takes it back.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the poll is closed or the vote may not be changed (quiz), or an option is unknown or there are too many.
    async fn vote(
        &self,
        poll: PollId,
        voter: Voter,
        options: Vec<Vec<u8>>,
        now: UnixTime,
    ) -> Result<(Poll, Results)>;

    /// Keeps a poll that closes after a time from beginning it: that time runs from when [its message is
    /// sent](super::schedule::ScheduleStore::release).
    ///
    /// # Errors
    /// `NotFound`.
    async fn hold_poll(&self, poll: PollId) -> Result<()>;

    /// Closes a poll: its author, or whom `Channel::check_close_poll` lets for the post that it is `shown_in`. Admins of that channel
    /// are told, if it was open.
    ///
    /// # Errors
    /// `NotFound`; `Denied`.
    async fn close_poll(
        &self,
        poll: PollId,
        actor: UserId,
        shown_in: Option<(ChannelId, MessageId)>,
        now: UnixTime,
    ) -> Result<Poll>;

    /// In whose name votes were given, newest first: for one option, or all. Public polls only (checked by the service).
    async fn votes(
        &self,
        poll: PollId,
        option: Option<&[u8]>,
        offset: i32,
        limit: i32,
    ) -> Result<(Vec<(Peer, Vec<Vec<u8>>, UnixTime)>, i32)>;
}
