//! Catching up: slices without holes, account events by date, gaps that are too long.

use model::event::{AccountEvent, Ephemeral};
use model::{ChannelId, Peer, UserId};
use tl_api::functions::messages as f;
use tl_api::functions::updates as u;
use tl_api::{enums, types};

use super::{numbered, say};
use crate::testing::{Device, START, World};
use crate::updates::{Viewer, channels_too_long, ephemeral};

/// Asks until nothing is missing; answers new messages and other updates in order.
async fn catch_up(
    device: &Device<'_>,
    mut pts: i32,
    mut date: i32,
    slice: Option<i32>,
) -> (Vec<(i32, String)>, Vec<enums::Update>, types::updates::State) {
    let (mut messages, mut others) = (Vec::new(), Vec::new());
    loop {
        let request = u::GetDifference { pts, date, pts_limit: slice, ..Default::default() };
        let (new, other, state, last) = match device.ok(request).await {
            enums::updates::Difference::Difference(d) => {
                (d.new_messages, d.other_updates, d.state, true)
            }
            enums::updates::Difference::DifferenceSlice(d) => {
                (d.new_messages, d.other_updates, d.intermediate_state, false)
            }
            other => panic!("{other:?}"),
        };
        let enums::updates::State::State(state) = state;
        assert!(state.pts >= pts, "a position never goes back");
        messages.extend(new.iter().map(numbered));
        others.extend(other);
        (pts, date) = (state.pts, state.date);
        if last {
            return (messages, others, state);
        }
    }
}

#[tokio::test]
async fn three_hundred_messages_come_in_order_and_in_slices() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    for n in 1..=300 {
        say(&anna, anna.peer(&ben), &format!("{n}")).await;
    }
    for slice in [None, Some(7), Some(100)] {
        let (messages, others, state) =
            catch_up(&ben, 1, i32::try_from(START).unwrap(), slice).await;
        let wanted: Vec<_> = (1..=300).map(|n| (n, n.to_string())).collect();
        assert_eq!(messages, wanted);
        assert_eq!((others.len(), state.pts), (0, 301));
    }
    let now =
        u::GetDifference { pts: 301, date: i32::try_from(START).unwrap(), ..Default::default() };
    let empty = types::updates::DifferenceEmpty { date: i32::try_from(START).unwrap(), seq: 0 };
    ben.check(now, Ok(empty.into())).await;
}

#[tokio::test]
async fn a_difference_says_what_live_updates_said() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let laptop = world.device(ben.user());
    let mut ears = laptop.listen().await;
    let kept = say(&anna, anna.peer(&ben), "kept").await;
    let gone = say(&anna, anna.peer(&ben), "gone").await;
    anna.ok(f::EditMessage {
        peer: anna.peer(&ben),
        id: kept,
        message: Some("edited".to_owned()),
        ..Default::default()
    })
    .await;
    anna.ok(f::DeleteMessages { revoke: true, id: vec![gone] }).await;
    ben.ok(f::ReadHistory { peer: ben.peer(&anna), max_id: 1 }).await;
    ben.ok(f::SaveDraft {
        peer: ben.peer(&anna),
        message: "well".to_owned(),
        ..Default::default()
    })
    .await;
    let live = ears.hear().await;
    let (messages, others, state) = catch_up(&laptop, 1, i32::try_from(START).unwrap(), None).await;
    // The present state shows, and nothing of what is gone.
    assert_eq!(messages, [(1, "edited".to_owned())]);
    let rest: Vec<_> = live
        .into_iter()
        .filter(|update| {
            let place_holder =
                matches!(update, enums::Update::UpdateDeleteMessages(d) if d.messages.is_empty());
            !place_holder && !matches!(update, enums::Update::UpdateNewMessage(_))
        })
        .collect();
    assert_eq!(others, rest);
    assert_eq!(state.pts, 6);
}

#[tokio::test]
async fn account_events_are_replayed_from_the_date_on() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    say(&anna, anna.peer(&ben), "hi").await;
    world.pass(100);
    let pin = |pinned| f::ToggleDialogPin {
        pinned,
        peer: types::InputDialogPeer { peer: ben.peer(&anna) }.into(),
    };
    ben.ok(pin(true)).await;
    world.pass(100);
    let start = i32::try_from(START).unwrap();
    let (messages, others, state) = catch_up(&ben, 1, start, None).await;
    assert_eq!((messages.len(), state.date), (1, start + 200));
    assert!(matches!(&others[..], [enums::Update::UpdateDialogPinned(p)] if p.pinned));
    let later = u::GetDifference { pts: state.pts, date: state.date, ..Default::default() };
    assert!(matches!(ben.ok(later).await, enums::updates::Difference::DifferenceEmpty(_)));
}

/// Its second was over when the client asked, and it waited for its commit: no push reached the client, and it asks again.
#[tokio::test]
async fn an_account_event_that_commits_late_is_not_missed() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    say(&anna, anna.peer(&ben), "hi").await;
    let stamped = world.core.now();
    world.pass(3);
    let (_, _, state) = catch_up(&ben, 1, i32::try_from(START).unwrap(), None).await;
    let event = AccountEvent::DialogUnreadMark { peer: Peer::User(anna.user()), unread: true };
    let late = vec![(ben.user(), event)];
    world.core.stores.accounts.append_account_events(late, stamped).await.unwrap();
    world.pass(60);
    let (_, others, _) = catch_up(&ben, state.pts, state.date, None).await;
    assert!(matches!(&others[..], [enums::Update::UpdateDialogUnreadMark(mark)] if mark.unread));
}

/// A client that takes the date of a push for what it knows is told of what the push overtook.
#[tokio::test]
async fn the_date_of_a_push_passes_over_nothing() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let pin = f::ToggleDialogPin {
        pinned: true,
        peer: types::InputDialogPeer { peer: ben.peer(&anna) }.into(),
    };
    say(&anna, anna.peer(&ben), "hi").await;
    world.pass(100);
    ben.ok(pin).await;
    world.pass(2);
    let react = super::reactions::react(ben.peer(&anna), 1, &["👍"]);
    let enums::Updates::Updates(pushed) = ben.ok(react).await else { panic!() };
    let (peer, user) = (Peer::User(anna.user()), anna.user());
    let typing = Ephemeral::Typing { peer, user, action: None };
    let viewer = Viewer { user: ben.user(), dc: 2 };
    let Ok(Some(enums::Updates::UpdateShort(short))) =
        ephemeral(&world.core, viewer, &typing).await
    else {
        panic!()
    };
    let enums::Updates::Updates(long) = channels_too_long(&world.core, &[ChannelId(1)]) else {
        panic!()
    };
    for date in [pushed.date, short.date, long.date] {
        let (_, others, _) = catch_up(&ben, 2, date, None).await;
        assert!(others.iter().any(|update| matches!(update, enums::Update::UpdateDialogPinned(_))));
    }
}

#[tokio::test]
async fn more_account_events_of_one_second_than_a_slice_holds_are_all_told() {
    let world = World::new();
    let ben = world.sign_up("Ben").await;
    world.pass(100);
    let events = |count: i64, first: i64| {
        let event = |n| AccountEvent::User { user: UserId(first + n) };
        (0..count).map(|n| (ben.user(), event(n))).collect()
    };
    let record = async |events| {
        services::account_events::record(&world.core, events, None).await.unwrap();
    };
    record(events(1500, 10_000)).await;
    world.pass(1);
    record(events(1, 20_000)).await;
    world.pass(100);
    let start = i32::try_from(START).unwrap();
    let mut asked = u::GetDifference { pts: 1, date: start + 50, ..Default::default() };
    let mut told = Vec::new();
    loop {
        let (updates, state, last) = match ben.ok(asked.clone()).await {
            enums::updates::Difference::Difference(d) => (d.other_updates, d.state, true),
            enums::updates::Difference::DifferenceSlice(d) => {
                (d.other_updates, d.intermediate_state, false)
            }
            other => panic!("{other:?}"),
        };
        told.extend(updates.into_iter().filter_map(|update| match update {
            enums::Update::UpdateUser(update) => Some(update.user_id),
            _ => None,
        }));
        let enums::updates::State::State(state) = state;
        (asked.pts, asked.date) = (state.pts, state.date);
        if last {
            break;
        }
    }
    let wanted: Vec<i64> = (10_000..11_500).chain([20_000]).collect();
    assert_eq!(told, wanted);
}

#[tokio::test]
async fn a_channel_that_moved_is_named_with_its_position() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let channel = super::channels::channel(&anna, true, &[&ben]).await;
    world.pass(100);
    let named = async |date: i64| {
        let asked =
            u::GetDifference { pts: 1, date: i32::try_from(date).unwrap(), ..Default::default() };
        let (updates, chats) = match ben.ok(asked).await {
            enums::updates::Difference::Difference(d) => (d.other_updates, d.chats),
            enums::updates::Difference::DifferenceEmpty(_) => return Vec::new(),
            other => panic!("{other:?}"),
        };
        assert_eq!(chats.len(), 1);
        let too_long = updates.into_iter().filter_map(|update| match update {
            enums::Update::UpdateChannelTooLong(update) => Some((update.channel_id, update.pts)),
            _ => None,
        });
        too_long.collect()
    };
    assert_eq!(named(START + 100).await, []);
    say(&anna, anna.input_peer(Peer::Channel(channel)), "hello").await;
    let pts = world.core.stores.channels.channels(&[channel]).await.unwrap()[0].pts.0;
    assert_eq!(named(START + 100).await, [(channel.0, Some(pts))]);
    world.pass(100);
    assert_eq!(named(START + 200).await, []);
}

#[tokio::test]
async fn a_gap_that_is_too_long_is_said_to_be() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    for n in 0..5 {
        say(&anna, anna.peer(&ben), &n.to_string()).await;
    }
    let ask = |pts, total| u::GetDifference {
        pts,
        pts_total_limit: total,
        date: 1,
        ..Default::default()
    };
    ben.check(ask(1, Some(3)), Ok(types::updates::DifferenceTooLong { pts: 6 }.into())).await;
    for pts in [0, -1] {
        assert!(ben.fails(ask(pts, None)).await.starts_with("PERSISTENT_TIMESTAMP"));
    }
    // A position from the future (an older backup was restored) is led back.
    assert!(matches!(
        ben.ok(ask(1000, None)).await,
        enums::updates::Difference::DifferenceEmpty(_) | enums::updates::Difference::Difference(_)
    ));
}

#[tokio::test]
async fn long_texts_make_short_slices() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let long = "ж".repeat(4096);
    for _ in 0..300 {
        say(&anna, anna.peer(&ben), &long).await;
    }
    let first = u::GetDifference { pts: 1, date: 1, ..Default::default() };
    let enums::updates::Difference::DifferenceSlice(slice) = ben.ok(first).await else {
        panic!("one slice is enough")
    };
    assert!((200..300).contains(&slice.new_messages.len()), "{}", slice.new_messages.len());
    let (messages, _, state) = catch_up(&ben, 1, 1, None).await;
    assert_eq!((messages.len(), state.pts), (300, 301));
}
