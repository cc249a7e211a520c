//! What plain members may not do: where everybody reads, while they are silenced, and after that.

use model::{ChannelId, Peer};
use tl_api::functions::channels as f;
use tl_api::functions::messages;
use tl_api::{enums, types};

use super::{admin_of, ban, channel, invite, kick, make_public, post, seen};
use crate::testing::{Device, START, World};

fn retitle(by: &Device<'_>, id: ChannelId) -> f::EditTitle {
    f::EditTitle { channel: by.input_channel(id), title: "Mine".to_owned() }
}

fn pin(by: &Device<'_>, id: ChannelId, message: i32) -> messages::UpdatePinnedMessage {
    let peer = by.input_peer(Peer::Channel(id));
    messages::UpdatePinnedMessage { peer, id: message, ..Default::default() }
}

fn edit(by: &Device<'_>, id: ChannelId, message: i32, text: &str) -> messages::EditMessage {
    let peer = by.input_peer(Peer::Channel(id));
    messages::EditMessage {
        peer,
        id: message,
        message: Some(text.to_owned()),
        ..Default::default()
    }
}

/// Whether members are told that description and pins are not theirs.
async fn shown_closed(viewer: &Device<'_>, id: ChannelId) -> (bool, bool) {
    let enums::Chat::Channel(group) = seen(viewer, id).await else { panic!("not forbidden") };
    let Some(enums::ChatBannedRights::ChatBannedRights(rights)) = group.default_banned_rights
    else {
        panic!("a supergroup")
    };
    (rights.change_info, rights.pin_messages)
}

#[tokio::test]
async fn strangers_neither_rename_a_public_group_nor_pin_in_it() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    let first = post(&anna, id, "first").await;
    assert_eq!(shown_closed(&ben, id).await, (false, false));
    ben.ok(pin(&ben, id, first)).await;
    make_public(&anna, id, "everyone").await;
    assert_eq!(shown_closed(&ben, id).await, (true, true));
    assert_eq!(ben.fails(retitle(&ben, id)).await, "CHAT_ADMIN_REQUIRED");
    assert_eq!(ben.fails(pin(&ben, id, first)).await, "CHAT_ADMIN_REQUIRED");
    let peer = || ben.input_peer(Peer::Channel(id));
    let about = messages::EditChatAbout { peer: peer(), about: "mine".to_owned() };
    assert_eq!(ben.fails(about).await, "CHAT_ADMIN_REQUIRED");
    let all = messages::UnpinAllMessages { peer: peer(), ..Default::default() };
    assert_eq!(ben.fails(all).await, "CHAT_ADMIN_REQUIRED");
    let rights = types::ChatAdminRights { change_info: true, ..Default::default() };
    anna.ok(admin_of(&anna, id, &ben, rights)).await;
    ben.ok(retitle(&ben, id)).await;
}

#[tokio::test]
async fn nor_in_a_discussion_group() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (broadcast, group) = (channel(&anna, true).await, channel(&anna, false).await);
    invite(&anna, group, &[&ben]).await;
    let link = |of: ChannelId| f::SetDiscussionGroup {
        broadcast: anna.input_channel(of),
        group: anna.input_channel(group),
    };
    anna.ok(link(broadcast)).await;
    assert_eq!(shown_closed(&ben, group).await, (true, true));
    assert_eq!(ben.fails(retitle(&ben, group)).await, "CHAT_ADMIN_REQUIRED");
    let part = f::SetDiscussionGroup {
        broadcast: anna.input_channel(broadcast),
        group: enums::InputChannel::InputChannelEmpty,
    };
    anna.ok(part).await;
    assert_eq!(shown_closed(&ben, group).await, (false, false));
    ben.ok(retitle(&ben, group)).await;
}

#[tokio::test]
async fn who_is_silenced_does_not_speak_by_edits() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    let said = post(&ben, id, "hello").await;
    let mute = types::ChatBannedRights { send_messages: true, ..Default::default() };
    anna.ok(ban(&anna, id, &ben, mute.clone())).await;
    assert_eq!(ben.fails(edit(&ben, id, said, "still here")).await, "CHAT_WRITE_FORBIDDEN");
    anna.ok(ban(&anna, id, &ben, types::ChatBannedRights::default())).await;
    ben.ok(edit(&ben, id, said, "back")).await;
    // The same where nobody speaks; admins go on.
    let own = post(&anna, id, "quiet, please").await;
    let peer = anna.input_peer(Peer::Channel(id));
    let quiet = messages::EditChatDefaultBannedRights { peer, banned_rights: mute.into() };
    anna.ok(quiet).await;
    assert_eq!(ben.fails(edit(&ben, id, said, "still here")).await, "CHAT_WRITE_FORBIDDEN");
    anna.ok(edit(&anna, id, own, "quiet")).await;
}

#[tokio::test]
async fn a_restriction_that_is_over_binds_nothing() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    let first = post(&anna, id, "first").await;
    let until_date = i32::try_from(START + 3600).unwrap();
    let rights = types::ChatBannedRights {
        change_info: true,
        pin_messages: true,
        until_date,
        ..Default::default()
    };
    anna.ok(ban(&anna, id, &ben, rights)).await;
    assert_eq!(ben.fails(retitle(&ben, id)).await, "CHAT_ADMIN_REQUIRED");
    assert_eq!(ben.fails(pin(&ben, id, first)).await, "CHAT_ADMIN_REQUIRED");
    world.pass(3601);
    ben.ok(pin(&ben, id, first)).await;
    ben.ok(retitle(&ben, id)).await;
    let none = enums::InputChatPhoto::InputChatPhotoEmpty;
    let photo = f::EditPhoto { channel: ben.input_channel(id), photo: none };
    assert_eq!(ben.fails(photo).await, "CHAT_NOT_MODIFIED");
}

#[tokio::test]
async fn flags_that_are_not_known_free_nobody() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben, &carl]).await;
    anna.ok(ban(&anna, id, &ben, kick())).await;
    let unknown = types::ChatBannedRights { send_reactions: true, ..Default::default() };
    assert_eq!(anna.fails(ban(&anna, id, &ben, unknown)).await, "BANNED_RIGHTS_INVALID");
    assert!(matches!(seen(&ben, id).await, enums::Chat::ChannelForbidden(_)));
    let rights = types::ChatAdminRights { pin_messages: true, ..Default::default() };
    anna.ok(admin_of(&anna, id, &carl, rights)).await;
    let unknown = types::ChatAdminRights { post_stories: true, ..Default::default() };
    assert_eq!(anna.fails(admin_of(&anna, id, &carl, unknown)).await, "RIGHT_FORBIDDEN");
    let enums::Chat::Channel(shown) = seen(&carl, id).await else { panic!("a member") };
    assert!(shown.admin_rights.is_some());
}

#[tokio::test]
async fn nobody_is_freed_by_promotion_but_by_who_may_free() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben, &carl]).await;
    let may = |ban_users| types::ChatAdminRights {
        add_admins: true,
        pin_messages: true,
        ban_users,
        ..Default::default()
    };
    anna.ok(admin_of(&anna, id, &ben, may(false))).await;
    let mute = types::ChatBannedRights {
        send_messages: true,
        until_date: i32::try_from(START + 3600).unwrap(),
        ..Default::default()
    };
    anna.ok(ban(&anna, id, &carl, mute.clone())).await;
    let pins = || types::ChatAdminRights { pin_messages: true, ..Default::default() };
    assert_eq!(ben.fails(admin_of(&ben, id, &carl, pins())).await, "CHAT_ADMIN_REQUIRED");
    anna.ok(admin_of(&anna, id, &ben, may(true))).await;
    ben.ok(admin_of(&ben, id, &carl, pins())).await;
    // One that is over is nobody's to keep.
    anna.ok(ban(&anna, id, &carl, mute)).await;
    anna.ok(admin_of(&anna, id, &ben, may(false))).await;
    world.pass(3601);
    ben.ok(admin_of(&ben, id, &carl, pins())).await;
}
