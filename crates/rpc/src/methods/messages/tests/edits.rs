//! Editing: by whom, until when, and what counts as a change.

use tl_api::functions::messages as f;
use tl_api::{enums, types};

use super::{messages, say};
use crate::testing::{World, list};

fn edit(peer: enums::InputPeer, id: i32, text: &str) -> f::EditMessage {
    f::EditMessage { peer, id, message: Some(text.to_owned()), ..Default::default() }
}

#[tokio::test]
async fn an_edit_shows_in_both_boxes() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = say(&anna, anna.peer(&ben), "helo").await;
    let mut ears = ben.listen().await;
    world.pass(10);
    let updates = list(anna.ok(edit(anna.peer(&ben), id, "hello")).await);
    for updates in [updates, ears.hear().await] {
        let [enums::Update::UpdateEditMessage(update)] = updates.as_slice() else {
            panic!("{updates:?}")
        };
        assert_eq!((update.pts, update.pts_count), (3, 1));
        let message = &messages(&updates)[0];
        assert_eq!((message.message.as_str(), message.edit_date), ("hello", Some(1_700_000_010)));
    }
}

#[tokio::test]
async fn only_the_author_edits_within_two_days_and_only_what_differs() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = say(&anna, anna.peer(&ben), "hello").await;
    let note = say(&anna, enums::InputPeer::InputPeerSelf, "note").await;
    assert_eq!(anna.fails(edit(anna.peer(&ben), id, "hello")).await, "MESSAGE_NOT_MODIFIED");
    assert_eq!(anna.fails(edit(anna.peer(&ben), id, " ")).await, "MESSAGE_EMPTY");
    assert_eq!(anna.fails(edit(anna.peer(&ben), 99, "x")).await, "MESSAGE_ID_INVALID");
    assert_eq!(ben.fails(edit(ben.peer(&anna), 1, "mine")).await, "MESSAGE_AUTHOR_REQUIRED");
    // A number of one chat means nothing in another.
    assert_eq!(anna.fails(edit(anna.peer(&ben), note, "x")).await, "MESSAGE_ID_INVALID");
    let data = f::GetMessageEditData { peer: anna.peer(&ben), id };
    anna.check(data.clone(), Ok(types::messages::MessageEditData { caption: false }.into())).await;
    world.pass(2 * 24 * 3600 + 1);
    assert_eq!(anna.fails(edit(anna.peer(&ben), id, "late")).await, "MESSAGE_EDIT_TIME_EXPIRED");
    assert_eq!(anna.fails(data).await, "MESSAGE_EDIT_TIME_EXPIRED");
    anna.ok(edit(enums::InputPeer::InputPeerSelf, note, "notes have all time")).await;
}

#[tokio::test]
async fn nobody_speaks_by_edits_in_a_silenced_group() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = super::groups::group(&anna, &[&ben]).await;
    let peer = || types::InputPeerChat { chat_id: id.0 }.into();
    let said = say(&ben, peer(), "hello").await;
    let mute = types::ChatBannedRights { send_messages: true, ..Default::default() };
    let quiet = f::EditChatDefaultBannedRights { peer: peer(), banned_rights: mute.into() };
    anna.ok(quiet).await;
    assert_eq!(ben.fails(edit(peer(), said, "still here")).await, "CHAT_WRITE_FORBIDDEN");
}
