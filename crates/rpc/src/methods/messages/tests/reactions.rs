//! Reactions and polls.

use model::Peer;
use tl_api::functions::messages as f;
use tl_api::{enums, functions, types};

use super::channels::channel;
use super::{messages, say};
use crate::testing::{Device, World, list};

pub(super) fn react(peer: enums::InputPeer, msg_id: i32, emoji: &[&str]) -> f::SendReaction {
    let reaction =
        emoji.iter().map(|e| types::ReactionEmoji { emoticon: (*e).to_owned() }.into()).collect();
    f::SendReaction { peer, msg_id, reaction: Some(reaction), ..Default::default() }
}

fn counts(updates: &[enums::Update]) -> Vec<(String, i32, bool)> {
    let [enums::Update::UpdateMessageReactions(update)] = updates else { panic!("{updates:?}") };
    let enums::MessageReactions::MessageReactions(reactions) = &update.reactions;
    reactions
        .results
        .iter()
        .map(|count| {
            let enums::ReactionCount::ReactionCount(count) = count;
            let enums::Reaction::ReactionEmoji(emoji) = &count.reaction else { panic!() };
            (emoji.emoticon.clone(), count.count, count.chosen_order.is_some())
        })
        .collect()
}

#[tokio::test]
async fn any_single_emoji_is_a_reaction_seen_by_both() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = say(&anna, anna.peer(&ben), "good news").await;
    let mut ears = anna.listen().await;
    let thumb = || "👍".to_owned();
    assert_eq!(
        counts(&list(ben.ok(react(ben.peer(&anna), 1, &["👍"])).await)),
        [(thumb(), 1, true)]
    );
    assert_eq!(counts(&ears.hear().await), [(thumb(), 1, false)]);
    assert_eq!(
        counts(&list(anna.ok(react(anna.peer(&ben), id, &["👍"])).await)),
        [(thumb(), 2, true)]
    );
    let answer = anna
        .ok(f::GetMessageReactionsList {
            peer: anna.peer(&ben),
            id,
            limit: 1,
            ..Default::default()
        })
        .await;
    let enums::messages::MessageReactionsList::MessageReactionsList(page) = answer;
    assert_eq!((page.count, page.reactions.len(), page.next_offset.as_deref()), (2, 1, Some("1")));
    assert_eq!(counts(&list(ben.ok(react(ben.peer(&anna), 1, &[])).await)), [(thumb(), 1, false)]);
    for (emoji, error) in
        [("x", "REACTION_INVALID"), ("", "REACTION_INVALID"), ("👍 ", "REACTION_INVALID")]
    {
        assert_eq!(ben.fails(react(ben.peer(&anna), 1, &[emoji])).await, error, "{emoji:?}");
    }
    assert_eq!(ben.fails(react(ben.peer(&anna), 9, &["👍"])).await, "MESSAGE_ID_INVALID");
    let asked = anna.ok(f::GetMessagesReactions { peer: anna.peer(&ben), id: vec![id] }).await;
    assert_eq!(counts(&list(asked)), [(thumb(), 1, true)]);
}

fn plain(text: &str) -> enums::TextWithEntities {
    types::TextWithEntities { text: text.to_owned(), entities: Vec::new() }.into()
}

pub(super) fn poll(quiz: bool, answers: &[&str]) -> types::InputMediaPoll {
    let answers = answers
        .iter()
        .enumerate()
        .map(|(n, text)| {
            types::PollAnswer {
                text: plain(text),
                option: vec![b'0' + u8::try_from(n).unwrap()],
                ..Default::default()
            }
            .into()
        })
        .collect();
    let poll = types::Poll {
        question: plain("which?"),
        answers,
        quiz,
        public_voters: !quiz,
        ..Default::default()
    };
    types::InputMediaPoll {
        poll: poll.into(),
        correct_answers: quiz.then(|| vec![1]),
        solution: quiz.then(|| "because".to_owned()),
        ..Default::default()
    }
}

pub(super) async fn send_poll(
    from: &Device<'_>,
    peer: enums::InputPeer,
    poll: types::InputMediaPoll,
) -> types::MessageMediaPoll {
    let request = f::SendMedia { peer, media: poll.into(), random_id: 1, ..Default::default() };
    match messages(&list(from.ok(request).await))[0].media.clone() {
        Some(enums::MessageMedia::MessageMediaPoll(media)) => media,
        other => panic!("{other:?}"),
    }
}

fn results(updates: &[enums::Update]) -> types::PollResults {
    let [enums::Update::UpdateMessagePoll(update)] = updates else { panic!("{updates:?}") };
    let enums::PollResults::PollResults(results) = &update.results;
    results.clone()
}

fn voters(results: &types::PollResults) -> Option<Vec<(i32, bool)>> {
    let rows = results.results.as_ref()?;
    Some(
        rows.iter()
            .map(|row| {
                let enums::PollAnswerVoters::PollAnswerVoters(row) = row;
                (row.voters.unwrap_or(-1), row.chosen)
            })
            .collect(),
    )
}

#[tokio::test]
async fn a_poll_shows_its_votes_to_those_who_voted() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    send_poll(&anna, anna.peer(&ben), poll(false, &["tea", "coffee"])).await;
    let vote = |options: Vec<Vec<u8>>| f::SendVote { peer: ben.peer(&anna), msg_id: 1, options };
    let mut ears = anna.listen().await;
    let seen = results(&list(ben.ok(vote(vec![b"1".to_vec()])).await));
    assert_eq!(voters(&seen), Some(vec![(0, false), (1, true)]));
    let heard = results(&ears.hear().await);
    assert_eq!((heard.total_voters, voters(&heard)), (Some(1), None));
    assert!(ben.fails(vote(vec![b"7".to_vec()])).await.contains("OPTION"));
    assert!(ben.fails(vote(vec![b"0".to_vec(), b"1".to_vec()])).await.contains("OPTION"));
    let votes = |from: &Device<'_>, to: &Device<'_>| f::GetPollVotes {
        peer: from.peer(to),
        id: 1,
        limit: 10,
        ..Default::default()
    };
    assert_eq!(anna.fails(votes(&anna, &ben)).await, "POLL_VOTE_REQUIRED");
    let enums::messages::VotesList::VotesList(list_of) = ben.ok(votes(&ben, &anna)).await;
    assert_eq!((list_of.count, list_of.votes.len()), (1, 1));
    let seen = results(&list(ben.ok(vote(vec![])).await));
    assert_eq!((seen.total_voters, voters(&seen)), (Some(0), None));
}

/// The number that changes with what a poll shows.
fn hash(updates: &[enums::Update]) -> i64 {
    let [enums::Update::UpdateMessagePoll(update)] = updates else { panic!("{updates:?}") };
    let Some(enums::Poll::Poll(poll)) = &update.poll else { panic!("{update:?}") };
    poll.hash
}

#[tokio::test]
async fn the_hash_of_a_poll_tells_no_votes_to_those_who_have_not_voted() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    send_poll(&anna, anna.peer(&ben), poll(false, &["tea", "coffee"])).await;
    let vote = async |by: &Device<'_>, peer, option: &str| {
        let options = vec![option.as_bytes().to_vec()];
        hash(&list(by.ok(f::SendVote { peer, msg_id: 1, options }).await))
    };
    let look = async || {
        let results = f::GetPollResults { peer: anna.peer(&ben), msg_id: 1, poll_hash: 0 };
        hash(&list(anna.ok(results).await))
    };
    let nothing = look().await;
    let for_tea = vote(&ben, ben.peer(&anna), "0").await;
    let unseen = look().await;
    assert_ne!(unseen, nothing, "that somebody voted shows");
    let for_coffee = vote(&ben, ben.peer(&anna), "1").await;
    assert_ne!(for_tea, for_coffee);
    assert_eq!(look().await, unseen, "for what does not");
    let own = vote(&anna, anna.peer(&ben), "0").await;
    assert_ne!(vote(&anna, anna.peer(&ben), "1").await, own);
}

#[tokio::test]
async fn a_poll_is_closed_by_its_author_and_takes_no_more_votes() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    send_poll(&anna, anna.peer(&ben), poll(false, &["tea", "coffee"])).await;
    let mut closed = poll(false, &["tea", "coffee"]);
    let enums::Poll::Poll(inner) = &mut closed.poll;
    inner.closed = true;
    let close = |peer| f::EditMessage {
        peer,
        id: 1,
        media: Some(closed.clone().into()),
        ..Default::default()
    };
    assert_eq!(ben.fails(close(ben.peer(&anna))).await, "MESSAGE_AUTHOR_REQUIRED");
    let updates = list(anna.ok(close(anna.peer(&ben))).await);
    assert!(
        matches!(&updates[..], [enums::Update::UpdateMessagePoll(u)] if matches!(&u.poll, Some(enums::Poll::Poll(p)) if p.closed))
    );
    let vote = f::SendVote { peer: ben.peer(&anna), msg_id: 1, options: vec![b"0".to_vec()] };
    assert!(ben.fails(vote).await.contains("CLOSED"));
}

#[tokio::test]
async fn a_quiz_keeps_its_answer_until_the_vote_and_the_vote_for_good() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let sent = send_poll(&anna, anna.peer(&ben), poll(true, &["1", "2", "3"])).await;
    let enums::PollResults::PollResults(before) = sent.results;
    assert_eq!((before.results, before.solution), (None, None));
    let vote = |option: &str| f::SendVote {
        peer: ben.peer(&anna),
        msg_id: 1,
        options: vec![option.as_bytes().to_vec()],
    };
    let seen = results(&list(ben.ok(vote("0")).await));
    assert_eq!(seen.solution.as_deref(), Some("because"));
    let right: Vec<bool> = seen
        .results
        .unwrap()
        .iter()
        .map(|row| matches!(row, enums::PollAnswerVoters::PollAnswerVoters(row) if row.correct))
        .collect();
    assert_eq!(right, [false, true, false]);
    assert!(ben.call(vote("1")).await.is_err());
    let wrong = types::InputMediaPoll { correct_answers: Some(vec![9]), ..poll(true, &["1", "2"]) };
    let request = f::SendMedia {
        peer: ben.peer(&anna),
        media: wrong.into(),
        random_id: 2,
        ..Default::default()
    };
    assert!(ben.call(request).await.is_err());
}

fn file(document: &enums::Document, hash: i64) -> functions::upload::GetFile {
    let enums::Document::Document(document) = document else { panic!("{document:?}") };
    let location = types::InputDocumentFileLocation {
        id: document.id,
        access_hash: document.access_hash ^ hash,
        file_reference: document.file_reference.clone(),
        thumb_size: String::new(),
    };
    functions::upload::GetFile { location: location.into(), limit: 65536, ..Default::default() }
}

async fn bytes(of: &Device<'_>, document: &enums::Document) -> Vec<u8> {
    match of.ok(file(document, 0)).await {
        enums::upload::File::File(file) => file.bytes,
        enums::upload::File::FileCdnRedirect(_) => panic!("no network of copies"),
    }
}

/// Without them official apps show no emoji to react with.
#[tokio::test]
async fn emoji_to_react_with_have_pictures_that_can_be_had() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let enums::messages::AvailableReactions::AvailableReactions(offered) =
        anna.ok(f::GetAvailableReactions { hash: 0 }).await
    else {
        panic!("nothing is known yet");
    };
    for one in &offered.reactions {
        let enums::AvailableReaction::AvailableReaction(one) = one;
        assert!(bytes(&anna, &one.static_icon).await.starts_with(b"RIFF"), "{}", one.reaction);
        let drawing = bytes(&anna, &one.appear_animation).await;
        let enums::Document::Document(shown) = &one.effect_animation else { panic!() };
        assert_eq!(usize::try_from(shown.size), Ok(drawing.len()), "{}", one.reaction);
        assert_eq!(anna.fails(file(&one.static_icon, 2)).await, "FILE_ID_INVALID");
        assert_eq!(
            ben.fails(file(&one.static_icon, 0)).await,
            "FILE_ID_INVALID",
            "not Ben's proof"
        );
    }
    let known = f::GetAvailableReactions { hash: offered.hash };
    let unchanged = enums::messages::AvailableReactions::AvailableReactionsNotModified;
    assert_eq!(anna.ok(known).await, unchanged);
    let enums::messages::Reactions::Reactions(top) =
        anna.ok(f::GetTopReactions { limit: 3, hash: 0 }).await
    else {
        panic!("nothing is known yet");
    };
    assert_eq!(top.reactions.len(), 3);
    say(&anna, anna.peer(&ben), "good news").await;
    for one in top.reactions {
        let reaction = Some(vec![one]);
        ben.ok(f::SendReaction {
            peer: ben.peer(&anna),
            msg_id: 1,
            reaction,
            ..Default::default()
        })
        .await;
    }
}

#[tokio::test]
async fn a_message_has_eleven_different_reactions_at_most() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let mut people = Vec::new();
    for _ in 0..11 {
        people.push(world.sign_up("Ben").await);
    }
    let id = channel(&anna, false, &Vec::from_iter(&people)).await;
    let peer = |device: &Device<'_>| device.input_peer(Peer::Channel(id));
    let message = say(&anna, peer(&anna), "what do you feel?").await;
    let emoji = ["👍", "👎", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉"];
    for (member, one) in people.iter().zip(emoji) {
        member.ok(react(peer(member), message, &[one])).await;
    }
    let new = react(peer(&anna), message, &[emoji[11]]);
    assert_eq!(anna.fails(new.clone()).await, "REACTIONS_TOO_MANY");
    // What is there is open to everybody, and who gave one alone may take another instead.
    anna.ok(react(peer(&anna), message, &[emoji[0]])).await;
    let (first, last) = (&people[0], &people[10]);
    assert_eq!(first.fails(react(peer(first), message, &[emoji[11]])).await, "REACTIONS_TOO_MANY");
    last.ok(react(peer(last), message, &[emoji[11]])).await;
}

#[tokio::test]
async fn what_is_told_to_all_has_a_pace() {
    let world = World::with_policy(|policy| policy.limit_sign_in = true);
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false, &[&ben]).await;
    let peer = |device: &Device<'_>| device.input_peer(Peer::Channel(id));
    let message = say(&ben, peer(&ben), "look").await;
    let typing = || f::SetTyping {
        peer: peer(&ben),
        action: enums::SendMessageAction::SendMessageTypingAction,
        top_msg_id: None,
    };
    for turn in 0..30 {
        ben.ok(react(peer(&ben), message, if turn % 2 == 0 { &["👍"] } else { &[] })).await;
        ben.ok(typing()).await;
    }
    let edit = f::EditMessage {
        peer: peer(&ben),
        id: message,
        message: Some("look here".to_owned()),
        ..Default::default()
    };
    assert_eq!(ben.fails(react(peer(&ben), message, &["👍"])).await, "FLOOD_WAIT_1");
    assert_eq!(ben.fails(typing()).await, "FLOOD_WAIT_1");
    assert_eq!(ben.fails(edit.clone()).await, "FLOOD_WAIT_1");
    // Others go on, and so does who waited.
    anna.ok(react(peer(&anna), message, &["👍"])).await;
    world.pass(1);
    ben.ok(edit).await;
}
