//! Polls and their votes.

use async_trait::async_trait;
use model::poll::{Poll, Results};
use model::{PollId, UnixTime, UserId};

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
        user: UserId,
        options: Vec<Vec<u8>>,
        now: UnixTime,
    ) -> Result<(Poll, Results)>;

    /// Closes a poll; the author only.
    async fn close_poll(&self, poll: PollId, actor: UserId) -> Result<Poll>;

    /// Who voted, newest first: for one option, or all. Public polls only (checked by the service).
    async fn votes(
        &self,
        poll: PollId,
        option: Option<&[u8]>,
        offset: i32,
        limit: i32,
    ) -> Result<(Vec<(UserId, Vec<Vec<u8>>, UnixTime)>, i32)>;
}
