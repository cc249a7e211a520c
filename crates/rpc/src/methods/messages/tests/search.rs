//! Histories by every offset, and search in one chat and in all.

use tl_api::functions::messages as f;
use tl_api::{enums, types};

use super::groups::group;
use super::{say, shown};
use crate::testing::{START, World};

fn numbers(answer: &enums::messages::Messages) -> Vec<i32> {
    shown(answer).into_iter().map(|(id, _)| id).collect()
}

#[tokio::test]
async fn a_history_is_read_from_every_offset() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    for n in 1..=10 {
        say(&anna, anna.peer(&ben), &n.to_string()).await;
        world.pass(10);
    }
    let start = i32::try_from(START).unwrap();
    let window = |offset_id, offset_date, add_offset, limit, max_id, min_id| f::GetHistory {
        peer: anna.peer(&ben),
        offset_id,
        offset_date,
        add_offset,
        limit,
        max_id,
        min_id,
        hash: 0,
    };
    let cases = [
        ("newest", window(0, 0, 0, 3, 0, 0), vec![10, 9, 8]),
        ("before a number", window(8, 0, 0, 3, 0, 0), vec![7, 6, 5]),
        ("around a number", window(5, 0, -2, 4, 0, 0), vec![6, 5, 4, 3]),
        ("after a number", window(3, 0, -3, 3, 0, 0), vec![5, 4, 3]),
        ("before a date", window(0, start + 25, 0, 2, 0, 0), vec![3, 2]),
        ("between bounds", window(0, 0, 0, 10, 6, 2), vec![5, 4, 3]),
        ("nothing", window(0, 0, 0, 0, 0, 0), vec![]),
        ("before the first", window(1, 0, 0, 5, 0, 0), vec![]),
    ];
    for (name, request, expected) in cases {
        assert_eq!(numbers(&anna.ok(request).await), expected, "{name}");
    }
    let enums::messages::Messages::MessagesSlice(slice) = anna.ok(window(8, 0, 0, 3, 0, 0)).await
    else {
        panic!()
    };
    assert_eq!((slice.count, slice.offset_id_offset), (10, Some(3)));
}

/// As each message names it; elsewhere nothing has such a dialog.
#[tokio::test]
async fn saved_messages_are_searched_by_where_they_are_from() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let words = say(&anna, anna.peer(&ben), "words").await;
    let own = || enums::InputPeer::InputPeerSelf;
    let note = say(&anna, own(), "words of my own").await;
    let forward = f::ForwardMessages {
        from_peer: anna.peer(&ben),
        id: vec![words],
        random_id: vec![7],
        to_peer: own(),
        ..Default::default()
    };
    anna.ok(forward).await;
    let search = |peer, saved_peer_id| f::Search {
        peer,
        q: "words".to_owned(),
        filter: enums::MessagesFilter::InputMessagesFilterEmpty,
        saved_peer_id,
        limit: 10,
        ..Default::default()
    };
    let found = anna.ok(search(own(), Some(anna.peer(&ben)))).await;
    assert_eq!(numbers(&found), [note + 1]);
    let enums::messages::Messages::Messages(page) = found else { panic!() };
    let of_ben = Some(types::PeerUser { user_id: ben.user().0 }.into());
    assert!(
        matches!(&page.messages[..], [enums::Message::Message(m)] if m.saved_peer_id == of_ben)
    );
    assert_eq!(numbers(&anna.ok(search(own(), Some(own()))).await), [note]);
    assert_eq!(numbers(&anna.ok(search(own(), None)).await), [note + 1, note]);
    assert_eq!(numbers(&anna.ok(search(anna.peer(&ben), Some(own()))).await), [0; 0]);
    let everywhere = search(enums::InputPeer::InputPeerEmpty, Some(anna.peer(&ben)));
    assert_eq!(numbers(&anna.ok(everywhere).await), [note + 1]);
    let talk = anna.input_peer(model::Peer::Chat(group(&anna, &[&ben]).await));
    assert_eq!(numbers(&anna.ok(search(talk, Some(own()))).await), [0; 0]);
    let counters = f::GetSearchCounters {
        peer: own(),
        saved_peer_id: Some(anna.peer(&ben)),
        filters: vec![enums::MessagesFilter::InputMessagesFilterEmpty],
        ..Default::default()
    };
    assert!(matches!(
        &anna.ok(counters).await[..],
        [enums::messages::SearchCounter::SearchCounter(of)] if of.count == 1
    ));
}

#[tokio::test]
async fn words_kinds_and_authors_narrow_a_search() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    say(&anna, anna.peer(&ben), "Hello World").await;
    say(&ben, ben.peer(&anna), "hello yourself").await;
    say(&anna, anna.peer(&ben), "see example.org").await;
    let search = |q: &str, filter, from_id| f::Search {
        peer: anna.peer(&ben),
        q: q.to_owned(),
        filter,
        from_id,
        limit: 10,
        ..Default::default()
    };
    let all = || enums::MessagesFilter::InputMessagesFilterEmpty;
    assert_eq!(numbers(&anna.ok(search("HELLO", all(), None)).await), [2, 1]);
    assert_eq!(numbers(&anna.ok(search("hel wor", all(), None)).await), [1]);
    assert_eq!(
        numbers(&anna.ok(search("hello", all(), Some(enums::InputPeer::InputPeerSelf))).await),
        [1]
    );
    let url = enums::MessagesFilter::InputMessagesFilterUrl;
    assert_eq!(numbers(&anna.ok(search("", url.clone(), None)).await), [3]);
    let filters = vec![url, enums::MessagesFilter::InputMessagesFilterPhotos];
    let counters = anna
        .ok(f::GetSearchCounters { peer: anna.peer(&ben), filters, ..Default::default() })
        .await;
    let counts: Vec<i32> = counters
        .iter()
        .map(|counter| {
            let enums::messages::SearchCounter::SearchCounter(counter) = counter;
            counter.count
        })
        .collect();
    assert_eq!(counts, [1, 0]);
}

#[tokio::test]
async fn a_global_search_goes_through_all_chats_page_by_page() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = group(&anna, &[&ben]).await;
    let chat: enums::InputPeer = types::InputPeerChat { chat_id: id.0 }.into();
    // Three in one second, so that a page ends within it.
    say(&anna, anna.peer(&ben), "apple one").await;
    say(&anna, anna.peer(&carl), "apple two").await;
    say(&anna, chat.clone(), "apple three").await;
    world.pass(5);
    say(&ben, chat, "apple four").await;
    let mut found = Vec::new();
    let filter = enums::MessagesFilter::InputMessagesFilterEmpty;
    let all = f::SearchGlobal { q: "apple".to_owned(), filter, ..Default::default() };
    let mut request = f::SearchGlobal { limit: 1, ..all.clone() };
    for _ in 0..10 {
        let answer = anna.ok(request.clone()).await;
        let (messages, rate) = match answer {
            enums::messages::Messages::MessagesSlice(slice) => (slice.messages, slice.next_rate),
            enums::messages::Messages::Messages(whole) => (whole.messages, None),
            other => panic!("{other:?}"),
        };
        for message in &messages {
            let enums::Message::Message(message) = message else { panic!() };
            found.push(message.message.clone());
            request.offset_id = message.id;
            request.offset_peer = match &message.peer_id {
                enums::Peer::PeerUser(peer) => {
                    anna.input_peer(model::Peer::User(model::UserId(peer.user_id)))
                }
                enums::Peer::PeerChat(peer) => {
                    types::InputPeerChat { chat_id: peer.chat_id }.into()
                }
                enums::Peer::PeerChannel(_) => panic!(),
            };
        }
        match rate {
            Some(rate) => request.offset_rate = rate,
            None => break,
        }
    }
    assert_eq!(found[0], "apple four");
    found.sort();
    assert_eq!(found, ["apple four", "apple one", "apple three", "apple two"]);
    assert_eq!(
        anna.fails(f::SearchGlobal { q: String::new(), ..all.clone() }).await,
        "SEARCH_QUERY_EMPTY"
    );
    let users = anna.ok(f::SearchGlobal { users_only: true, limit: 10, ..all.clone() }).await;
    let groups = anna.ok(f::SearchGlobal { groups_only: true, limit: 10, ..all }).await;
    assert_eq!((shown(&users).len(), shown(&groups).len()), (2, 2));
}

#[tokio::test]
async fn a_search_of_one_kind_of_chat_looks_behind_the_others() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    say(&ben, ben.peer(&anna), "apple alone").await;
    let club = group(&anna, &[&ben]).await;
    for _ in 0..150 {
        say(&ben, types::InputPeerChat { chat_id: club.0 }.into(), "apple").await;
    }
    let filter = enums::MessagesFilter::InputMessagesFilterEmpty;
    let all = f::SearchGlobal { q: "apple".to_owned(), filter, limit: 100, ..Default::default() };
    let users = anna.ok(f::SearchGlobal { users_only: true, ..all.clone() }).await;
    assert_eq!(shown(&users).len(), 1);
    // More than a page of one second is read to its end.
    let enums::messages::Messages::MessagesSlice(first) = anna.ok(all.clone()).await else {
        panic!()
    };
    let last = first.messages.last().cloned().map(|message| super::numbered(&message).0);
    let rest = f::SearchGlobal {
        offset_rate: first.next_rate.unwrap(),
        offset_peer: types::InputPeerChat { chat_id: club.0 }.into(),
        offset_id: last.unwrap(),
        ..all
    };
    assert_eq!(first.messages.len() + shown(&anna.ok(rest).await).len(), 151);
}

#[tokio::test]
async fn a_calendar_counts_the_days() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let own = || enums::InputPeer::InputPeerSelf;
    for n in 0..3 {
        say(&anna, own(), &format!("https://example.org/{n}")).await;
        world.pass(if n == 0 { 10 } else { 24 * 3600 });
    }
    let filter = enums::MessagesFilter::InputMessagesFilterUrl;
    let request =
        f::GetSearchResultsCalendar { peer: own(), filter: filter.clone(), ..Default::default() };
    let enums::messages::SearchResultsCalendar::SearchResultsCalendar(calendar) =
        anna.ok(request).await;
    let days: Vec<(i32, i32, i32)> = calendar
        .periods
        .iter()
        .map(|day| {
            let enums::SearchResultsCalendarPeriod::SearchResultsCalendarPeriod(day) = day;
            (day.min_msg_id, day.max_msg_id, day.count)
        })
        .collect();
    assert_eq!((calendar.count, days), (3, vec![(3, 3, 1), (1, 2, 2)]));
    let request =
        f::GetSearchResultsPositions { peer: own(), filter, limit: 2, ..Default::default() };
    let enums::messages::SearchResultsPositions::SearchResultsPositions(positions) =
        anna.ok(request).await;
    assert_eq!((positions.count, positions.positions.len()), (3, 2));
}
