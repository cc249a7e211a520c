//! Polls and quizzes.

use serde::{Deserialize, Serialize};

use crate::message::Entity;
use crate::{ChannelId, Peer, PollId, UnixTime, UserId};

/// One answer of a poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Text.
    pub text: String,
    /// Formatting (custom emoji only, by the protocol).
    pub entities: Vec<Entity>,
    /// Opaque id of the answer, 1 to 100 bytes, unique in the poll.
    #[serde(with = "serde_bytes")]
    pub option: Vec<u8>,
}

/// A poll as its author made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of poll")]
pub struct Poll {
    /// Id.
    pub id: PollId,
    /// Who made it.
    pub author: UserId,
    /// Question.
    pub question: String,
    /// Formatting of the question.
    pub question_entities: Vec<Entity>,
    /// Two to twelve answers.
    pub answers: Vec<Answer>,
    /// No more votes.
    pub closed: bool,
    /// Who voted for what is shown.
    pub public_voters: bool,
    /// More than one answer may be chosen.
    pub multiple_choice: bool,
    /// Right answers of a quiz, by option; empty for an ordinary poll.
    pub correct: Vec<serde_bytes::ByteBuf>,
    /// It has right answers.
    pub quiz: bool,
    /// Explanation shown after a quiz answer.
    pub solution: Option<(String, Vec<Entity>)>,
    /// When it closes by itself. `None` beside a `close_period_s` while it waits to be sent.
    pub close_date: Option<UnixTime>,
    /// The period it was made with, seconds.
    pub close_period_s: Option<i32>,
}

/// The state of the votes as one viewer sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// Votes for each answer, in the order of the answers.
    pub counts: Vec<i32>,
    /// People who voted.
    pub voters: i32,
    /// Which answers the viewer chose, by index.
    pub mine: Vec<usize>,
    /// The latest voters, only for public polls. An anonymous admin shows as the group.
    pub recent: Vec<Peer>,
}

/// Who votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voter {
    /// The person.
    pub user: UserId,
    /// Set for an anonymous admin, whose vote shows as the group's own.
    pub send_as: Option<ChannelId>,
}

impl Voter {
    /// In whose name the vote shows.
    #[must_use]
    pub fn by(self) -> Peer {
        self.send_as.map_or(Peer::User(self.user), Peer::Channel)
    }
}

impl From<UserId> for Voter {
    fn from(user: UserId) -> Self {
        Self { user, send_as: None }
    }
}

impl Poll {
    /// Keeps its time from running until [`Self::begin`]; nothing for one that has none.
    pub const fn hold(&mut self) {
        if self.close_period_s.is_some() {
            self.close_date = None;
        }
    }

    /// Begins the time of a poll that was held.
    pub fn begin(&mut self, now: UnixTime) {
        let period = self.close_period_s.filter(|_| self.close_date.is_none());
        if let Some(period) = period {
            self.close_date = Some(UnixTime(now.0.saturating_add(i64::from(period))));
        }
    }

    /// Whether votes are over at `now`.
    #[must_use]
    pub fn is_closed(&self, now: UnixTime) -> bool {
        self.closed || self.close_date.is_some_and(|date| date <= now)
    }

    /// The answers that a vote chooses, by index and in ascending order, if the vote is allowed: the poll is open, every
    /// option is one of its answers and named once, only a multiple choice has several, and a quiz is answered once.
    #[must_use]
    pub fn accept_vote(
        &self,
        options: &[Vec<u8>],
        voted_before: bool,
        now: UnixTime,
    ) -> Option<Vec<usize>> {
        if self.is_closed(now)
            || (self.quiz && voted_before)
            || (options.len() > 1 && !self.multiple_choice)
        {
            return None;
        }
        let place =
            |option: &Vec<u8>| self.answers.iter().position(|answer| answer.option == *option);
        let mut chosen = options.iter().map(place).collect::<Option<Vec<usize>>>()?;
        chosen.sort_unstable();
        let named = chosen.len();
        chosen.dedup();
        (chosen.len() == named).then_some(chosen)
    }
}
