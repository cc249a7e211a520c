//! Cases of the boxes port: editing and deleting.

use model::rights::Denial;
use model::{MessageId, Peer, Pts, UserId};

use super::support::{NOW, later};
use super::writing::{
    ANN, BEN, CAT, body, emoji, find, group, message, say, say_in, send, text, texts,
};
use crate::ports::boxes::{BoxPeer, DeleteHistory, NewBoxMessage};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! box_changes_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            box_changes,
            $make,
            [
                an_edit_reaches_all_copies,
                only_the_author_edits,
                an_edit_that_changes_nothing_is_refused,
                a_hidden_edit_shows_no_date,
                a_deletion_stays_in_its_box,
                a_revoked_deletion_reaches_all_copies,
                members_revoke_only_their_own_in_groups,
                former_members_lose_what_is_revoked,
                former_members_hear_of_no_change,
                unknown_ids_are_passed_over_in_deletions,
                a_history_is_deleted_in_parts,
                a_history_is_deleted_within_dates,
                a_revoked_history_is_gone_on_both_sides,
            ]
        );
    };
}

/// Each copy moves its own box.
pub async fn an_edit_reaches_all_copies(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    let id = say_in(stores, BEN, chat, "wrong").await;
    let changes = stores.boxes.edit(BEN, id, body("right"), Some(later(5))).await.expect("his");
    let owners: Vec<_> = changes.iter().map(|change| change.change.owner).collect();
    assert_eq!(owners, [BEN, ANN, CAT]);
    for change in &changes {
        assert_eq!((change.change.pts, change.change.pts_count), (Pts(3), 1));
        assert_eq!(change.message.body.text, "right");
        assert_eq!(change.message.edit_date, Some(later(5)));
        let stored = message(stores, change.change.owner, change.message.id).await;
        assert_eq!(stored, change.message);
    }
}

/// Nobody edits another's message, nor one that does not exist.
pub async fn only_the_author_edits(stores: &Stores) {
    let (_, other) = say(stores, ANN, BEN, "mine").await;
    let refused = stores.boxes.edit(BEN, other, body("his"), None).await;
    assert_eq!(refused, Err(Denial::NotAuthor.into()));
    let missing = stores.boxes.edit(BEN, MessageId(9), body("his"), None).await;
    assert_eq!(missing, Err(Error::NotFound));
}

/// The same body again changes nothing.
pub async fn an_edit_that_changes_nothing_is_refused(stores: &Stores) {
    let (own, _) = say(stores, ANN, BEN, "same").await;
    let refused = stores.boxes.edit(ANN, own, body("same"), Some(NOW)).await;
    assert_eq!(refused, Err(Error::NotModified));
    assert_eq!(stores.boxes.pts(ANN).await, Ok(Pts(2)));
}

/// A link preview that arrives later is no edit to its readers.
pub async fn a_hidden_edit_shows_no_date(stores: &Stores) {
    let (own, _) = say(stores, ANN, BEN, "one").await;
    let hidden = stores.boxes.edit(ANN, own, body("two"), None).await.expect("hers");
    assert_eq!(hidden[1].message.edit_date, None);
    stores.boxes.edit(ANN, own, body("three"), Some(later(1))).await.expect("hers");
    let hidden = stores.boxes.edit(ANN, own, body("four"), None).await.expect("hers");
    assert_eq!(hidden[1].message.edit_date, Some(later(1)));
}

/// Without `revoke` the others keep theirs.
pub async fn a_deletion_stays_in_its_box(stores: &Stores) {
    let (own, other) = say(stores, ANN, BEN, "hello").await;
    let deleted = stores.boxes.delete(ANN, &[own], false).await.expect("hers");
    assert_eq!(deleted.len(), 1);
    assert_eq!((deleted[0].change.pts, &deleted[0].ids), (Pts(3), &vec![own]));
    assert_eq!(find(stores, ANN, own).await, None);
    assert!(find(stores, BEN, other).await.is_some());
}

/// In a private chat everybody's messages, the owner's change first.
pub async fn a_revoked_deletion_reaches_all_copies(stores: &Stores) {
    let (a, _) = say(stores, ANN, BEN, "one").await;
    let (_, b) = say(stores, BEN, ANN, "two").await;
    let deleted = stores.boxes.delete(ANN, &[a, b], true).await.expect("both");
    let changes: Vec<_> = deleted
        .iter()
        .map(|one| (one.change.owner, one.change.pts, one.change.pts_count))
        .collect();
    assert_eq!(changes, [(ANN, Pts(5), 2), (BEN, Pts(5), 2)]);
    assert!(texts(stores, ANN, Peer::User(BEN)).await.is_empty());
    assert!(texts(stores, BEN, Peer::User(ANN)).await.is_empty());
}

/// A member takes back only what is theirs; an admin everything.
pub async fn members_revoke_only_their_own_in_groups(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    let first = say_in(stores, BEN, chat, "from Ben").await;
    let second = say_in(stores, CAT, chat, "from Cat").await;
    let deleted = stores.boxes.delete(BEN, &[first, second], true).await.expect("his box");
    assert_eq!(deleted[0].ids, [first, second]);
    assert_eq!(texts(stores, ANN, Peer::Chat(chat)).await, ["from Cat"]);
    assert_eq!(texts(stores, CAT, Peer::Chat(chat)).await, ["from Cat"]);
    let deleted = stores.boxes.delete(ANN, &[second], true).await.expect("an admin");
    assert_eq!(deleted.len(), 2);
    assert!(texts(stores, CAT, Peer::Chat(chat)).await.is_empty());
}

/// Who left keeps the copies of then, but not what is taken back.
pub async fn former_members_lose_what_is_revoked(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    let id = say_in(stores, ANN, chat, "secret").await;
    stores.chats.remove_member(chat, CAT, CAT).await.expect("may leave");
    assert_eq!(texts(stores, CAT, Peer::Chat(chat)).await, ["secret"]);
    stores.boxes.delete(ANN, &[id], true).await.expect("hers");
    assert!(texts(stores, CAT, Peer::Chat(chat)).await.is_empty());
}

/// What is edited, pinned or reacted to later is none of their business, and moves their box no more.
pub async fn former_members_hear_of_no_change(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    let id = say_in(stores, ANN, chat, "before").await;
    stores.chats.remove_member(chat, CAT, CAT).await.expect("may leave");
    let stands = stores.boxes.pts(CAT).await.expect("readable");
    let edited = stores.boxes.edit(ANN, id, body("after"), Some(NOW)).await.expect("hers");
    let owners: Vec<_> = edited.iter().map(|one| one.change.owner).collect();
    assert_eq!(owners, [ANN, BEN]);
    let pinned = stores.boxes.pin(ANN, Peer::Chat(chat), &[id], true, true).await.expect("may");
    assert_eq!(pinned.iter().map(|one| one.change.owner).collect::<Vec<_>>(), [ANN, BEN]);
    let reacted = stores.boxes.react(ANN, id, emoji(&["👍"]), NOW).await.expect("there");
    assert_eq!(reacted.iter().map(|(owner, _)| *owner).collect::<Vec<_>>(), [ANN, BEN]);
    assert_eq!(texts(stores, CAT, Peer::Chat(chat)).await, ["before"]);
    assert_eq!(stores.boxes.pts(CAT).await, Ok(stands));
}

/// Nothing to delete is no change.
pub async fn unknown_ids_are_passed_over_in_deletions(stores: &Stores) {
    let (own, _) = say(stores, ANN, BEN, "hello").await;
    assert_eq!(stores.boxes.delete(ANN, &[MessageId(99)], true).await, Ok(Vec::new()));
    let deleted = stores.boxes.delete(ANN, &[MessageId(99), own, own], false).await.expect("one");
    assert_eq!((deleted[0].change.pts_count, &deleted[0].ids), (1, &vec![own]));
    assert_eq!(stores.boxes.pts(ANN).await, Ok(Pts(3)));
}

fn all_of(owner: UserId, peer: Peer) -> DeleteHistory {
    DeleteHistory {
        owner,
        peer,
        max_id: MessageId(0),
        revoke: false,
        keep_dialog: false,
        min_date: None,
        max_date: None,
        limit: 100,
    }
}

/// Newest first, until nothing is left.
pub async fn a_history_is_deleted_in_parts(stores: &Stores) {
    for words in ["one", "two", "three"] {
        say(stores, ANN, BEN, words).await;
    }
    say(stores, ANN, CAT, "other").await;
    let request = DeleteHistory { limit: 2, ..all_of(ANN, Peer::User(BEN)) };
    let (deleted, left) = stores.boxes.delete_history(request).await.expect("hers");
    assert_eq!((deleted[0].ids.clone(), left), (vec![MessageId(3), MessageId(2)], 1));
    let (deleted, left) = stores.boxes.delete_history(request).await.expect("hers");
    assert_eq!((deleted[0].ids.clone(), left), (vec![MessageId(1)], 0));
    assert_eq!(stores.boxes.delete_history(request).await, Ok((Vec::new(), 0)));
    assert_eq!(texts(stores, BEN, Peer::User(ANN)).await.len(), 3);
    assert_eq!(texts(stores, ANN, Peer::User(CAT)).await, ["other"]);
}

/// Both dates are inclusive, and so is `max_id`.
pub async fn a_history_is_deleted_within_dates(stores: &Stores) {
    for (second, words) in (0..).zip(["one", "two", "three", "four"]) {
        let new = text(ANN, BoxPeer::User(BEN), words);
        send(stores, NewBoxMessage { date: later(second), ..new }).await;
    }
    let within = DeleteHistory {
        min_date: Some(later(1)),
        max_date: Some(later(2)),
        ..all_of(ANN, Peer::User(BEN))
    };
    let (deleted, left) = stores.boxes.delete_history(within).await.expect("hers");
    assert_eq!((deleted[0].ids.clone(), left), (vec![MessageId(3), MessageId(2)], 0));
    let below = DeleteHistory { max_id: MessageId(1), ..all_of(ANN, Peer::User(BEN)) };
    stores.boxes.delete_history(below).await.expect("hers");
    assert_eq!(texts(stores, ANN, Peer::User(BEN)).await, ["four"]);
}

/// With `revoke` the chat ends for both.
pub async fn a_revoked_history_is_gone_on_both_sides(stores: &Stores) {
    say(stores, ANN, BEN, "one").await;
    say(stores, BEN, ANN, "two").await;
    let request = DeleteHistory { revoke: true, ..all_of(ANN, Peer::User(BEN)) };
    let (deleted, left) = stores.boxes.delete_history(request).await.expect("hers");
    assert_eq!((deleted.len(), left), (2, 0));
    assert!(texts(stores, BEN, Peer::User(ANN)).await.is_empty());
    assert_eq!(stores.dialogs.dialog_peers(ANN).await, Ok(Vec::new()));
    assert_eq!(stores.dialogs.dialog_peers(BEN).await, Ok(Vec::new()));
    // Also what she had deleted for herself alone before.
    let (own, _) = say(stores, ANN, BEN, "three").await;
    say(stores, BEN, ANN, "four").await;
    stores.boxes.delete(ANN, &[own], false).await.expect("hers");
    let half = DeleteHistory { limit: 1, ..request };
    let (deleted, left) = stores.boxes.delete_history(half).await.expect("hers");
    assert_eq!((deleted.len(), left), (2, 1));
    assert_eq!(texts(stores, BEN, Peer::User(ANN)).await, ["three"]);
    let (deleted, left) = stores.boxes.delete_history(half).await.expect("hers");
    assert_eq!((deleted.len(), deleted[0].change.owner, left), (1, BEN, 0));
    assert_eq!(stores.dialogs.dialog_peers(BEN).await, Ok(Vec::new()));
}
