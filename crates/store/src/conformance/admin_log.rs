//! Cases of the port of the admins' log.

use model::admin_log::{Entry, Happened, KEPT_S, Kind, Turned};
use model::message::Body;
use model::rights::BannedRights;
use model::{MessageId, Peer, UnixTime, UserId};

use super::channel_scene::{Scene, broadcast, group};
use super::support::{NOW, later};
use crate::Stores;
use crate::ports::channels::{ChannelChange, NewChannelMessage};

/// The names of this file's cases.
#[macro_export]
macro_rules! admin_log_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            admin_log,
            $make,
            [
                changes_of_the_description_are_told,
                who_comes_and_goes_is_told,
                standings_are_told,
                messages_are_told_by_number,
                texts_of_edits_go_with_their_message,
                links_are_told,
                replaced_links_are_told,
                stopped_polls_are_told,
                a_poll_that_was_passed_on_is_not_stopped_there,
                pages_are_cut_by_number,
                old_entries_are_forgotten,
                a_deleted_channel_has_no_log,
            ]
        );
    };
}

async fn entries(scene: &Scene<'_>) -> Vec<Entry> {
    let mut found = scene.stores.admin_log.admin_log(scene.id, 0, 0, 100).await.expect("readable");
    found.reverse();
    found
}

/// What was told since the entry of this number.
async fn since(scene: &Scene<'_>, after: i64) -> Vec<(UserId, Happened)> {
    let found = entries(scene).await.into_iter().filter(|entry| entry.id > after);
    found.map(|entry| (entry.actor, entry.what)).collect()
}

async fn newest(scene: &Scene<'_>) -> i64 {
    entries(scene).await.last().map_or(0, |entry| entry.id)
}

async fn change(scene: &Scene<'_>, actor: UserId, change: ChannelChange) {
    let at = later(9);
    let change = ChannelChange { at, ..change };
    scene.stores.channels.change_channel(scene.id, actor, change).await.expect("allowed");
}

fn said(scene: &Scene<'_>, sender: UserId, text: &str) -> NewChannelMessage {
    let body = Body { text: text.to_owned(), ..Body::default() };
    NewChannelMessage { date: later(5), ..scene.written(sender, body) }
}

async fn say(scene: &Scene<'_>, sender: UserId, text: &str) -> MessageId {
    let posted = scene.stores.channels.post(vec![said(scene, sender, text)]).await.expect("may");
    posted[0].message.id
}

/// Each field that changed, and nothing if the change failed.
pub async fn changes_of_the_description_are_told(stores: &Stores) {
    let scene = group(stores).await;
    let before = newest(&scene).await;
    let title = ChannelChange { title: Some("Other".to_owned()), ..ChannelChange::default() };
    change(&scene, scene.admin, title.clone()).await;
    let again = stores.channels.change_channel(scene.id, scene.admin, title.clone()).await;
    assert!(again.is_err());
    let denied = stores.channels.change_channel(scene.id, scene.stranger, title).await;
    assert!(denied.is_err());
    let slow = ChannelChange { slow_mode_s: Some(30), ..ChannelChange::default() };
    change(&scene, scene.owner, slow).await;
    let titles = Turned { before: "Title".to_owned(), after: "Other".to_owned() };
    assert_eq!(
        since(&scene, before).await,
        [
            (scene.admin, Happened::ChangeTitle(titles)),
            (scene.owner, Happened::ToggleSlowMode(Turned { before: 0, after: 30 })),
        ]
    );
    assert_eq!(entries(&scene).await.last().map(|entry| entry.date), Some(later(9)));
    let before = newest(&scene).await;
    let name = Some("the_group".to_owned());
    let named = stores.channels.set_channel_username(scene.id, scene.owner, name.clone(), NOW);
    named.await.unwrap();
    let names = Turned { before: None, after: name };
    assert_eq!(since(&scene, before).await, [(scene.owner, Happened::ChangeUsername(names))]);
}

/// By themselves, or brought.
pub async fn who_comes_and_goes_is_told(stores: &Stores) {
    let scene = broadcast(stores).await;
    let brought = since(&scene, 0).await;
    let invited = |told: &&(UserId, Happened)| told.1.kind() == Kind::Invite;
    let invited: Vec<_> =
        brought.iter().filter(invited).map(|(by, told)| (*by, told.subject())).collect();
    assert_eq!(invited, [(scene.owner, Some(scene.admin)), (scene.owner, Some(scene.member))]);
    scene.publish("public_name").await;
    let before = newest(&scene).await;
    stores.channels.join_channel(scene.id, scene.stranger, None, NOW).await.unwrap();
    stores.channels.leave_channel(scene.id, scene.stranger, NOW).await.unwrap();
    assert_eq!(
        since(&scene, before).await,
        [(scene.stranger, Happened::ParticipantJoin), (scene.stranger, Happened::ParticipantLeave)]
    );
}

/// Rights given and taken.
pub async fn standings_are_told(stores: &Stores) {
    let scene = group(stores).await;
    let before = newest(&scene).await;
    let mute = BannedRights { send_messages: true, ..BannedRights::default() };
    let out = BannedRights { view_messages: true, ..BannedRights::default() };
    for rights in [mute, BannedRights::default(), out, BannedRights::default()] {
        let ban = stores.channels.set_channel_ban(scene.id, scene.admin, scene.member, rights, NOW);
        ban.await.unwrap();
    }
    scene.grant(scene.owner, scene.admin, model::rights::AdminRights::default()).await.unwrap();
    let told: Vec<_> = since(&scene, before)
        .await
        .iter()
        .map(|(actor, told)| (*actor, told.kind(), told.subject()))
        .collect();
    let (admin, member) = (scene.admin, Some(scene.member));
    assert_eq!(
        told,
        [
            (admin, Kind::Ban, member),
            (admin, Kind::Unban, member),
            (admin, Kind::Kick, member),
            (admin, Kind::Unkick, member),
            (scene.owner, Kind::Demote, Some(admin)),
        ]
    );
}

/// Pins and deletions; what somebody says is not told.
pub async fn messages_are_told_by_number(stores: &Stores) {
    let scene = group(stores).await;
    let before = newest(&scene).await;
    let id = say(&scene, scene.member, "first").await;
    let pin = async |pinned| {
        stores.channels.pin_posts(scene.id, scene.admin, &[id], pinned, NOW).await.unwrap();
    };
    pin(true).await;
    pin(false).await;
    stores.channels.delete_posts(scene.id, scene.admin, &[id], NOW).await.unwrap();
    let told: Vec<_> = since(&scene, before)
        .await
        .iter()
        .map(|(actor, told)| (*actor, told.kind(), told.about().map(|about| about.id)))
        .collect();
    let by_admin = |kind| (scene.admin, kind, Some(id));
    let kinds = [Kind::Pinned, Kind::Pinned, Kind::Delete];
    assert_eq!(told, kinds.map(by_admin));
}

/// An edit keeps both texts, and no longer than the message.
pub async fn texts_of_edits_go_with_their_message(stores: &Stores) {
    let scene = group(stores).await;
    let id = say(&scene, scene.member, "first").await;
    let body = |text: &str| Body { text: text.to_owned(), ..Body::default() };
    let edit = stores.channels.edit_post(scene.id, scene.member, id, body("second"), Some(NOW));
    edit.await.unwrap();
    let last = entries(&scene).await.pop().expect("an entry");
    let Happened::EditMessage(about, Some(texts)) = &last.what else { panic!("{last:?}") };
    assert_eq!((last.actor, about.id), (scene.member, id));
    assert_eq!((texts.before.text.as_str(), texts.after.text.as_str()), ("first", "second"));
    stores.channels.delete_posts(scene.id, scene.admin, &[id], NOW).await.unwrap();
    let edits = entries(&scene).await;
    let edit = edits.iter().find(|entry| entry.id == last.id).expect("kept");
    assert_eq!(edit.what, Happened::EditMessage(*about, None));
}

/// Ended, forgotten, and who came by one.
pub async fn links_are_told(stores: &Stores) {
    let scene = broadcast(stores).await;
    let before = newest(&scene).await;
    let peer = Peer::Channel(scene.id);
    let link = model::chat::Invite { hash: "word".to_owned(), ..model::chat::Invite::default() };
    let put = async |invite| {
        stores.chats.put_invite(peer, scene.admin, invite, NOW).await.unwrap();
    };
    put(link.clone()).await;
    let word = Some("word".to_owned());
    stores.channels.join_channel(scene.id, scene.stranger, word, NOW).await.unwrap();
    put(model::chat::Invite { title: Some("named".to_owned()), ..link.clone() }).await;
    put(model::chat::Invite { revoked: true, ..link }).await;
    stores.chats.delete_invite(peer, scene.admin, "word", NOW).await.unwrap();
    let told: Vec<_> =
        since(&scene, before).await.iter().map(|(actor, told)| (*actor, told.kind())).collect();
    let admin = scene.admin;
    assert_eq!(
        told,
        [
            (scene.stranger, Kind::Join),
            (admin, Kind::Invites),
            (admin, Kind::Invites),
            (admin, Kind::Invites)
        ]
    );
}

/// One's new permanent link ends the old one; nobody else's.
pub async fn replaced_links_are_told(stores: &Stores) {
    let scene = broadcast(stores).await;
    let before = newest(&scene).await;
    let put = async |actor, hash: &str| {
        let link =
            model::chat::Invite { hash: hash.to_owned(), permanent: true, ..Default::default() };
        stores.chats.put_invite(Peer::Channel(scene.id), actor, link, NOW).await.unwrap();
    };
    put(scene.owner, "owner's").await;
    put(scene.admin, "old").await;
    put(scene.admin, "new").await;
    let told = since(&scene, before).await;
    let [(actor, Happened::ExportedInviteRevoke(ended))] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!((*actor, ended.hash.as_str(), ended.revoked), (scene.admin, "old", true));
}

/// Once, where they are shown.
pub async fn stopped_polls_are_told(stores: &Stores) {
    let scene = group(stores).await;
    let id = say(&scene, scene.member, "a poll").await;
    let poll = super::polls::of(scene.member);
    stores.polls.create_poll(poll.clone(), NOW).await.unwrap();
    let before = newest(&scene).await;
    for _ in 0..2 {
        let close = stores.polls.close_poll(poll.id, scene.member, Some((scene.id, id)), NOW);
        close.await.unwrap();
    }
    let told = since(&scene, before).await;
    let [(actor, Happened::StopPoll(about))] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((*actor, about.id), (scene.member, id));
}

/// By their author, whose poll was passed on by somebody else: nothing was done there.
pub async fn a_poll_that_was_passed_on_is_not_stopped_there(stores: &Stores) {
    let scene = group(stores).await;
    let poll = super::polls::of(scene.stranger);
    stores.polls.create_poll(poll.clone(), NOW).await.unwrap();
    let id = say(&scene, scene.member, "passed on").await;
    let before = newest(&scene).await;
    let close = stores.polls.close_poll(poll.id, scene.stranger, Some((scene.id, id)), NOW);
    assert!(close.await.unwrap().closed);
    assert_eq!(since(&scene, before).await, []);
}

/// Newest first, between two numbers that are not in it.
pub async fn pages_are_cut_by_number(stores: &Stores) {
    let scene = group(stores).await;
    for seconds in [5, 10, 30, 60] {
        let slow = ChannelChange { slow_mode_s: Some(seconds), ..ChannelChange::default() };
        change(&scene, scene.owner, slow).await;
    }
    let last = newest(&scene).await;
    let page = async |before, after, limit| -> Vec<i64> {
        let found = stores.admin_log.admin_log(scene.id, before, after, limit).await.unwrap();
        found.into_iter().map(|entry| entry.id).collect()
    };
    assert_eq!(page(0, 0, 2).await, [last, last - 1]);
    assert_eq!(page(last, 0, 2).await, [last - 1, last - 2]);
    assert_eq!(page(0, last - 2, 9).await, [last, last - 1]);
    assert_eq!(page(0, last, 9).await, [0; 0]);
}

/// By their date; numbers are not given again.
pub async fn old_entries_are_forgotten(stores: &Stores) {
    let scene = group(stores).await;
    let last = newest(&scene).await;
    let until = UnixTime(NOW.0 + KEPT_S);
    assert_eq!(stores.admin_log.forget_admin_log(NOW, 100).await.unwrap(), 0);
    assert_eq!(stores.admin_log.forget_admin_log(until, 1).await.unwrap(), 1);
    while stores.admin_log.forget_admin_log(until, 100).await.unwrap() > 0 {}
    assert_eq!(entries(&scene).await, []);
    let slow = ChannelChange { slow_mode_s: Some(5), ..ChannelChange::default() };
    change(&scene, scene.owner, slow).await;
    assert_eq!(newest(&scene).await, last + 1);
}

/// Nothing of it is left.
pub async fn a_deleted_channel_has_no_log(stores: &Stores) {
    let scene = group(stores).await;
    assert_ne!(entries(&scene).await, []);
    stores.channels.delete_channel(scene.id, scene.owner).await.unwrap();
    assert_eq!(entries(&scene).await, []);
}
