//! Cases of the channels port: channels, and who comes and goes.

use model::channel::ParticipantState;
use model::chat::Invite;
use model::invariants::START;
use model::limits::CHANNELS_PER_USER;
use model::rights::{AdminRights, BannedRights, Denial};
use model::{ChannelId, MessageId, Peer, UserId};

use super::channel_scene::{Scene, broadcast, create, group, kicked, text};
use super::support::{NOW, later, user};
use crate::ports::channels::{ChannelChange, FIRST_CHANNEL};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! channels_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            channels,
            $make,
            [
                a_new_channel_has_its_creator,
                channels_are_found_by_id,
                nobody_is_in_too_many_channels,
                joining_needs_a_public_name_or_a_link,
                a_link_counts_its_uses,
                a_link_that_asks_keeps_the_request,
                a_channel_that_asks_keeps_the_request,
                who_comes_or_is_banned_waits_no_more,
                nobody_joins_twice,
                a_newcomer_has_read_everything,
                leaving_takes_the_dialog_and_the_rights,
                the_creator_leaves_and_comes_back,
                strangers_cannot_leave,
                invitations_pass_over_members_and_banned_people,
                members_invite_until_it_is_forbidden,
                a_description_changes_by_right,
                a_change_of_nothing_is_refused,
                a_public_channel_is_found_by_its_new_title,
                a_deleted_channel_is_gone,
            ]
        );
    };
}

/// The channel is made with one member, its owner.
pub async fn a_new_channel_has_its_creator(stores: &Stores) {
    let owner = user(stores, 1).await.id;
    let channel = create(stores, owner, true).await;
    assert_eq!(channel.id, ChannelId(FIRST_CHANNEL));
    assert_eq!((channel.pts, channel.top_message), (START, MessageId(0)));
    assert_eq!((channel.participants, channel.admins, channel.kicked), (1, 1, 0));
    let row = stores.channels.participant(channel.id, owner).await.unwrap().unwrap();
    assert_eq!((row.state, row.admin), (ParticipantState::Member, Some(AdminRights::all())));
    let dialogs = stores.dialogs.dialog_peers(owner).await.unwrap();
    assert_eq!(dialogs, [Peer::Channel(channel.id)]);
    assert_ne!(create(stores, owner, false).await.id, channel.id);
}

/// In the order asked, unknown ones left out.
pub async fn channels_are_found_by_id(stores: &Stores) {
    let owner = user(stores, 1).await.id;
    let first = create(stores, owner, true).await;
    let second = create(stores, owner, false).await;
    let asked = [second.id, ChannelId(7), first.id];
    assert_eq!(stores.channels.channels(&asked).await.unwrap(), [second, first]);
    let unknown = stores.channels.participant(ChannelId(7), owner).await;
    assert_eq!(unknown, Err(Error::NotFound));
}

/// The bound that keeps a dialog list cheap.
pub async fn nobody_is_in_too_many_channels(stores: &Stores) {
    let owner = user(stores, 1).await.id;
    let mut last = ChannelId(0);
    for _ in 0..CHANNELS_PER_USER {
        last = create(stores, owner, false).await.id;
    }
    let new = crate::ports::channels::NewChannel {
        creator: owner,
        title: "One more".to_owned(),
        about: String::new(),
        broadcast: false,
        now: NOW,
        ttl_period: None,
    };
    let refused = stores.channels.create_channel(new.clone()).await;
    assert_eq!(refused, Err(Denial::TooMany.into()));
    stores.channels.delete_channel(last, owner).await.unwrap();
    assert!(stores.channels.create_channel(new).await.is_ok());
}

/// A private one shows itself to nobody.
pub async fn joining_needs_a_public_name_or_a_link(stores: &Stores) {
    let scene = group(stores).await;
    let join = || stores.channels.join_channel(scene.id, scene.stranger, None, later(5));
    assert_eq!(join().await, Err(Denial::Private.into()));
    scene.publish("public_name").await;
    let joined = join().await.unwrap();
    assert_eq!(joined.participants, 4);
    assert_eq!(joined, scene.channel().await);
    let row = scene.row(scene.stranger).await.unwrap();
    assert_eq!((row.state, row.date, row.by), (ParticipantState::Member, later(5), scene.stranger));
    assert!(scene.is_listed(scene.stranger).await);
}

pub(super) fn link(hash: &str) -> Invite {
    Invite { hash: hash.to_owned(), date: NOW, ..Invite::default() }
}

pub(super) async fn join_by(scene: &Scene<'_>, user: UserId, hash: &str) -> crate::Result<()> {
    let joined = scene.stores.channels.join_channel(scene.id, user, Some(hash.to_owned()), NOW);
    joined.await.map(|_| ())
}

/// And stops working when they are used up.
pub async fn a_link_counts_its_uses(stores: &Stores) {
    let scene = broadcast(stores).await;
    let other = user(stores, 9).await.id;
    let invite = Invite { usage_limit: Some(1), ..link("word") };
    stores.chats.put_invite(Peer::Channel(scene.id), scene.admin, invite, NOW).await.unwrap();
    assert_eq!(join_by(&scene, scene.stranger, "another").await, Err(Error::NotFound));
    join_by(&scene, scene.stranger, "word").await.unwrap();
    let row = scene.row(scene.stranger).await.unwrap();
    assert_eq!((row.by, row.invite.as_deref()), (scene.admin, Some("word")));
    let (_, used) = stores.chats.invite("word").await.unwrap().unwrap();
    assert_eq!(used.usage, 1);
    assert_eq!(join_by(&scene, other, "word").await, Err(Denial::InviteExpired.into()));
}

/// Nothing of joining has happened yet.
pub async fn a_link_that_asks_keeps_the_request(stores: &Stores) {
    let scene = broadcast(stores).await;
    let peer = Peer::Channel(scene.id);
    let invite = Invite { request_needed: true, ..link("word") };
    stores.chats.put_invite(peer, scene.owner, invite, NOW).await.unwrap();
    assert_eq!(join_by(&scene, scene.stranger, "word").await, Err(Error::Conflict));
    assert_eq!(scene.row(scene.stranger).await, None);
    assert!(!scene.is_listed(scene.stranger).await);
    let (waiting, total) = stores.chats.importers(peer, Some("word"), true, 10).await.unwrap();
    assert_eq!((waiting[0].user, total), (scene.stranger, 1));
}

/// Also one with a public name.
pub async fn a_channel_that_asks_keeps_the_request(stores: &Stores) {
    let scene = group(stores).await;
    scene.publish("asks_first").await;
    scene.change(ChannelChange { join_request: Some(true), ..ChannelChange::default() }).await;
    let asked = stores.channels.join_channel(scene.id, scene.stranger, None, NOW).await;
    assert_eq!(asked, Err(Error::Conflict));
    let peer = Peer::Channel(scene.id);
    let (waiting, _) = stores.chats.importers(peer, None, true, 10).await.unwrap();
    assert_eq!(waiting[0].user, scene.stranger);
    stores.chats.take_join_request(peer, scene.admin, scene.stranger, true).await.unwrap();
    let asked = [scene.stranger];
    let added = stores.channels.invite_to_channel(scene.id, scene.admin, &asked, NOW);
    assert_eq!(added.await.unwrap(), [scene.stranger]);
    // A link is no way around it, but for the owner.
    let newcomer = user(stores, 9).await.id;
    stores.chats.put_invite(peer, scene.owner, link("plain"), NOW).await.unwrap();
    assert_eq!(join_by(&scene, newcomer, "plain").await, Err(Error::Conflict));
    let (waiting, total) = stores.chats.importers(peer, Some("plain"), true, 10).await.unwrap();
    assert_eq!((waiting[0].user, total), (newcomer, 1));
    stores.channels.leave_channel(scene.id, scene.owner, NOW).await.unwrap();
    join_by(&scene, scene.owner, "plain").await.unwrap();
}

/// By whatever way they came, and the link counts them no more.
pub async fn who_comes_or_is_banned_waits_no_more(stores: &Stores) {
    let scene = group(stores).await;
    let peer = Peer::Channel(scene.id);
    let invite = Invite { request_needed: true, ..link("word") };
    stores.chats.put_invite(peer, scene.owner, invite, NOW).await.unwrap();
    let asks = async |n| {
        let asker = user(stores, n).await.id;
        assert_eq!(join_by(&scene, asker, "word").await, Err(Error::Conflict));
        asker
    };
    let waiting = async || {
        let (_, total) = stores.chats.importers(peer, None, true, 10).await.unwrap();
        (total, stores.chats.invite("word").await.unwrap().unwrap().1.requested)
    };
    scene.add(&[asks(11).await]).await;
    assert_eq!(waiting().await, (0, 0));
    let rights = AdminRights { change_info: true, ..AdminRights::default() };
    scene.grant(scene.owner, asks(12).await, rights).await.unwrap();
    assert_eq!(waiting().await, (0, 0));
    scene.ban(asks(13).await, kicked()).await;
    assert_eq!(waiting().await, (0, 0));
    let patient = asks(14).await;
    scene.publish("open_now").await;
    assert_eq!(waiting().await, (1, 1));
    stores.channels.join_channel(scene.id, patient, None, NOW).await.unwrap();
    assert_eq!(waiting().await, (0, 0));
}

/// The count stays right.
pub async fn nobody_joins_twice(stores: &Stores) {
    let scene = group(stores).await;
    scene.publish("public_name").await;
    let again = stores.channels.join_channel(scene.id, scene.member, None, NOW).await;
    assert_eq!(again, Err(Denial::AlreadyParticipant.into()));
    assert_eq!(scene.channel().await.participants, 3);
}

/// The past is not news.
pub async fn a_newcomer_has_read_everything(stores: &Stores) {
    let scene = broadcast(stores).await;
    let ids = scene.say_many(&["one", "two"]).await;
    scene.add(&[scene.stranger]).await;
    let dialog = scene.dialog(scene.stranger).await;
    assert_eq!((dialog.read_inbox_max, dialog.unread_count), (ids[1], 0));
    assert_eq!(dialog.top_message, ids[1]);
    scene.say(scene.owner, "three").await;
    assert_eq!(scene.dialog(scene.stranger).await.unread_count, 1);
}

/// Nothing of them is left.
pub async fn leaving_takes_the_dialog_and_the_rights(stores: &Stores) {
    let scene = group(stores).await;
    scene.publish("public_name").await;
    let left = stores.channels.leave_channel(scene.id, scene.admin, NOW).await.unwrap();
    assert_eq!((left.participants, left.admins), (2, 1));
    assert_eq!(scene.row(scene.admin).await, None);
    assert!(!scene.is_listed(scene.admin).await);
    stores.channels.join_channel(scene.id, scene.admin, None, NOW).await.unwrap();
    assert_eq!(scene.row(scene.admin).await.unwrap().admin, None);
}

/// Ownership is not lost by a tap.
pub async fn the_creator_leaves_and_comes_back(stores: &Stores) {
    let scene = group(stores).await;
    let left = stores.channels.leave_channel(scene.id, scene.owner, NOW).await.unwrap();
    assert_eq!((left.creator, left.participants, left.admins), (scene.owner, 2, 1));
    assert_eq!(scene.row(scene.owner).await.unwrap().state, ParticipantState::Left);
    let posted = scene.try_post(scene.written(scene.owner, text("hi"))).await;
    assert_eq!(posted.unwrap_err(), Denial::Private.into());
    let back = stores.channels.join_channel(scene.id, scene.owner, None, NOW).await.unwrap();
    assert_eq!((back.participants, back.admins), (3, 2));
    scene.say(scene.owner, "back").await;
}

/// There is nothing to leave.
pub async fn strangers_cannot_leave(stores: &Stores) {
    let scene = group(stores).await;
    let left = stores.channels.leave_channel(scene.id, scene.stranger, NOW).await;
    assert_eq!(left, Err(Denial::NotParticipant.into()));
}

/// Each person is added once.
pub async fn invitations_pass_over_members_and_banned_people(stores: &Stores) {
    let scene = group(stores).await;
    let outcast = user(stores, 9).await.id;
    scene.ban(outcast, kicked()).await;
    let asked = [scene.member, outcast, scene.stranger, scene.stranger];
    let added = stores.channels.invite_to_channel(scene.id, scene.admin, &asked, NOW).await;
    assert_eq!(added.unwrap(), [scene.stranger]);
    assert_eq!(scene.row(scene.stranger).await.unwrap().by, scene.admin);
    assert_eq!(scene.channel().await.participants, 4);
}

/// By the default rights, or by their own.
pub async fn members_invite_until_it_is_forbidden(stores: &Stores) {
    let scene = group(stores).await;
    let asked = [scene.stranger];
    let invite = || stores.channels.invite_to_channel(scene.id, scene.member, &asked, NOW);
    let forbidden = BannedRights { invite_users: true, ..BannedRights::default() };
    scene.ban(scene.member, forbidden).await;
    assert_eq!(invite().await, Err(Denial::AdminRequired.into()));
    scene.ban(scene.member, BannedRights::default()).await;
    scene
        .change(ChannelChange { default_banned: Some(forbidden), ..ChannelChange::default() })
        .await;
    assert_eq!(invite().await, Err(Denial::AdminRequired.into()));
    let free =
        ChannelChange { default_banned: Some(BannedRights::default()), ..ChannelChange::default() };
    scene.change(free).await;
    assert_eq!(invite().await.unwrap(), [scene.stranger]);
}

/// The default rights decide for members, over what is shown only.
pub async fn a_description_changes_by_right(stores: &Stores) {
    let scene = group(stores).await;
    let title =
        |text: &str| ChannelChange { title: Some(text.to_owned()), ..ChannelChange::default() };
    let change = |actor, change| stores.channels.change_channel(scene.id, actor, change);
    assert_eq!(change(scene.member, title("Ours")).await.unwrap().title, "Ours");
    let forbidden = BannedRights { change_info: true, ..BannedRights::default() };
    scene
        .change(ChannelChange { default_banned: Some(forbidden), ..ChannelChange::default() })
        .await;
    let refused = Err(Denial::AdminRequired.into());
    assert_eq!(change(scene.member, title("Mine")).await, refused);
    let slow = ChannelChange { slow_mode_s: Some(10), ..ChannelChange::default() };
    assert_eq!(change(scene.member, slow.clone()).await, refused);
    scene
        .grant(
            scene.owner,
            scene.admin,
            AdminRights { change_info: true, ..AdminRights::default() },
        )
        .await
        .unwrap();
    assert_eq!(change(scene.admin, slow).await, refused);
    let signed = ChannelChange { signatures: Some(true), ..title("Theirs") };
    let changed = change(scene.admin, signed).await.unwrap();
    assert_eq!((changed.signatures, changed.title.as_str()), (true, "Theirs"));
    assert_eq!(scene.channel().await, changed);
    assert_eq!(change(scene.stranger, title("No")).await, Err(Denial::NotParticipant.into()));
}

/// So that nobody is told of it.
pub async fn a_change_of_nothing_is_refused(stores: &Stores) {
    let scene = group(stores).await;
    let same = ChannelChange { title: Some("Title".to_owned()), ..ChannelChange::default() };
    let change = |change| stores.channels.change_channel(scene.id, scene.owner, change);
    assert_eq!(change(same).await, Err(Error::NotModified));
    assert_eq!(change(ChannelChange::default()).await, Err(Error::NotModified));
}

/// And by the old one no more.
pub async fn a_public_channel_is_found_by_its_new_title(stores: &Stores) {
    let scene = group(stores).await;
    scene.publish("public_name").await;
    scene
        .change(ChannelChange { title: Some("Gardening".to_owned()), ..ChannelChange::default() })
        .await;
    let found = stores.accounts.search_public("garden", 10).await.unwrap();
    assert_eq!(found, [Peer::Channel(scene.id)]);
    assert_eq!(stores.accounts.search_public("title", 10).await.unwrap(), []);
}

/// For everyone, at once; its name is free.
pub async fn a_deleted_channel_is_gone(stores: &Stores) {
    let scene = broadcast(stores).await;
    scene.publish("public_name").await;
    let id = scene.say(scene.owner, "secret").await;
    let delete = |actor| stores.channels.delete_channel(scene.id, actor);
    assert_eq!(delete(scene.admin).await, Err(Denial::AdminRequired.into()));
    let deleted = delete(scene.owner).await.unwrap();
    assert!(deleted.deleted && deleted.username.is_none());
    assert_eq!(delete(scene.owner).await, Err(Denial::Private.into()));
    assert_eq!(scene.channel().await, deleted);
    assert_eq!(scene.find(scene.member, id).await, None);
    assert_eq!(scene.texts(scene.member).await, Vec::<String>::new());
    let events = stores.channels.channel_events(scene.id, scene.member, START, 10).await.unwrap();
    assert_eq!(events, []);
    let posted = scene.try_post(scene.written(scene.owner, text("hi"))).await;
    assert_eq!(posted.unwrap_err(), Denial::Private.into());
    assert_eq!(stores.accounts.resolve_username("public_name").await.unwrap(), None);
    assert!(!scene.is_listed(scene.member).await);
    let told = stores.channels.member_ids(scene.id, UserId(0), 10).await.unwrap();
    assert_eq!(told, [scene.owner, scene.admin, scene.member]);
}
