//! What boxes cost, counted, and what they leave behind.

use std::path::Path;

use model::dialog::Draft;
use model::message::Body;
use model::{MessageId, Peer, Pts, UnixTime};
use store::Stores;
use store::conformance::support::NOW;
use store::conformance::writing::{ANN, BEN, CAT, group, query, say, say_in, send, text};
use store::ports::boxes::{BoxPeer, NewBoxMessage};

/// What the store has done up to now: rows and statements of the writer.
fn written(stores: &Stores) -> [u64; 2] {
    let counters = stores.upkeep.counters();
    let value = |name| counters.iter().find(|(one, _)| *one == name).expect("counted").1;
    [value("rows_written"), value("write_statements")]
}

#[tokio::test]
async fn a_private_message_costs_two_rows_and_two_counters() {
    let (stores, _folder) = super::sqlite().await;
    say(&stores, ANN, BEN, "the dialogs are there").await;
    let before = written(&stores);
    let new = text(ANN, BoxPeer::User(BEN), "hello");
    // A draft is cleared, and its end recorded, only where the service saw one.
    send(&stores, NewBoxMessage { random_id: Some(1), ..new }).await;
    let after = written(&stores);
    assert_eq!(after[0] - before[0], 4);
    // Each copy: counter read and written, row, dialog; once: repetition, block, and both ends of the transaction.
    assert_eq!(after[1] - before[1], 2 * 4 + 4);
}

#[tokio::test]
async fn a_long_box_is_indexed_and_read_in_parts() {
    let (stores, _folder) = super::sqlite().await;
    for round in 0..12 {
        let many = (0..100).map(|n| text(ANN, BoxPeer::User(BEN), &format!("bird r{round} n{n}")));
        stores.boxes.send(many.collect()).await.unwrap();
    }
    let found = stores.boxes.search(BEN, query("bird r11 n9")).await.unwrap();
    assert_eq!(found.total, 11);
    stores.boxes.delete(BEN, &[MessageId(600)], false).await.unwrap();
    for after in [1, 2, 599, 600, 601, 1199, 1200, 1201, 1202] {
        let events = stores.boxes.events(BEN, Pts(after), 3).await.unwrap();
        let places: Vec<_> = events.iter().map(|entry| entry.pts.0).collect();
        let expected: Vec<_> = (after + 1..=1202).take(3).collect();
        assert_eq!(places, expected, "after {after}");
    }
}

/// Whether any file of a folder holds these bytes.
fn holds(folder: &Path, marker: &str) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).any(|path| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(marker.len()).any(|window| window == marker.as_bytes())
    })
}

#[tokio::test]
async fn what_is_deleted_is_in_no_file() {
    let (stores, folder) = super::sqlite().await;
    let chat = group(&stores, &[ANN, BEN, CAT]).await;
    let (private, _) = say(&stores, ANN, BEN, "privmarker quokka").await;
    let in_group = say_in(&stores, ANN, chat, "groupmarker quokka").await;
    let (edited, _) = say(&stores, ANN, BEN, "editmarker quokka").await;
    for n in 0..40 {
        say(&stores, ANN, BEN, &format!("staying {n}")).await;
    }
    let draft = Draft { text: "draftmarker".to_owned(), date: NOW, ..Draft::default() };
    stores.dialogs.set_draft(ANN, Peer::User(BEN), Some(draft)).await.unwrap();
    for owner in [ANN, BEN, CAT] {
        assert!(stores.boxes.search(owner, query("quok")).await.unwrap().total > 0);
    }
    let react = vec!["reactmarker".to_owned()];
    stores.boxes.react(BEN, MessageId(1), react, NOW).await.unwrap();
    stores.upkeep.tidy().await.unwrap();
    let markers = ["privmarker", "groupmarker", "editmarker", "draftmarker", "reactmarker"];
    assert!(markers.iter().all(|marker| holds(folder.path(), marker)), "the markers can be found");

    stores.boxes.delete(ANN, &[private, in_group], true).await.unwrap();
    let body = Body { text: "rewritten".to_owned(), ..Body::default() };
    stores.boxes.edit(ANN, edited, body, Some(UnixTime(NOW.0 + 1))).await.unwrap();
    let new = text(ANN, BoxPeer::User(BEN), "sent");
    send(&stores, NewBoxMessage { clear_draft: true, ..new }).await;
    stores.upkeep.tidy().await.unwrap();
    for marker in markers {
        assert!(!holds(folder.path(), marker), "{marker} is still there");
    }
    assert!(!holds(folder.path(), "xquokka"), "the word is still in the index");
    assert!(holds(folder.path(), "staying"));
    assert_eq!(stores.upkeep.check(&|_, _| {}).await.unwrap().faults, Vec::<String>::new());
}

#[tokio::test]
async fn the_check_finds_holes_and_wrong_marks() {
    let (stores, folder) = super::sqlite().await;
    for words in ["one", "two", "three"] {
        say(&stores, ANN, BEN, words).await;
    }
    stores.boxes.delete(ANN, &[MessageId(2)], false).await.unwrap();
    let faults = async || stores.upkeep.check(&|_, _| {}).await.unwrap().faults;
    assert_eq!(faults().await, Vec::<String>::new());
    let vandal = rusqlite::Connection::open(folder.path().join("hoopoe.db")).unwrap();
    vandal
        .execute_batch(
            "DELETE FROM box_events WHERE payload IS NULL;
             UPDATE dialogs SET read_inbox = 9 WHERE owner_id = 2000002;",
        )
        .unwrap();
    let found = faults().await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("box 2000001") && found[1].contains("box 2000002"), "{found:?}");
}
