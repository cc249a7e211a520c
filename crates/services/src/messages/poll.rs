//! Polls and quizzes: made with a message, voted on, closed.

use std::collections::BTreeSet;

use model::event::{AccountEvent, Ephemeral};
use model::media::Media;
use model::message::Entity;
use model::poll::{Answer, Poll, Results, Voter};
use model::{ChannelId, MessageId, Peer, PollId, UnixTime, UserId, limits};
use store::ports::Notice;

use super::{content, one, text};
use crate::rate_limit::{self, Limit};
use crate::{Caller, Core, Error, Result, account_events};

/// Characters of a question.
const QUESTION_CHARS: usize = 255;
/// Characters of an answer.
const ANSWER_CHARS: usize = 100;
/// Characters of a quiz's explanation.
const SOLUTION_CHARS: usize = 200;
/// Bytes of an answer's id.
const OPTION_BYTES: usize = 100;
/// Shortest and longest time a poll may be open for when it closes by itself, seconds.
const OPEN_S: std::ops::RangeInclusive<i64> = 5..=2_628_000;

/// A poll as its author wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Question and its formatting.
    pub question: (String, Vec<Entity>),
    /// Answers.
    pub answers: Vec<DraftAnswer>,
    /// Who voted for what is shown.
    pub public_voters: bool,
    /// More than one answer may be chosen.
    pub multiple_choice: bool,
    /// It has a right answer.
    pub quiz: bool,
    /// Right answers, by place.
    pub correct: Vec<usize>,
    /// Explanation of the right answer.
    pub solution: Option<(String, Vec<Entity>)>,
    /// It closes by itself then.
    pub close_date: Option<UnixTime>,
    /// It closes by itself after so many seconds.
    pub close_period_s: Option<i32>,
}

/// An answer as its author wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftAnswer {
    /// Text and its formatting.
    pub text: (String, Vec<Entity>),
    /// The id that the client chose, if it did.
    pub option: Option<Vec<u8>>,
}

/// Makes a poll, to be sent as media.
///
/// # Errors
/// `PollInvalid`, `PollOptionInvalid`.
pub async fn create(core: &Core, caller: Caller, draft: Draft) -> Result<Media> {
    let id = PollId((core.random.number() & i64::MAX).max(1));
    let now = core.now();
    let poll = build(id, caller.user, &draft, now)?;
    core.stores.polls.create_poll(poll, now).await?;
    Ok(Media::Poll { poll: id })
}

fn build(id: PollId, author: UserId, draft: &Draft, now: UnixTime) -> Result<Poll> {
    let (question, question_entities) =
        short(&draft.question, QUESTION_CHARS).ok_or(Error::PollInvalid)?;
    let answers = answers(&draft.answers)?;
    let correct: BTreeSet<usize> = draft.correct.iter().copied().collect();
    if draft.quiz == correct.is_empty()
        || (draft.quiz && draft.multiple_choice && correct.len() > answers.len())
    {
        return Err(Error::PollInvalid);
    }
    let correct = correct
        .into_iter()
        .map(|place| answers.get(place).map(|answer| answer.option.clone().into()))
        .collect::<Option<Vec<_>>>()
        .ok_or(Error::PollOptionInvalid)?;
    let solution = match &draft.solution {
        Some(solution) if draft.quiz && !solution.0.trim().is_empty() => {
            Some(short(solution, SOLUTION_CHARS).ok_or(Error::PollInvalid)?)
        }
        _ => None,
    };
    let close_date = match (draft.close_period_s, draft.close_date) {
        (Some(period), _) => Some(UnixTime(now.0 + i64::from(period))),
        (None, date) => date,
    };
    if close_date.is_some_and(|date| !OPEN_S.contains(&(date.0 - now.0))) {
        return Err(Error::PollInvalid);
    }
    Ok(Poll {
        id,
        author,
        question,
        question_entities,
        answers,
        closed: false,
        public_voters: draft.public_voters,
        multiple_choice: draft.multiple_choice,
        correct,
        quiz: draft.quiz,
        solution,
        close_date,
        close_period_s: draft.close_period_s,
    })
}

fn short((given, entities): &(String, Vec<Entity>), limit: usize) -> Option<(String, Vec<Entity>)> {
    let cleaned = text::clean(given, entities);
    let fits = (1..=limit).contains(&cleaned.text.chars().count());
    fits.then_some((cleaned.text, cleaned.entities))
}

fn answers(given: &[DraftAnswer]) -> Result<Vec<Answer>> {
    if !(2..=limits::POLL_ANSWERS).contains(&given.len()) {
        return Err(Error::PollInvalid);
    }
    let mut answers: Vec<Answer> = Vec::with_capacity(given.len());
    for (place, answer) in given.iter().enumerate() {
        let (text, entities) = short(&answer.text, ANSWER_CHARS).ok_or(Error::PollOptionInvalid)?;
        let option = answer.option.clone().unwrap_or_else(|| place.to_string().into_bytes());
        let fits = (1..=OPTION_BYTES).contains(&option.len());
        if !fits || answers.iter().any(|other| other.option == option || other.text == text) {
            return Err(Error::PollOptionInvalid);
        }
        answers.push(Answer { text, entities, option });
    }
    Ok(answers)
}

/// A poll with its results as somebody sees them.
pub type Seen = (Poll, Results);

/// The poll that a message shows, to those who still have a say in the chat: its votes are news, which those who left hear no more.
///
/// # Errors
/// `MessageIdInvalid` if it shows none; `Denied` for those who are blocked or not in the group any more.
pub async fn of_message(core: &Core, caller: Caller, peer: Peer, id: MessageId) -> Result<Seen> {
    content::check_standing(core, caller, peer).await?;
    let message = one(core, caller.user, peer, id).await?;
    let poll = message.body.poll().ok_or(Error::MessageIdInvalid)?;
    seen(core, caller.user, poll).await?.ok_or(Error::MessageIdInvalid)
}

/// A poll as `viewer` sees it.
///
/// # Errors
/// Storage only.
pub async fn seen(core: &Core, viewer: UserId, poll: PollId) -> Result<Option<Seen>> {
    Ok(core.stores.polls.polls(viewer, &[poll], core.now()).await?.pop())
}

/// Votes, or takes the vote back with no options.
///
/// # Errors
/// `PollOptionInvalid`, `PollClosed` (also for a second vote in a quiz), `FloodWait`.
pub async fn vote(
    core: &Core,
    caller: Caller,
    peer: Peer,
    id: MessageId,
    options: Vec<Vec<u8>>,
) -> Result<Seen> {
    rate_limit::check_pace(core, caller, Limit::Act, 1)?;
    let (poll, before) = of_message(core, caller, peer, id).await?;
    let known =
        options.iter().all(|option| poll.answers.iter().any(|answer| answer.option == *option));
    let distinct = options.iter().collect::<BTreeSet<_>>().len() == options.len();
    if !known || !distinct || (options.len() > 1 && !poll.multiple_choice) {
        return Err(Error::PollOptionInvalid);
    }
    let voter = Voter { user: caller.user, send_as: speaks_for(core, caller, peer).await? };
    let voted = core.stores.polls.vote(poll.id, voter, options, core.now()).await;
    let seen = voted.map_err(|error| match error {
        store::Error::Conflict => Error::PollClosed,
        error => error.into(),
    })?;
    if seen.1.mine != before.mine {
        tell(core, caller, (peer, id), poll.id).await?;
    }
    Ok(seen)
}

/// The group whose anonymous admin the caller is.
async fn speaks_for(core: &Core, caller: Caller, peer: Peer) -> Result<Option<ChannelId>> {
    let Some(id) = peer.channel() else { return Ok(None) };
    let (channel, row) = crate::channels::visible(core, caller.user, id).await?;
    Ok(channel.speaks_for(caller.user, row.as_ref()))
}

/// Closes a poll that the caller made, or may edit as a post of their channel.
///
/// # Errors
/// `Denied`, `NotModified` if it is closed already.
pub async fn close(core: &Core, caller: Caller, peer: Peer, id: MessageId) -> Result<Seen> {
    let (poll, _) = of_message(core, caller, peer, id).await?;
    if poll.closed {
        return Err(Error::NotModified);
    }
    let shown_in = peer.channel().map(|channel| (channel, id));
    core.stores.polls.close_poll(poll.id, caller.user, shown_in, core.now()).await?;
    tell(core, caller, (peer, id), poll.id).await?;
    of_message(core, caller, peer, id).await
}

/// The caller's other devices learn of it for certain, the others of the chat if they look: they ask anew when the poll
/// comes into view. Who came after the message hears nothing of what it asks.
async fn tell(
    core: &Core,
    caller: Caller,
    (peer, id): (Peer, MessageId),
    poll: PollId,
) -> Result<()> {
    let event = AccountEvent::MessagePoll { poll };
    account_events::record(core, vec![(caller.user, event)], caller.origin()).await?;
    let shown_in = peer.channel().map(|channel| (channel, id));
    let event = Ephemeral::Poll { poll, shown_in };
    let users = match peer {
        Peer::User(user) if user == caller.user => return Ok(()),
        Peer::User(user) => vec![user],
        Peer::Chat(chat) => {
            let chats = core.stores.chats.chats(&[chat]).await?;
            let written = one(core, caller.user, peer, id).await?.date;
            let members = chats.iter().flat_map(|chat| &chat.members);
            let others = members.filter(|member| member.user != caller.user);
            others.filter(|member| member.date <= written).map(|member| member.user).collect()
        }
        Peer::Channel(channel) => {
            core.publish(Notice::EphemeralToChannel { channel, event, origin: caller.origin() });
            return Ok(());
        }
    };
    core.publish(Notice::EphemeralToUsers { users, event, origin: None });
    Ok(())
}

/// Votes, newest first: in whose name, options, date.
pub type Votes = (Vec<(Peer, Vec<Vec<u8>>, UnixTime)>, i32);

/// Who voted for what in a public poll, for those who voted themselves.
///
/// # Errors
/// `PollVoteRequired`; `BroadcastForbidden` for anonymous polls, as those of channels all are.
pub async fn votes(
    core: &Core,
    caller: Caller,
    (peer, id): (Peer, MessageId),
    option: Option<&[u8]>,
    offset: i32,
    limit: i32,
) -> Result<Votes> {
    let (poll, results) = of_message(core, caller, peer, id).await?;
    if !poll.public_voters {
        return Err(Error::BroadcastForbidden);
    }
    if results.mine.is_empty() && !poll.closed {
        return Err(Error::PollVoteRequired);
    }
    let limit = limit.clamp(1, limits::HISTORY_PAGE);
    Ok(core.stores.polls.votes(poll.id, option, offset.max(0), limit).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(answers: usize) -> Draft {
        let answers = (0..answers)
            .map(|n| DraftAnswer { text: (format!("answer {n}"), Vec::new()), option: None })
            .collect();
        Draft { question: ("why?".to_owned(), Vec::new()), answers, ..Draft::default() }
    }

    fn built(draft: &Draft) -> Result<Poll> {
        build(PollId(1), UserId(1), draft, UnixTime(1000))
    }

    #[test]
    fn a_poll_has_two_to_twelve_distinct_answers() {
        for (count, fits) in [(0, false), (1, false), (2, true), (12, true), (13, false)] {
            assert_eq!(built(&draft(count)).is_ok(), fits, "{count}");
        }
        let mut twice = draft(2);
        twice.answers[1].text.0 = "answer 0".to_owned();
        assert_eq!(built(&twice), Err(Error::PollOptionInvalid));
        let mut same = draft(2);
        same.answers[1].option = Some(b"0".to_vec());
        assert_eq!(built(&same), Err(Error::PollOptionInvalid));
    }

    #[test]
    fn a_quiz_needs_a_right_answer_and_nothing_else_has_one() {
        let quiz =
            |quiz, correct: &[usize]| built(&Draft { quiz, correct: correct.to_vec(), ..draft(3) });
        assert!(quiz(true, &[1]).is_ok());
        assert_eq!(quiz(true, &[]), Err(Error::PollInvalid));
        assert_eq!(quiz(false, &[1]), Err(Error::PollInvalid));
        assert_eq!(quiz(true, &[3]), Err(Error::PollOptionInvalid));
    }

    #[test]
    fn closing_dates_lie_ahead_and_not_far() {
        let open = |period| built(&Draft { close_period_s: Some(period), ..draft(2) }).is_ok();
        assert_eq!([open(4), open(5), open(600), open(3_000_000)], [false, true, true, false]);
    }
}
