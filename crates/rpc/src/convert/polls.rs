//! Polls: in from `inputMediaPoll`, out as `poll` and `pollResults`.

use model::media::Media;
use model::poll::{Poll, Results};
use model::{Peer, UnixTime};
use services::messages::poll::{self, Draft, DraftAnswer, Seen};
use services::views::PeerSet;
use tl_api::{enums, types};

use super::{count, date, entities, peers};
use crate::{Call, RpcError};

/// Makes a poll from what a client sends.
///
/// # Errors
/// 400 `POLL_INVALID` and its kin; `MEDIA_INVALID` for parts that are not offered.
pub async fn input_poll(call: &Call, input: &types::InputMediaPoll) -> Result<Media, RpcError> {
    let enums::Poll::Poll(poll) = &input.poll;
    if input.attached_media.is_some() || input.solution_media.is_some() {
        return Err(RpcError::bad_request("MEDIA_INVALID"));
    }
    let mut answers = Vec::with_capacity(poll.answers.len().min(model::limits::POLL_ANSWERS + 1));
    for answer in poll.answers.iter().take(model::limits::POLL_ANSWERS + 1) {
        let (text, option, plain) = match answer {
            enums::PollAnswer::PollAnswer(answer) => {
                (&answer.text, Some(answer.option.clone()), answer.media.is_none())
            }
            enums::PollAnswer::InputPollAnswer(answer) => {
                (&answer.text, None, answer.media.is_none())
            }
        };
        if !plain {
            return Err(RpcError::bad_request("MEDIA_INVALID"));
        }
        let (text, formatting) = entities::text_from_input(call, text).await?;
        answers.push(DraftAnswer { text: (text, formatting), option });
    }
    let correct = input.correct_answers.as_deref().unwrap_or_default();
    let correct: Option<Vec<usize>> =
        correct.iter().map(|place| usize::try_from(*place).ok()).collect();
    let solution = match &input.solution {
        Some(text) => Some((
            text.clone(),
            entities::from_input(call, input.solution_entities.as_deref()).await?,
        )),
        None => None,
    };
    let draft = Draft {
        question: entities::text_from_input(call, &poll.question).await?,
        answers,
        public_voters: poll.public_voters,
        multiple_choice: poll.multiple_choice,
        quiz: poll.quiz,
        correct: correct.ok_or(RpcError::bad_request("POLL_OPTION_INVALID"))?,
        solution,
        close_date: poll.close_date.map(|date| UnixTime(date.into())),
        close_period_s: poll.close_period,
    };
    Ok(poll::create(&call.core, call.signed_in()?, draft).await?)
}

/// `messageMediaPoll`.
#[must_use]
pub fn message_media((poll, results): &Seen) -> enums::MessageMedia {
    types::MessageMediaPoll {
        poll: self::poll(poll, results),
        results: self::results(poll, results),
        attached_media: None,
    }
    .into()
}

/// `poll`.
#[must_use]
pub fn poll(poll: &Poll, results: &Results) -> enums::Poll {
    let answers = poll.answers.iter().map(|answer| {
        types::PollAnswer {
            text: entities::text(&answer.text, &answer.entities),
            option: answer.option.clone(),
            ..Default::default()
        }
        .into()
    });
    types::Poll {
        id: poll.id.0,
        closed: poll.closed,
        public_voters: poll.public_voters,
        multiple_choice: poll.multiple_choice,
        quiz: poll.quiz,
        question: entities::text(&poll.question, &poll.question_entities),
        answers: answers.collect(),
        close_period: poll.close_period_s,
        close_date: poll.close_date.map(date),
        hash: hash(poll, results),
        ..Default::default()
    }
    .into()
}

/// Whether the viewer is shown how many voted for what: those who voted are, and all when the poll is closed.
const fn is_open_to_viewer(poll: &Poll, results: &Results) -> bool {
    poll.closed || !results.mine.is_empty()
}

/// Changes with what the viewer is shown: a client that knows this number needs nothing new. It is made of nothing else, as the
/// votes can be found from it.
fn hash(poll: &Poll, results: &Results) -> i64 {
    let start = (i64::from(results.voters) << 1) | i64::from(poll.closed);
    let counts = results.counts.iter().filter(|_| is_open_to_viewer(poll, results));
    let mine = results.mine.iter().map(|place| i64::try_from(*place).unwrap_or(i64::MAX));
    counts
        .map(|votes| i64::from(*votes))
        .chain(mine)
        .fold(start, |hash, next| hash.wrapping_mul(1_000_003).wrapping_add(next))
}

/// `pollResults`: how many voted for what is shown to those who voted, and to all when the poll is closed.
#[must_use]
pub fn results(poll: &Poll, results: &Results) -> enums::PollResults {
    let open_to_viewer = is_open_to_viewer(poll, results);
    let answers = poll.answers.iter().enumerate().map(|(place, answer)| {
        types::PollAnswerVoters {
            chosen: results.mine.contains(&place),
            correct: poll.correct.iter().any(|option| *option.as_ref() == *answer.option),
            option: answer.option.clone(),
            voters: Some(results.counts.get(place).copied().unwrap_or_default()),
            recent_voters: poll.public_voters.then(Vec::new),
        }
        .into()
    });
    let recent = results.recent.iter().map(|voter| peers::peer(*voter)).collect::<Vec<_>>();
    let solution = poll.solution.as_ref().filter(|_| open_to_viewer);
    types::PollResults {
        results: open_to_viewer.then(|| answers.collect()),
        total_voters: Some(results.voters),
        recent_voters: (poll.public_voters && !recent.is_empty()).then_some(recent),
        solution: solution.map(|(text, _)| text.clone()),
        solution_entities: solution.map(|(_, formatting)| entities::all(formatting)),
        ..Default::default()
    }
    .into()
}

/// Adds the people that a poll shows.
pub fn add_people(set: &mut PeerSet, (poll, results): &Seen) {
    if poll.public_voters {
        results.recent.iter().for_each(|voter| set.add_peer(*voter));
    }
}

/// `updateMessagePoll`.
#[must_use]
pub fn update((poll, results): &Seen) -> enums::Update {
    types::UpdateMessagePoll {
        poll_id: poll.id.0,
        poll: Some(self::poll(poll, results)),
        results: self::results(poll, results),
        ..Default::default()
    }
    .into()
}

/// `messages.votesList`: the page that starts at `offset`.
#[must_use]
pub fn votes_list(
    (votes, total): &poll::Votes,
    by_option: bool,
    offset: i32,
    (users, chats): (Vec<enums::User>, Vec<enums::Chat>),
) -> enums::messages::VotesList {
    let vote = |(voter, options, at): &(Peer, Vec<Vec<u8>>, UnixTime)| {
        let (peer, date) = (peers::peer(*voter), date(*at));
        match options.as_slice() {
            _ if by_option => types::MessagePeerVoteInputOption { peer, date }.into(),
            [option] => types::MessagePeerVote { peer, option: option.clone(), date }.into(),
            options => {
                types::MessagePeerVoteMultiple { peer, options: options.to_vec(), date }.into()
            }
        }
    };
    let next = offset.saturating_add(count(votes.len()));
    types::messages::VotesList {
        count: *total,
        votes: votes.iter().map(vote).collect(),
        chats,
        users,
        next_offset: (next < *total && !votes.is_empty()).then(|| next.to_string()),
    }
    .into()
}
