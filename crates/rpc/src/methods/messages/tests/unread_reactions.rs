//! Reactions that the author of a message has not seen.

use model::Peer;
use tl_api::functions::{channels, messages as f, updates};
use tl_api::{enums, types};

use super::channels::channel;
use super::groups::group;
use super::reactions::react;
use super::say;
use crate::testing::{Device, World};

/// The unread reactions that the list of chats counts for one of them.
async fn counted(by: &Device<'_>, peer: enums::InputPeer) -> i32 {
    let peers = vec![types::InputDialogPeer { peer }.into()];
    let enums::messages::PeerDialogs::PeerDialogs(answer) =
        by.ok(f::GetPeerDialogs { peers }).await;
    let [enums::Dialog::Dialog(dialog)] = answer.dialogs.as_slice() else { panic!() };
    dialog.unread_reactions_count
}

fn unread_in(reactions: &enums::MessageReactions) -> Vec<bool> {
    let enums::MessageReactions::MessageReactions(reactions) = reactions;
    let recent = reactions.recent_reactions.iter().flatten();
    recent
        .map(|enums::MessagePeerReaction::MessagePeerReaction(reaction)| reaction.unread)
        .collect()
}

/// Of each update of reactions among these, whether the latest ones are unread.
fn told(updates: &[enums::Update]) -> Vec<Vec<bool>> {
    let reactions = updates.iter().filter_map(|update| match update {
        enums::Update::UpdateMessageReactions(update) => Some(unread_in(&update.reactions)),
        _ => None,
    });
    reactions.collect()
}

fn asked(peer: enums::InputPeer) -> f::GetUnreadReactions {
    f::GetUnreadReactions { peer, limit: 10, ..Default::default() }
}

/// The numbers of a list of messages, and how many there are in all.
fn listed(answer: enums::messages::Messages) -> (Vec<i32>, i32) {
    use enums::messages::Messages;
    let (messages, count) = match answer {
        Messages::Messages(all) => {
            let count = i32::try_from(all.messages.len()).unwrap();
            (all.messages, count)
        }
        Messages::MessagesSlice(part) => (part.messages, part.count),
        Messages::ChannelMessages(part) => (part.messages, part.count),
        Messages::MessagesNotModified(other) => panic!("{other:?}"),
    };
    let id = |message: &enums::Message| match message {
        enums::Message::Message(message) => message.id,
        other => panic!("{other:?}"),
    };
    (messages.iter().map(id).collect(), count)
}

#[tokio::test]
async fn a_reaction_is_unread_until_its_author_says_so() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let tablet = world.device(anna.user());
    let id = say(&anna, anna.peer(&ben), "good news").await;
    let (mut ears, mut others) = (anna.listen().await, tablet.listen().await);
    ben.ok(react(ben.peer(&anna), 1, &["👍"])).await;
    assert_eq!(told(&ears.hear().await), [[true]]);
    assert_eq!(told(&others.hear().await), [[true]]);
    assert_eq!(
        (counted(&anna, anna.peer(&ben)).await, counted(&ben, ben.peer(&anna)).await),
        (1, 0)
    );
    assert_eq!(listed(anna.ok(asked(anna.peer(&ben))).await), (vec![id], 1));
    assert_eq!(listed(ben.ok(asked(ben.peer(&anna))).await), (vec![], 0));
    let enums::messages::AffectedHistory::AffectedHistory(affected) =
        anna.ok(f::ReadReactions { peer: anna.peer(&ben), ..Default::default() }).await;
    assert_eq!((affected.pts_count, affected.offset), (0, 0));
    assert_eq!(counted(&anna, anna.peer(&ben)).await, 0);
    assert_eq!(listed(anna.ok(asked(anna.peer(&ben))).await), (vec![], 0));
    // The device that said so knows; the other one is told, and finds the same in the difference.
    assert_eq!(told(&others.hear().await), [[false]]);
    ben.ok(react(ben.peer(&anna), 1, &["🔥"])).await;
    assert_eq!(counted(&anna, anna.peer(&ben)).await, 1);
    anna.ok(f::ReadMessageContents { id: vec![id] }).await;
    assert_eq!(counted(&anna, anna.peer(&ben)).await, 0);
}

#[tokio::test]
async fn unread_reactions_are_listed_in_pages() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut ids = Vec::new();
    for number in 1..=4 {
        ids.push(say(&anna, anna.peer(&ben), "good news").await);
        ben.ok(react(ben.peer(&anna), number, &["👍"])).await;
    }
    let page = async |ask: f::GetUnreadReactions| listed(anna.ok(ask).await);
    let ask = || asked(anna.peer(&ben));
    assert_eq!(page(f::GetUnreadReactions { limit: 2, ..ask() }).await, (vec![ids[3], ids[2]], 4));
    let next = f::GetUnreadReactions { offset_id: ids[2], limit: 2, ..ask() };
    assert_eq!(page(next).await, (vec![ids[1], ids[0]], 4));
    let newer = f::GetUnreadReactions { offset_id: ids[1], add_offset: -2, limit: 2, ..ask() };
    assert_eq!(page(newer).await, (vec![ids[2], ids[1]], 4));
    let between = f::GetUnreadReactions { max_id: ids[3], min_id: ids[1], ..ask() };
    assert_eq!(page(between).await, (vec![ids[2]], 4));
}

#[tokio::test]
async fn in_a_supergroup_its_author_hears_of_them() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let carl = world.sign_up("Carl").await;
    let id = channel(&anna, false, &[&ben]).await;
    let on = |by: &Device<'_>| by.input_peer(Peer::Channel(id));
    let sent = say(&ben, on(&ben), "good news").await;
    anna.ok(react(on(&anna), sent, &["👍"])).await;
    let peer = || on(&ben);
    assert_eq!((counted(&ben, peer()).await, counted(&anna, on(&anna)).await), (1, 0));
    assert_eq!(listed(ben.ok(asked(peer())).await), (vec![sent], 1));
    let history = f::GetHistory { peer: peer(), limit: 1, ..Default::default() };
    let enums::messages::Messages::ChannelMessages(page) = ben.ok(history).await else { panic!() };
    let enums::Message::Message(message) = &page.messages[0] else { panic!() };
    assert_eq!(message.reactions.as_ref().map(unread_in), Some(vec![true]));
    let contents = channels::ReadMessageContents { channel: ben.input_channel(id), id: vec![sent] };
    assert!(ben.ok(contents).await);
    assert_eq!(counted(&ben, peer()).await, 0);
    let read = |by: &Device<'_>| f::ReadReactions { peer: on(by), ..Default::default() };
    anna.ok(react(on(&anna), sent, &["🔥"])).await;
    ben.ok(read(&ben)).await;
    assert_eq!(listed(ben.ok(asked(peer())).await), (vec![], 0));
    assert_eq!(carl.fails(read(&carl)).await, "CHANNEL_PRIVATE");
    assert_eq!(carl.fails(asked(on(&carl))).await, "CHANNEL_PRIVATE");
}

#[tokio::test]
async fn a_thread_is_listed_and_read_by_itself() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false, &[&ben]).await;
    let on = |by: &Device<'_>| by.input_peer(Peer::Channel(id));
    let top = say(&ben, on(&ben), "good news").await;
    let reply_to = types::InputReplyToMessage { reply_to_msg_id: top, ..Default::default() };
    let answer = f::SendMessage {
        peer: on(&ben),
        message: "and more".to_owned(),
        random_id: 7,
        reply_to: Some(reply_to.into()),
        ..Default::default()
    };
    ben.ok(answer).await;
    let reply = top + 1;
    for sent in [top, reply] {
        anna.ok(react(on(&anna), sent, &["👍"])).await;
    }
    let of = |top_msg_id| f::GetUnreadReactions { top_msg_id, ..asked(on(&ben)) };
    assert_eq!(listed(ben.ok(of(None)).await), (vec![reply, top], 2));
    assert_eq!(listed(ben.ok(of(Some(top))).await), (vec![reply], 1));
    assert_eq!(listed(ben.ok(of(Some(reply))).await), (vec![], 0));
    let read = |top_msg_id| f::ReadReactions { peer: on(&ben), top_msg_id, ..Default::default() };
    ben.ok(read(Some(reply))).await;
    assert_eq!(counted(&ben, on(&ben)).await, 2);
    ben.ok(read(Some(top))).await;
    assert_eq!(listed(ben.ok(of(None)).await), (vec![top], 1));
    ben.ok(read(None)).await;
    assert_eq!(counted(&ben, on(&ben)).await, 0);
}

/// As their reactions do. In a basic group nothing is in a thread.
#[tokio::test]
async fn mentions_of_a_thread_are_listed_and_seen_by_themselves() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false, &[&ben]).await;
    let on = |by: &Device<'_>| by.input_peer(Peer::Channel(id));
    let top = say(&ben, on(&ben), "to be answered").await;
    let mention = async |peer, reply_to: Option<i32>| {
        let name = types::InputMessageEntityMentionName {
            offset: 0,
            length: 3,
            user_id: anna.input_user(&ben),
        };
        let reply = |reply_to_msg_id| {
            types::InputReplyToMessage { reply_to_msg_id, ..Default::default() }.into()
        };
        let new = f::SendMessage {
            peer,
            message: "Ben".to_owned(),
            random_id: anna.world.core.random.number() | 1,
            entities: Some(vec![name.into()]),
            reply_to: reply_to.map(reply),
            ..Default::default()
        };
        anna.ok(new).await;
    };
    mention(on(&anna), None).await;
    mention(on(&anna), Some(top)).await;
    let (outside, inside) = (top + 1, top + 2);
    let of = |peer, top_msg_id| f::GetUnreadMentions {
        peer,
        top_msg_id,
        limit: 9,
        ..Default::default()
    };
    let in_group = async |top_msg_id| listed(ben.ok(of(on(&ben), top_msg_id)).await);
    assert_eq!(in_group(None).await, (vec![inside, outside], 2));
    assert_eq!(in_group(Some(top)).await, (vec![inside], 1));
    assert_eq!(in_group(Some(outside)).await, (vec![], 0));
    let read = |peer, top_msg_id| f::ReadMentions { peer, top_msg_id };
    ben.ok(read(on(&ben), Some(outside))).await;
    assert_eq!(in_group(None).await.1, 2);
    ben.ok(read(on(&ben), Some(top))).await;
    assert_eq!(in_group(None).await, (vec![outside], 1));
    ben.ok(read(on(&ben), None)).await;
    assert_eq!(in_group(None).await, (vec![], 0));

    let club = Peer::Chat(group(&anna, &[&ben]).await);
    mention(anna.input_peer(club), None).await;
    let of_club = async |top| listed(ben.ok(of(ben.input_peer(club), top)).await).1;
    assert_eq!((of_club(None).await, of_club(Some(1)).await), (1, 0));
    ben.ok(read(ben.input_peer(club), Some(1))).await;
    assert_eq!(of_club(None).await, 1);
    ben.ok(read(ben.input_peer(club), None)).await;
    assert_eq!(of_club(None).await, 0);
}

#[tokio::test]
async fn the_list_of_who_reacted_tells_the_author_what_is_unread() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false, &[&ben]).await;
    let on = |by: &Device<'_>| by.input_peer(Peer::Channel(id));
    let sent = say(&ben, on(&ben), "good news").await;
    anna.ok(react(on(&anna), sent, &["👍"])).await;
    let list = async |by: &Device<'_>| {
        let ask =
            f::GetMessageReactionsList { peer: on(by), id: sent, limit: 9, ..Default::default() };
        let enums::messages::MessageReactionsList::MessageReactionsList(answer) = by.ok(ask).await;
        let unread = |one: &enums::MessagePeerReaction| {
            let enums::MessagePeerReaction::MessagePeerReaction(one) = one;
            one.unread
        };
        answer.reactions.iter().map(unread).collect::<Vec<_>>()
    };
    assert_eq!((list(&ben).await, list(&anna).await), (vec![true], vec![false]));
    ben.ok(f::ReadReactions { peer: on(&ben), ..Default::default() }).await;
    assert_eq!(list(&ben).await, [false]);
}

#[tokio::test]
async fn an_author_who_was_away_finds_the_message_in_the_difference() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false, &[&ben]).await;
    let on = |by: &Device<'_>| by.input_peer(Peer::Channel(id));
    let sent = say(&ben, on(&ben), "good news").await;
    let enums::updates::State::State(state) = ben.ok(updates::GetState {}).await;
    world.pass(5);
    anna.ok(react(on(&anna), sent, &["👍"])).await;
    let ask = updates::GetDifference {
        pts: state.pts,
        date: state.date,
        qts: state.qts,
        ..Default::default()
    };
    let enums::updates::Difference::Difference(missed) = ben.ok(ask).await else {
        panic!("a difference")
    };
    assert_eq!(told(&missed.other_updates), [[true]]);
}
