//! Polls and their votes.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::admin_log::Happened;
use model::limits::RECENT_VOTERS;
use model::poll::{Poll, Results, Voter};
use model::rights::Denial;
use model::{ChannelId, MessageId, Peer, PollId, UnixTime, UserId};

use super::MemoryStore;
use crate::ports::PollStore;
use crate::{Error, Result};

/// Polls with their votes.
#[derive(Default)]
pub(super) struct Polls {
    polls: BTreeMap<PollId, Entry>,
}

impl Polls {
    /// Begins the time of a poll that was held.
    pub(super) fn begin(&mut self, id: PollId, now: UnixTime) {
        if let Some(entry) = self.polls.get_mut(&id) {
            entry.poll.begin(now);
        }
    }

    /// Forgets a poll and its votes.
    pub(super) fn remove(&mut self, id: PollId) {
        self.polls.remove(&id);
    }
}

struct Entry {
    poll: Poll,
    /// Oldest first.
    votes: Vec<Vote>,
}

struct Vote {
    voter: Voter,
    answers: Vec<usize>,
    at: UnixTime,
}

impl Entry {
    fn poll_at(&self, now: UnixTime) -> Poll {
        Poll { closed: self.poll.is_closed(now), ..self.poll.clone() }
    }

    fn results(&self, viewer: UserId) -> Results {
        let votes_for =
            |answer: usize| self.votes.iter().filter(|vote| vote.answers.contains(&answer)).count();
        let counts = (0..self.poll.answers.len()).map(|answer| to_i32(votes_for(answer))).collect();
        let mine = self.votes.iter().find(|vote| vote.voter.user == viewer);
        let recent =
            self.votes.iter().rev().take(if self.poll.public_voters { RECENT_VOTERS } else { 0 });
        Results {
            counts,
            voters: to_i32(self.votes.len()),
            mine: mine.map(|vote| vote.answers.clone()).unwrap_or_default(),
            recent: recent.map(|vote| vote.voter.by()).collect(),
        }
    }
}

fn to_i32(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[async_trait]
impl PollStore for MemoryStore {
    async fn create_poll(&self, poll: Poll, at: UnixTime) -> Result<()> {
        let state = &mut *self.state.lock();
        let polls = &mut state.polls.polls;
        if polls.contains_key(&poll.id) {
            return Err(Error::Conflict);
        }
        state.media.made(poll.id.0, at);
        polls.insert(poll.id, Entry { poll, votes: Vec::new() });
        Ok(())
    }

    async fn polls(
        &self,
        viewer: UserId,
        ids: &[PollId],
        now: UnixTime,
    ) -> Result<Vec<(Poll, Results)>> {
        let polls = &self.state.lock().polls.polls;
        let known = ids.iter().filter_map(|id| polls.get(id));
        Ok(known.map(|entry| (entry.poll_at(now), entry.results(viewer))).collect())
    }

    async fn vote(
        &self,
        poll: PollId,
        voter: Voter,
        options: Vec<Vec<u8>>,
        now: UnixTime,
    ) -> Result<(Poll, Results)> {
        let polls = &mut self.state.lock().polls.polls;
        let entry = polls.get_mut(&poll).ok_or(Error::NotFound)?;
        let voted_before = entry.votes.iter().any(|vote| vote.voter.user == voter.user);
        let answers = entry.poll.accept_vote(&options, voted_before, now).ok_or(Error::Conflict)?;
        entry.votes.retain(|vote| vote.voter.user != voter.user);
        if !answers.is_empty() {
            entry.votes.push(Vote { voter, answers, at: now });
        }
        Ok((entry.poll_at(now), entry.results(voter.user)))
    }

    async fn hold_poll(&self, poll: PollId) -> Result<()> {
        let polls = &mut self.state.lock().polls.polls;
        polls.get_mut(&poll).ok_or(Error::NotFound)?.poll.hold();
        Ok(())
    }

    async fn close_poll(
        &self,
        poll: PollId,
        actor: UserId,
        shown_in: Option<(ChannelId, MessageId)>,
        now: UnixTime,
    ) -> Result<Poll> {
        let state = &mut *self.state.lock();
        let entry = state.polls.polls.get(&poll).ok_or(Error::NotFound)?;
        let noted = if entry.poll.author == actor {
            // What others passed on is closed with it, and no act in their chats.
            shown_in.is_some_and(|place| super::channels::is_own_message(state, place, actor))
        } else {
            let (channel, id) = shown_in.ok_or(Denial::NotAuthor)?;
            super::channels::check_close_poll(state, channel, actor, &entry.poll, id)?;
            true
        };
        let entry = state.polls.polls.get_mut(&poll).ok_or(Error::NotFound)?;
        let was_closed = std::mem::replace(&mut entry.poll.closed, true);
        let poll = entry.poll.clone();
        if let Some((channel, id)) = shown_in.filter(|_| noted && !was_closed) {
            state.note_about(channel, (actor, now), id, Happened::StopPoll);
        }
        Ok(poll)
    }

    async fn votes(
        &self,
        poll: PollId,
        option: Option<&[u8]>,
        offset: i32,
        limit: i32,
    ) -> Result<(Vec<(Peer, Vec<Vec<u8>>, UnixTime)>, i32)> {
        let polls = &self.state.lock().polls.polls;
        let Entry { poll, votes } = polls.get(&poll).ok_or(Error::NotFound)?;
        let answer = match option {
            Some(option) => {
                let place = poll.answers.iter().position(|answer| answer.option == option);
                Some(place.ok_or(Error::NotFound)?)
            }
            None => None,
        };
        let fits = |vote: &&Vote| answer.is_none_or(|answer| vote.answers.contains(&answer));
        let total = to_i32(votes.iter().filter(fits).count());
        let (offset, limit) =
            (usize::try_from(offset).unwrap_or(0), usize::try_from(limit).unwrap_or(0));
        let page = votes.iter().rev().filter(fits).skip(offset).take(limit).map(|vote| {
            let chosen = vote.answers.iter().filter_map(|answer| poll.answers.get(*answer));
            (vote.voter.by(), chosen.map(|answer| answer.option.clone()).collect(), vote.at)
        });
        Ok((page.collect(), total))
    }
}
