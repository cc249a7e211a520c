//! Cases of the port of polls.

use model::media::Media;
use model::message::{Body, Forward};
use model::poll::{Answer, Poll, Results, Voter};
use model::rights::{AdminRights, Denial};
use model::schedule::{Schedule, Scheduled};
use model::{ChannelId, MessageId, Peer, PollId, UserId};

use super::channel_scene::{Scene, broadcast, create};
use super::support::{NOW, later, people};
use crate::ports::schedule::Release;
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! polls_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            polls,
            $make,
            [
                votes_are_counted_by_answer,
                a_vote_can_be_changed_and_taken_back,
                only_a_multiple_choice_takes_several,
                a_quiz_is_answered_once,
                a_poll_closes_by_hand_or_by_date,
                whoever_edits_a_channels_posts_closes_its_polls,
                a_held_poll_runs_from_when_it_is_sent,
                voters_are_listed_newest_first,
                polls_are_apart,
                a_vote_shows_in_the_name_it_was_given_in,
            ]
        );
    };
}

const AUTHOR: UserId = UserId(1);
const POLL: PollId = PollId(-77);

/// An open poll of `author`.
pub(super) fn of(author: UserId) -> Poll {
    Poll { author, ..poll() }
}

fn poll() -> Poll {
    let answer = |text: &str| Answer {
        text: text.to_owned(),
        entities: Vec::new(),
        option: text.as_bytes().to_vec(),
    };
    Poll {
        id: POLL,
        author: AUTHOR,
        question: "Which?".to_owned(),
        question_entities: Vec::new(),
        answers: ["a", "b", "c"].map(answer).to_vec(),
        closed: false,
        public_voters: true,
        multiple_choice: false,
        correct: Vec::new(),
        quiz: false,
        solution: None,
        close_date: None,
        close_period_s: None,
    }
}

async fn vote(stores: &Stores, user: i64, options: &[&str]) -> Result<Results, Error> {
    let options = options.iter().map(|option| option.as_bytes().to_vec()).collect();
    stores
        .polls
        .vote(POLL, UserId(user).into(), options, later(user))
        .await
        .map(|(_, results)| results)
}

fn results(counts: [i32; 3], voters: i32, mine: &[usize], recent: &[i64]) -> Results {
    let recent = recent.iter().map(|user| Peer::User(UserId(*user))).collect();
    Results { counts: counts.to_vec(), voters, mine: mine.to_vec(), recent }
}

/// Each viewer sees the counts, the latest voters of a public poll, and their own choice.
pub async fn votes_are_counted_by_answer(stores: &Stores) {
    stores.polls.create_poll(poll(), NOW).await.unwrap();
    assert_eq!(stores.polls.create_poll(poll(), NOW).await, Err(Error::Conflict));
    for (user, option) in [(5, "a"), (4, "c"), (3, "c"), (2, "a")] {
        vote(stores, user, &[option]).await.unwrap();
    }
    let seen = stores.polls.polls(UserId(4), &[POLL, PollId(1)], NOW).await;
    assert_eq!(seen, Ok(vec![(poll(), results([2, 0, 2], 4, &[2], &[2, 3, 4]))]));
    let seen = stores.polls.polls(UserId(9), &[POLL], NOW).await.unwrap();
    assert_eq!(seen[0].1.mine, [0; 0]);
}

/// The counts follow.
pub async fn a_vote_can_be_changed_and_taken_back(stores: &Stores) {
    stores.polls.create_poll(poll(), NOW).await.unwrap();
    vote(stores, 2, &["a"]).await.unwrap();
    vote(stores, 3, &["b"]).await.unwrap();
    // Changing makes it the latest vote.
    assert_eq!(vote(stores, 2, &["b"]).await, Ok(results([0, 2, 0], 2, &[1], &[2, 3])));
    assert_eq!(vote(stores, 2, &[]).await, Ok(results([0, 1, 0], 1, &[], &[3])));
    assert_eq!(vote(stores, 2, &[]).await, Ok(results([0, 1, 0], 1, &[], &[3])));
    assert_eq!(vote(stores, 2, &["z"]).await, Err(Error::Conflict));
    assert_eq!(vote(stores, 3, &["z"]).await, Err(Error::Conflict));
    let seen = stores.polls.polls(UserId(3), &[POLL], NOW).await.unwrap();
    assert_eq!(seen[0].1, results([0, 1, 0], 1, &[1], &[3]));
    let unknown = stores.polls.vote(PollId(1), UserId(2).into(), Vec::new(), NOW).await;
    assert_eq!(unknown.map(|(_, results)| results), Err(Error::NotFound));
}

/// Each answer once.
pub async fn only_a_multiple_choice_takes_several(stores: &Stores) {
    stores.polls.create_poll(poll(), NOW).await.unwrap();
    assert_eq!(vote(stores, 2, &["a", "b"]).await, Err(Error::Conflict));
    let multiple = Poll { id: PollId(2), multiple_choice: true, public_voters: false, ..poll() };
    stores.polls.create_poll(multiple, NOW).await.unwrap();
    let choose = async |options: &[&str]| {
        let options = options.iter().map(|option| option.as_bytes().to_vec()).collect();
        stores
            .polls
            .vote(PollId(2), UserId(2).into(), options, NOW)
            .await
            .map(|(_, results)| results)
    };
    assert_eq!(choose(&["a", "a"]).await, Err(Error::Conflict));
    assert_eq!(choose(&["c", "a"]).await, Ok(results([1, 0, 1], 1, &[0, 2], &[])));
    assert_eq!(choose(&["b", "a"]).await, Ok(results([1, 1, 0], 1, &[0, 1], &[])));
}

/// Neither changed nor taken back.
pub async fn a_quiz_is_answered_once(stores: &Stores) {
    let quiz = Poll { quiz: true, correct: vec![b"b".to_vec().into()], ..poll() };
    stores.polls.create_poll(quiz.clone(), NOW).await.unwrap();
    vote(stores, 2, &["a"]).await.unwrap();
    assert_eq!(vote(stores, 2, &["b"]).await, Err(Error::Conflict));
    assert_eq!(vote(stores, 2, &[]).await, Err(Error::Conflict));
    let seen = stores.polls.polls(UserId(2), &[POLL], NOW).await.unwrap();
    assert_eq!(seen[0], (quiz, results([1, 0, 0], 1, &[0], &[2])));
}

/// A closed one takes no votes; only its author closes it.
pub async fn a_poll_closes_by_hand_or_by_date(stores: &Stores) {
    let polls = &stores.polls;
    polls.create_poll(poll(), NOW).await.unwrap();
    let close = |poll, actor| polls.close_poll(poll, actor, None, NOW);
    assert_eq!(close(POLL, UserId(2)).await, Err(Denial::NotAuthor.into()));
    assert_eq!(close(PollId(1), AUTHOR).await, Err(Error::NotFound));
    let closed = Poll { closed: true, ..poll() };
    assert_eq!(close(POLL, AUTHOR).await, Ok(closed.clone()));
    assert_eq!(vote(stores, 2, &["a"]).await, Err(Error::Conflict));
    assert_eq!(polls.polls(AUTHOR, &[POLL], NOW).await.unwrap()[0].0, closed);

    let dated = Poll { id: PollId(2), close_date: Some(later(10)), ..poll() };
    polls.create_poll(dated.clone(), NOW).await.unwrap();
    let is_closed = async |at| polls.polls(AUTHOR, &[dated.id], at).await.unwrap()[0].0.closed;
    assert!(!is_closed(later(9)).await);
    assert!(is_closed(later(10)).await);
    let in_time = polls.vote(dated.id, UserId(2).into(), vec![b"a".to_vec()], later(9)).await;
    assert!(in_time.is_ok());
    let late = polls.vote(dated.id, UserId(3).into(), vec![b"a".to_vec()], later(10)).await;
    assert_eq!(late.map(|(_, results)| results), Err(Error::Conflict));
}

/// Those that were made for them, and not those that were passed on.
pub async fn whoever_edits_a_channels_posts_closes_its_polls(stores: &Stores) {
    let scene = broadcast(stores).await;
    let Scene { id, owner, admin, member, .. } = scene;
    let show = async |scene: &Scene<'_>, n, body: Body| {
        let poll = Poll { id: PollId(n), ..of(owner) };
        stores.polls.create_poll(poll.clone(), NOW).await.unwrap();
        let body = Body { media: Some(Media::Poll { poll: poll.id }), ..body };
        (poll.id, scene.post(scene.written(owner, body)).await.id)
    };
    let close = async |(poll, post), channel, actor| {
        let closed = stores.polls.close_poll(poll, actor, Some((channel, post)), NOW).await;
        closed.map(|poll| poll.closed)
    };
    let denied = |denial: Denial| Err(Error::from(denial));
    let own = show(&scene, 1, Body::default()).await;
    assert_eq!(close(own, id, member).await, denied(Denial::NotAuthor));
    assert_eq!(close((PollId(1), MessageId(99)), id, admin).await, denied(Denial::NotAuthor));
    assert_eq!(close(own, id, admin).await, Ok(true));

    let forward = Some(Forward {
        from: Some(Peer::User(owner)),
        from_name: None,
        date: NOW,
        channel_post: None,
        post_author: None,
        saved_from: None,
    });
    let passed_on = show(&scene, 2, Body { forward, ..Body::default() }).await;
    assert_eq!(close(passed_on, id, admin).await, denied(Denial::NotAuthor));
    // A copy of somebody else's that does not say so.
    let media = Some(Media::Poll { poll: passed_on.0 });
    let copy = scene.post(scene.written(admin, Body { media, ..Body::default() })).await.id;
    assert_eq!(close((passed_on.0, copy), id, admin).await, denied(Denial::NotAuthor));

    let fewer = AdminRights { edit_messages: false, ..AdminRights::all() };
    scene.grant(owner, admin, fewer).await.unwrap();
    let other = show(&scene, 3, Body::default()).await;
    assert_eq!(close(other, id, admin).await, denied(Denial::NotAuthor));
    assert_eq!(close(other, id, owner).await, Ok(true));

    let here = Scene { id: create(stores, owner, false).await.id, ..scene };
    here.add(&[admin]).await;
    here.grant(owner, admin, AdminRights::all()).await.unwrap();
    let in_group = show(&here, 4, Body::default()).await;
    assert_eq!(close(in_group, here.id, admin).await, denied(Denial::NotAuthor));
}

/// Of one answer, or all, in pages.
pub async fn voters_are_listed_newest_first(stores: &Stores) {
    let polls = &stores.polls;
    polls.create_poll(Poll { multiple_choice: true, ..poll() }, NOW).await.unwrap();
    vote(stores, 2, &["a"]).await.unwrap();
    vote(stores, 3, &["b", "a"]).await.unwrap();
    vote(stores, 4, &["b"]).await.unwrap();
    let row = |user, options: &[&str]| {
        (
            Peer::User(UserId(user)),
            options.iter().map(|o| o.as_bytes().to_vec()).collect::<Vec<_>>(),
            later(user),
        )
    };
    let all = [row(4, &["b"]), row(3, &["a", "b"]), row(2, &["a"])];
    assert_eq!(polls.votes(POLL, None, 0, 9).await, Ok((all.to_vec(), 3)));
    assert_eq!(polls.votes(POLL, None, 1, 1).await, Ok((all[1..2].to_vec(), 3)));
    assert_eq!(polls.votes(POLL, Some(b"a"), 0, 9).await, Ok((all[1..].to_vec(), 2)));
    assert_eq!(polls.votes(POLL, Some(b"a"), 1, 9).await, Ok((all[2..].to_vec(), 2)));
    assert_eq!(polls.votes(POLL, Some(b"c"), 0, 9).await, Ok((Vec::new(), 0)));
    assert_eq!(polls.votes(POLL, Some(b"z"), 0, 9).await, Err(Error::NotFound));
    assert_eq!(polls.votes(PollId(1), None, 0, 9).await, Err(Error::NotFound));
}

/// A vote in one does not show in another.
pub async fn polls_are_apart(stores: &Stores) {
    let other = Poll { id: PollId(2), ..poll() };
    stores.polls.create_poll(poll(), NOW).await.unwrap();
    stores.polls.create_poll(other.clone(), NOW).await.unwrap();
    vote(stores, 2, &["a"]).await.unwrap();
    let seen = stores.polls.polls(UserId(2), &[PollId(2), POLL], NOW).await.unwrap();
    assert_eq!(seen[0], (other, results([0, 0, 0], 0, &[], &[])));
    assert_eq!(seen[1].1, results([1, 0, 0], 1, &[0], &[2]));
}

/// Of an anonymous admin, the group's; it stays theirs all the same.
pub async fn a_vote_shows_in_the_name_it_was_given_in(stores: &Stores) {
    let polls = &stores.polls;
    polls.create_poll(poll(), NOW).await.unwrap();
    let voter = Voter { user: UserId(2), send_as: Some(ChannelId(7)) };
    let group = Peer::Channel(ChannelId(7));
    let (_, after) = polls.vote(POLL, voter, vec![b"a".to_vec()], NOW).await.unwrap();
    assert_eq!((after.recent, after.mine), (vec![group], vec![0]));
    let row = (group, vec![b"a".to_vec()], NOW);
    assert_eq!(polls.votes(POLL, None, 0, 9).await, Ok((vec![row.clone()], 1)));
    assert_eq!(polls.votes(POLL, Some(b"a"), 0, 9).await, Ok((vec![row], 1)));
    assert_eq!(vote(stores, 2, &["b"]).await, Ok(results([0, 1, 0], 1, &[1], &[2])));
}

/// However long its message waits; one that was sent before goes on as it did.
pub async fn a_held_poll_runs_from_when_it_is_sent(stores: &Stores) {
    let [ann] = people(stores).await;
    assert_eq!(stores.polls.hold_poll(POLL).await, Err(Error::NotFound));
    let timed = Poll { close_date: Some(later(60)), close_period_s: Some(60), ..poll() };
    stores.polls.create_poll(timed.clone(), NOW).await.unwrap();
    stores.polls.hold_poll(POLL).await.unwrap();
    let at = async |seconds| {
        let seen = stores.polls.polls(ann, &[POLL], later(seconds)).await.unwrap().remove(0).0;
        (seen.closed, seen.close_date)
    };
    assert_eq!(at(100).await, (false, None));
    let list = Schedule::Own(ann, Peer::User(ann));
    for (random_id, seconds) in [(1, 100), (2, 130)] {
        let waiting = Scheduled {
            schedule: list,
            id: MessageId(0),
            sender: ann,
            random_id,
            date: later(seconds),
            edit_date: None,
            body: Body { media: Some(Media::Poll { poll: POLL }), ..Body::default() },
            reply_to: None,
            mentions: Vec::new(),
            forwards: None,
        };
        let kept = stores.schedule.schedule(vec![waiting], NOW).await.unwrap();
        let (now, ids) = (later(seconds), vec![kept[0].id]);
        let release = Release {
            schedule: list,
            ids,
            now,
            clock: now,
            early: false,
            ttl_period: None,
            beginning: None,
        };
        stores.schedule.release(release).await.unwrap();
        assert_eq!(at(159).await, (false, Some(later(160))));
    }
    assert_eq!(at(160).await, (true, Some(later(160))));
}
