//! Cases of the channels port: editing, deleting, pinning.

use model::invariants::START;
use model::rights::{AdminRights, BannedRights, Denial};
use model::{MessageId, Pts};

use super::channel_scene::{broadcast, group, kicked, service, text};
use super::support::{NOW, later};
use crate::ports::channels::{ChannelChange, LogChange, NewChannelMessage};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! channel_edits_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            channel_edits,
            $make,
            [
                authors_edit_their_messages,
                admins_edit_posts_of_broadcast_channels,
                an_edit_needs_a_change,
                a_hidden_edit_shows_no_date,
                authors_delete_their_messages,
                admins_delete_any_message,
                the_newest_message_is_found_again,
                pins_need_a_right,
                all_pins_are_taken_off,
            ]
        );
    };
}

/// While they are in. In a supergroup, nobody edits the words of others.
pub async fn authors_edit_their_messages(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.say(scene.member, "hello").await;
    let edit =
        |actor| stores.channels.edit_post(scene.id, actor, id, text("goodbye"), Some(later(5)));
    for other in [scene.owner, scene.admin] {
        assert_eq!(edit(other).await.unwrap_err(), Denial::NotAuthor.into());
    }
    assert_eq!(edit(scene.stranger).await.unwrap_err(), Denial::NotParticipant.into());
    let (message, change) = edit(scene.member).await.unwrap();
    assert_eq!((message.body.text.as_str(), message.edit_date), ("goodbye", Some(later(5))));
    assert_eq!(change, LogChange { pts: Pts(START.0 + 2), pts_count: 1, discussion: None });
    assert_eq!(message.pts, Pts(START.0 + 1));
    assert_eq!(scene.message(scene.member, id).await, message);
    scene.ban(scene.member, kicked()).await;
    let gone = stores.channels.edit_post(scene.id, scene.member, id, text("again"), None).await;
    assert_eq!(gone.unwrap_err(), Denial::NotParticipant.into());
}

/// With the right to edit; an author needs the right to post still.
pub async fn admins_edit_posts_of_broadcast_channels(stores: &Stores) {
    let scene = broadcast(stores).await;
    let id = scene.say(scene.admin, "hello").await;
    let edit = |actor, words| stores.channels.edit_post(scene.id, actor, id, text(words), None);
    let editor = AdminRights { edit_messages: true, ..AdminRights::default() };
    scene.grant(scene.owner, scene.member, editor).await.unwrap();
    assert_eq!(edit(scene.member, "edited").await.unwrap().0.body.text, "edited");
    let no_poster = AdminRights { pin_messages: true, ..AdminRights::default() };
    scene.grant(scene.owner, scene.admin, no_poster).await.unwrap();
    assert_eq!(edit(scene.admin, "mine").await.unwrap_err(), Denial::NotAuthor.into());
}

/// And something to be changed.
pub async fn an_edit_needs_a_change(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.say(scene.owner, "hello").await;
    let event = scene.post(scene.written(scene.owner, service())).await.id;
    let edit = |id| stores.channels.edit_post(scene.id, scene.owner, id, text("hello"), Some(NOW));
    assert_eq!(edit(id).await.unwrap_err(), Error::NotModified);
    assert_eq!(edit(event).await.unwrap_err(), Error::NotFound);
    assert_eq!(edit(MessageId(99)).await.unwrap_err(), Error::NotFound);
    scene.delete(&[id]).await;
    assert_eq!(edit(id).await.unwrap_err(), Error::NotFound);
}

/// Nor forgets an older one.
pub async fn a_hidden_edit_shows_no_date(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.say(scene.owner, "one").await;
    let edit = |words, at| stores.channels.edit_post(scene.id, scene.owner, id, text(words), at);
    assert_eq!(edit("two", None).await.unwrap().0.edit_date, None);
    edit("three", Some(later(3))).await.unwrap();
    assert_eq!(edit("four", None).await.unwrap().0.edit_date, Some(later(3)));
}

/// And none of others.
pub async fn authors_delete_their_messages(stores: &Stores) {
    let scene = group(stores).await;
    let theirs = scene.say(scene.admin, "theirs").await;
    let own = scene.say(scene.member, "own").await;
    let before = scene.pts().await;
    let delete = async |ids: &[MessageId]| {
        stores.channels.delete_posts(scene.id, scene.member, ids, NOW).await
    };
    let mixed = [own, theirs];
    assert_eq!(delete(&mixed).await, Err(Denial::AdminRequired.into()));
    assert!(scene.find(scene.member, own).await.is_some());
    let unmoved = LogChange { pts: before, pts_count: 0, discussion: None };
    assert_eq!(delete(&[MessageId(99)]).await, Ok((vec![], unmoved)));
    let moved = LogChange { pts: Pts(before.0 + 1), pts_count: 1, discussion: None };
    assert_eq!(delete(&[own, MessageId(99), own]).await, Ok((vec![own], moved)));
    assert_eq!(scene.find(scene.member, own).await, None);
    let stranger = stores.channels.delete_posts(scene.id, scene.stranger, &[theirs], NOW).await;
    assert_eq!(stranger, Err(Denial::NotParticipant.into()));
}

/// With the right to.
pub async fn admins_delete_any_message(stores: &Stores) {
    let scene = broadcast(stores).await;
    let ids = scene.say_many(&["one", "two", "three"]).await;
    let none = AdminRights { invite_users: true, ..AdminRights::default() };
    scene.grant(scene.owner, scene.admin, none).await.unwrap();
    let picked = [ids[2], ids[0]];
    let delete = || stores.channels.delete_posts(scene.id, scene.admin, &picked, NOW);
    assert_eq!(delete().await, Err(Denial::AdminRequired.into()));
    scene
        .grant(scene.owner, scene.admin, AdminRights { delete_messages: true, ..none })
        .await
        .unwrap();
    let (deleted, change) = delete().await.unwrap();
    assert_eq!((deleted, change.pts_count), (vec![ids[0], ids[2]], 2));
    assert_eq!(change.pts, scene.pts().await);
    assert_eq!(scene.texts(scene.member).await, ["two"]);
}

/// After it was deleted, and with it the place in the list.
pub async fn the_newest_message_is_found_again(stores: &Stores) {
    let scene = group(stores).await;
    let write =
        |at| NewChannelMessage { date: later(at), ..scene.written(scene.owner, text("tick")) };
    let (first, second) = (scene.post(write(10)).await.id, scene.post(write(20)).await.id);
    scene.delete(&[second]).await;
    let dialog = scene.dialog(scene.member).await;
    assert_eq!((dialog.top_message, dialog.date), (first, later(10)));
    scene.delete(&[first]).await;
    assert_eq!(scene.channel().await.top_message, MessageId(0));
    assert_eq!(scene.post(write(5)).await.id, MessageId(3));
}

/// Members have it until it is taken from them; in a broadcast channel, editors have it.
pub async fn pins_need_a_right(stores: &Stores) {
    let scene = group(stores).await;
    let id = scene.say(scene.owner, "hello").await;
    let ids = [id];
    let pin = |actor| stores.channels.pin_posts(scene.id, actor, &ids, true, NOW);
    let forbidden = BannedRights { pin_messages: true, ..BannedRights::default() };
    scene
        .change(ChannelChange { default_banned: Some(forbidden), ..ChannelChange::default() })
        .await;
    assert_eq!(pin(scene.member).await, Err(Denial::AdminRequired.into()));
    assert_eq!(pin(scene.stranger).await, Err(Denial::NotParticipant.into()));
    let (pinned, change) = pin(scene.admin).await.unwrap();
    assert_eq!((pinned, change.pts_count), (vec![id], 1));
    assert!(scene.message(scene.member, id).await.pinned);
    let (again, unmoved) = pin(scene.owner).await.unwrap();
    assert_eq!(
        (again, unmoved),
        (vec![], LogChange { pts: change.pts, pts_count: 0, discussion: None })
    );
}

/// At once.
pub async fn all_pins_are_taken_off(stores: &Stores) {
    let scene = broadcast(stores).await;
    let ids = scene.say_many(&["one", "two", "three"]).await;
    let pin = async |ids: &[MessageId], pinned| {
        stores.channels.pin_posts(scene.id, scene.owner, ids, pinned, NOW).await
    };
    pin(&[ids[2], ids[0]], true).await.unwrap();
    let (unpinned, change) = pin(&[], false).await.unwrap();
    assert_eq!((unpinned, change.pts_count), (vec![ids[0], ids[2]], 2));
    assert!(!scene.message(scene.member, ids[0]).await.pinned);
    assert_eq!(pin(&[], false).await.unwrap().1.pts_count, 0);
}
