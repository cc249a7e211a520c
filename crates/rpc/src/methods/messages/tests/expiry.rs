//! Timers of chats, and media that is seen once.

use model::Peer;
use services::expiry;
use tl_api::functions::messages as f;
use tl_api::{enums, functions, types};

use super::albums::photo;
use super::channels::channel;
use super::groups::group;
use super::{actions, history, messages, say, text};
use crate::testing::{Device, World, list};

const DAY_S: i32 = 24 * 3600;

async fn set(of: &Device<'_>, peer: enums::InputPeer, period: i32) -> Vec<enums::Update> {
    list(of.ok(f::SetHistoryTTL { peer, period }).await)
}

async fn sweep(world: &World) {
    while expiry::sweep(&world.core, 50).await.unwrap() {}
}

fn timer(updates: &[enums::Update]) -> Vec<Option<i32>> {
    let timers = updates.iter().filter_map(|update| match update {
        enums::Update::UpdatePeerHistoryTTL(update) => Some(update.ttl_period),
        _ => None,
    });
    timers.collect()
}

fn set_action(period: i32, auto_setting_from: Option<i64>) -> enums::MessageAction {
    types::MessageActionSetMessagesTTL { period, auto_setting_from }.into()
}

#[tokio::test]
async fn messages_of_a_private_chat_end_on_both_sides() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    say(&anna, anna.peer(&ben), "before").await;
    let mut ears = ben.listen().await;
    let updates = set(&anna, anna.peer(&ben), DAY_S).await;
    assert_eq!(actions(&updates), [set_action(DAY_S, None)]);
    assert_eq!(timer(&updates), [Some(DAY_S)]);
    let heard = ears.hear().await;
    assert_eq!(
        (actions(&heard), timer(&heard)),
        (vec![set_action(DAY_S, None)], vec![Some(DAY_S)])
    );
    // It holds for both sides from now on.
    say(&ben, ben.peer(&anna), "of Ben").await;
    say(&anna, anna.peer(&ben), "of Anna").await;
    let heard = messages(&ears.hear().await);
    assert!(heard.iter().any(|message| message.ttl_period == Some(DAY_S)), "{heard:?}");
    world.pass(i64::from(DAY_S) - 1);
    sweep(&world).await;
    assert_eq!(history(&ben, ben.peer(&anna)).await.len(), 4);
    world.pass(1);
    // Late as the sweep may be, nothing is served any more.
    let texts: Vec<_> =
        history(&ben, ben.peer(&anna)).await.into_iter().map(|(_, text)| text).collect();
    assert!(!texts.iter().any(|text| text.starts_with("of ")), "{texts:?}");
    sweep(&world).await;
    let heard = ears.hear().await;
    let gone = heard.iter().find_map(|update| match update {
        enums::Update::UpdateDeleteMessages(update) => Some(update.messages.len()),
        _ => None,
    });
    assert_eq!(gone, Some(2));
    assert_eq!(history(&anna, anna.peer(&ben)).await.len(), 2);
}

#[tokio::test]
async fn timers_have_rules() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let with = |period| f::SetHistoryTTL { peer: anna.peer(&ben), period };
    assert_eq!(anna.fails(with(-1)).await, "TTL_PERIOD_INVALID");
    assert_eq!(anna.fails(with(i32::MAX)).await, "TTL_PERIOD_INVALID");
    assert_eq!(anna.fails(with(0)).await, "CHAT_NOT_MODIFIED");
    let own = f::SetHistoryTTL { peer: enums::InputPeer::InputPeerSelf, period: DAY_S };
    assert_eq!(anna.fails(own).await, "PEER_ID_INVALID");
    let id = channel(&anna, true, &[&ben]).await;
    let theirs = f::SetHistoryTTL { peer: ben.input_peer(Peer::Channel(id)), period: DAY_S };
    assert_eq!(ben.fails(theirs).await, "CHAT_ADMIN_REQUIRED");
}

#[tokio::test]
async fn groups_and_channels_have_timers() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let chat = group(&anna, &[&ben]).await;
    let id = channel(&anna, true, &[&ben]).await;
    for peer in [Peer::Chat(chat), Peer::Channel(id)] {
        let updates = set(&anna, anna.input_peer(peer), DAY_S).await;
        assert_eq!(actions(&updates), [set_action(DAY_S, None)]);
        assert_eq!(timer(&updates), [Some(DAY_S)]);
        say(&anna, anna.input_peer(peer), "fleeting").await;
        let there = history(&ben, ben.input_peer(peer)).await.len();
        world.pass(i64::from(DAY_S));
        sweep(&world).await;
        assert_eq!(history(&ben, ben.input_peer(peer)).await.len(), there - 1);
    }
}

#[tokio::test]
async fn a_new_chat_begins_with_the_default() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let carl = world.sign_up("Carl").await;
    say(&anna, anna.peer(&carl), "an old chat").await;
    anna.check(f::SetDefaultHistoryTTL { period: DAY_S }, Ok(true)).await;
    let kept = types::DefaultHistoryTTL { period: DAY_S };
    anna.check(f::GetDefaultHistoryTTL {}, Ok(kept.into())).await;
    let mut ears = ben.listen().await;
    say(&anna, anna.peer(&ben), "hello").await;
    say(&anna, anna.peer(&carl), "hello").await;
    let heard = ears.hear().await;
    assert_eq!(actions(&heard), [set_action(DAY_S, Some(anna.user().0))]);
    world.pass(i64::from(DAY_S));
    sweep(&world).await;
    assert_eq!(history(&ben, ben.peer(&anna)).await.len(), 1);
    assert_eq!(history(&carl, carl.peer(&anna)).await.len(), 2);
    anna.check(f::SetDefaultHistoryTTL { period: 0 }, Ok(true)).await;
    anna.check(f::GetDefaultHistoryTTL {}, Ok(types::DefaultHistoryTTL { period: 0 }.into())).await;
}

/// The service message has a place of its own in the caller's box, which their answer must not pass over.
#[tokio::test]
async fn the_answer_tells_how_a_chat_began() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    anna.check(f::SetDefaultHistoryTTL { period: DAY_S }, Ok(true)).await;
    let answer = anna.ok(text(anna.peer(&ben), "hello", 1)).await;
    let updates = list(answer);
    assert_eq!(actions(&updates), [set_action(DAY_S, Some(anna.user().0))]);
    assert_eq!(history(&anna, anna.peer(&ben)).await.len(), 2);
}

/// Not when it was written: until then nobody else knows of it.
#[tokio::test]
async fn a_scheduled_message_begins_a_chat_when_it_is_sent() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    anna.check(f::SetDefaultHistoryTTL { period: DAY_S }, Ok(true)).await;
    let mut ears = ben.listen().await;
    let at = i32::try_from(world.core.now().0).unwrap() + 60;
    let later = f::SendMessage { schedule_date: Some(at), ..text(anna.peer(&ben), "soon", 1) };
    anna.ok(later).await;
    assert_eq!(ears.hear().await, []);
    world.pass(60);
    assert_eq!(services::messages::schedule::send_due(&world.core).await, Ok(1));
    let heard = ears.hear().await;
    assert_eq!(actions(&heard), [set_action(DAY_S, Some(anna.user().0))]);
    assert_eq!(timer(&heard), [Some(DAY_S)]);
    assert_eq!(messages(&heard).last().unwrap().message, "soon");
}

#[tokio::test]
async fn who_blocked_somebody_hears_of_no_timer() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    anna.check(f::SetDefaultHistoryTTL { period: DAY_S }, Ok(true)).await;
    let block = functions::contacts::Block { id: ben.peer(&anna), ..Default::default() };
    ben.check(block, Ok(true)).await;
    let mut ears = ben.listen().await;
    say(&anna, anna.peer(&ben), "hello").await;
    assert_eq!(ears.hear().await, []);
}

/// A young account's first messages to strangers are counted, whatever its default timer; and what is refused leaves no trace.
#[tokio::test]
async fn a_default_timer_is_no_way_to_strangers() {
    let world = World::with_policy(|policy| policy.limit_sign_in = true);
    let anna = world.sign_up("Anna").await;
    anna.check(f::SetDefaultHistoryTTL { period: DAY_S }, Ok(true)).await;
    for n in 1..=20 {
        let stranger = world.sign_up("Stranger").await;
        anna.ok(text(anna.peer(&stranger), "x", n)).await;
    }
    let last = world.sign_up("Last").await;
    let mut ears = last.listen().await;
    let refused = anna.fails(text(anna.peer(&last), "x", 21)).await;
    assert!(refused.starts_with("FLOOD_WAIT_"), "{refused}");
    let by_hand = f::SetHistoryTTL { peer: anna.peer(&last), period: DAY_S };
    let refused = anna.fails(by_hand).await;
    assert!(refused.starts_with("FLOOD_WAIT_"), "{refused}");
    assert_eq!(ears.hear().await, []);
}

/// Each change is a message to the other.
#[tokio::test]
async fn timers_are_not_set_without_end() {
    let world = World::with_policy(|policy| policy.limit_sign_in = true);
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    for n in 0..30 {
        set(&anna, anna.peer(&ben), DAY_S * (1 + n % 2)).await;
    }
    let more = f::SetHistoryTTL { peer: anna.peer(&ben), period: DAY_S };
    assert_eq!(anna.fails(more).await, "FLOOD_WAIT_1");
}

async fn send_once(of: &Device<'_>, peer: enums::InputPeer, id: i64) -> f::SendMedia {
    let enums::InputMedia::InputMediaPhoto(media) = photo(of, id).await else { panic!() };
    let media = types::InputMediaPhoto { ttl_seconds: Some(i32::MAX), ..media };
    f::SendMedia { peer, media: media.into(), random_id: id, ..Default::default() }
}

fn picture(message: &types::Message) -> (Option<i32>, bool) {
    match &message.media {
        Some(enums::MessageMedia::MessageMediaPhoto(media)) => {
            (media.ttl_seconds, media.photo.is_some())
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_seen_once_is_gone_for_both() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (mut ears, mut eyes) = (ben.listen().await, anna.listen().await);
    anna.ok(send_once(&anna, anna.peer(&ben), 5).await).await;
    eyes.hear().await;
    let arrived = messages(&ears.hear().await).remove(0);
    assert_eq!((picture(&arrived), arrived.media_unread), ((Some(i32::MAX), true), true));
    ben.ok(f::ReadMessageContents { id: vec![arrived.id] }).await;
    let told = eyes.hear().await;
    assert!(matches!(&told[..], [enums::Update::UpdateReadMessagesContents(_)]), "{told:?}");
    ears.hear().await;
    world.pass(model::message::ONCE_S);
    sweep(&world).await;
    for listener in [&mut eyes, &mut ears] {
        let edits = messages(&listener.hear().await);
        assert_eq!(edits.iter().map(picture).collect::<Vec<_>>(), [(Some(i32::MAX), false)]);
        assert_eq!(edits[0].edit_date, None);
    }
    services::media::destroy(&world.core).await.unwrap();
    let left = world.core.stores.media.photos(&[model::PhotoId(5)]).await.unwrap();
    assert_eq!(left, Vec::new());
}

/// What ended with being seen was the old one.
#[tokio::test]
async fn a_photo_in_the_place_of_one_that_was_seen_stays() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut ears = ben.listen().await;
    anna.ok(send_once(&anna, anna.peer(&ben), 5).await).await;
    let arrived = messages(&ears.hear().await).remove(0);
    ben.ok(f::ReadMessageContents { id: vec![arrived.id] }).await;
    let edit = f::EditMessage {
        peer: anna.peer(&ben),
        id: history(&anna, anna.peer(&ben)).await[0].0,
        message: Some("lasting".to_owned()),
        media: Some(photo(&anna, 6).await),
        ..Default::default()
    };
    anna.ok(edit).await;
    world.pass(model::message::ONCE_S);
    sweep(&world).await;
    let last = messages(&ears.hear().await).pop().unwrap();
    assert_eq!((last.message.as_str(), picture(&last)), ("lasting", (None, true)));
    assert_eq!(history(&ben, ben.peer(&anna)).await, [(arrived.id, "lasting".to_owned())]);
}

#[tokio::test]
async fn only_private_chats_show_something_once() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let chat = group(&anna, &[&ben]).await;
    let request = send_once(&anna, anna.input_peer(Peer::Chat(chat)), 5).await;
    assert_eq!(anna.fails(request).await, "TTL_MEDIA_INVALID");
}
