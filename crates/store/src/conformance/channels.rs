//! Cases of the channels port: who comes, goes, rules and is shown out.

use model::account::Contact;
use model::channel::{Participant, ParticipantState};
use model::chat::Invite;
use model::invariants::START;
use model::limits::{CHANNEL_ADMINS, CHANNELS_PER_USER};
use model::rights::{AdminRights, BannedRights, Denial};
use model::{ChannelId, MessageId, Peer, Pts, UserId};

use super::channel_scene::{Scene, broadcast, create, group, kicked, text};
use super::support::{NOW, later, user};
use crate::ports::acts::ChannelAct;
use crate::ports::channels::{
    AdminGrant, ChannelChange, FIRST_CHANNEL, NewChannelMessage, ParticipantFilter,
};
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
                nobody_joins_twice,
                a_newcomer_has_read_everything,
                leaving_takes_the_dialog_and_the_rights,
                the_creator_leaves_and_comes_back,
                strangers_cannot_leave,
                invitations_pass_over_members_and_banned_people,
                members_invite_until_it_is_forbidden,
                an_admin_gives_only_what_they_have,
                an_admin_changes_only_admins_whom_they_made,
                an_admin_steps_back,
                rights_without_a_flag_make_a_plain_member,
                a_promotion_brings_outsiders_in,
                a_promotion_ends_restrictions,
                admins_are_limited,
                nobody_touches_the_creator,
                the_creator_has_a_rank,
                a_ban_removes_and_counts,
                banned_people_cannot_come_back,
                a_ban_that_has_ended_lets_in,
                a_restriction_outlives_leaving,
                a_freed_person_is_a_stranger_again,
                a_banned_admin_is_none_any_more,
                participants_are_listed_by_kind,
                participants_are_found_by_name,
                contacts_are_found_among_members,
                members_come_in_pages,
                channels_of_a_person_are_those_they_are_in,
                departures_only_rise,
                channels_that_moved_are_found_by_date,
                public_channels_belong_to_their_creator,
                public_channels_are_listed_by_id,
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

fn link(hash: &str) -> Invite {
    Invite { hash: hash.to_owned(), date: NOW, ..Invite::default() }
}

async fn join_by(scene: &Scene<'_>, user: UserId, hash: &str) -> crate::Result<()> {
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

fn promoter() -> AdminRights {
    AdminRights {
        add_admins: true,
        invite_users: true,
        pin_messages: true,
        ..AdminRights::default()
    }
}

/// The owner gives everything.
pub async fn an_admin_gives_only_what_they_have(stores: &Stores) {
    let scene = group(stores).await;
    scene.grant(scene.owner, scene.admin, promoter()).await.unwrap();
    let pins = AdminRights { pin_messages: true, ..AdminRights::default() };
    let bans = AdminRights { ban_users: true, ..pins };
    let refused = scene.grant(scene.admin, scene.member, bans).await;
    assert_eq!(refused, Err(Denial::RightForbidden.into()));
    let row = scene.grant(scene.admin, scene.member, pins).await.unwrap();
    assert_eq!((row.admin, row.by), (Some(pins), scene.admin));
    assert_eq!(scene.row(scene.member).await, Some(row));
    assert_eq!(scene.channel().await.admins, 3);
    let no_promoter = scene.grant(scene.member, scene.stranger, pins).await;
    assert_eq!(no_promoter, Err(Denial::AdminRequired.into()));
}

/// The owner changes all of them.
pub async fn an_admin_changes_only_admins_whom_they_made(stores: &Stores) {
    let scene = group(stores).await;
    let pins = AdminRights { pin_messages: true, ..AdminRights::default() };
    scene.grant(scene.owner, scene.member, pins).await.unwrap();
    let none = AdminRights::default();
    assert_eq!(
        scene.grant(scene.admin, scene.member, none).await,
        Err(Denial::AdminRequired.into())
    );
    let banned =
        stores.channels.set_channel_ban(scene.id, scene.admin, scene.member, kicked(), NOW);
    assert_eq!(banned.await, Err(Denial::AdminRequired.into()));
    scene.grant(scene.owner, scene.member, none).await.unwrap();
    scene.grant(scene.admin, scene.member, pins).await.unwrap();
    scene.grant(scene.admin, scene.member, none).await.unwrap();
    assert_eq!(scene.channel().await.admins, 2);
}

/// But does not change their own rights otherwise.
pub async fn an_admin_steps_back(stores: &Stores) {
    let scene = group(stores).await;
    let pins = AdminRights { pin_messages: true, ..AdminRights::default() };
    scene.grant(scene.owner, scene.admin, pins).await.unwrap();
    let raised = scene.grant(scene.admin, scene.admin, promoter()).await;
    assert_eq!(raised, Err(Denial::AdminRequired.into()));
    let row = scene.grant(scene.admin, scene.admin, AdminRights::default()).await.unwrap();
    assert_eq!((row.admin, row.state), (None, ParticipantState::Member));
}

/// Who stays in.
pub async fn rights_without_a_flag_make_a_plain_member(stores: &Stores) {
    let scene = broadcast(stores).await;
    let grant = AdminGrant {
        user: scene.admin,
        rights: AdminRights::default(),
        rank: Some("Boss".to_owned()),
    };
    let row = stores.channels.set_channel_admin(scene.id, scene.owner, grant, NOW).await.unwrap();
    assert_eq!((row.admin, row.rank), (None, None));
    assert_eq!(scene.channel().await.admins, 1);
    let stranger = scene.grant(scene.owner, scene.stranger, AdminRights::default()).await;
    assert_eq!(stranger, Err(Denial::NotParticipant.into()));
}

/// With their dialog.
pub async fn a_promotion_brings_outsiders_in(stores: &Stores) {
    let scene = broadcast(stores).await;
    let posts = AdminRights { post_messages: true, ..AdminRights::default() };
    let row = scene.grant(scene.owner, scene.stranger, posts).await.unwrap();
    assert_eq!((row.state, row.date), (ParticipantState::Member, NOW));
    assert!(scene.is_listed(scene.stranger).await);
    let channel = scene.channel().await;
    assert_eq!((channel.participants, channel.admins), (4, 3));
    scene.say(scene.stranger, "hello").await;
}

/// Only somebody who may ban can bring banned people back.
pub async fn a_promotion_ends_restrictions(stores: &Stores) {
    let scene = group(stores).await;
    scene.grant(scene.owner, scene.admin, promoter()).await.unwrap();
    scene.ban(scene.member, kicked()).await;
    let pins = AdminRights { pin_messages: true, ..AdminRights::default() };
    assert_eq!(scene.grant(scene.admin, scene.member, pins).await, Err(Denial::Banned.into()));
    let row = scene.grant(scene.owner, scene.member, pins).await.unwrap();
    assert_eq!((row.banned, row.state), (None, ParticipantState::Member));
    let channel = scene.channel().await;
    assert_eq!((channel.participants, channel.admins, channel.kicked), (3, 3, 0));
}

/// The owner counts.
pub async fn admins_are_limited(stores: &Stores) {
    let scene = group(stores).await;
    let pins = AdminRights { pin_messages: true, ..AdminRights::default() };
    for n in 2..CHANNEL_ADMINS {
        let admin = user(stores, 100 + u32::try_from(n).unwrap()).await.id;
        scene.grant(scene.owner, admin, pins).await.unwrap();
    }
    assert_eq!(scene.channel().await.admins, CHANNEL_ADMINS);
    let refused = scene.grant(scene.owner, scene.member, pins).await;
    assert_eq!(refused, Err(Denial::TooMany.into()));
    assert!(scene.grant(scene.owner, scene.admin, pins).await.is_ok());
}

/// Neither to demote nor to ban.
pub async fn nobody_touches_the_creator(stores: &Stores) {
    let scene = group(stores).await;
    let demoted = scene.grant(scene.admin, scene.owner, AdminRights::default()).await;
    assert_eq!(demoted, Err(Denial::Owner.into()));
    for actor in [scene.admin, scene.owner] {
        let banned = stores.channels.set_channel_ban(scene.id, actor, scene.owner, kicked(), NOW);
        assert_eq!(banned.await, Err(Denial::Owner.into()));
    }
    let own = stores.channels.set_channel_ban(scene.id, scene.admin, scene.admin, kicked(), NOW);
    assert_eq!(own.await, Err(Denial::AdminRequired.into()));
}

/// And keeps every right.
pub async fn the_creator_has_a_rank(stores: &Stores) {
    let scene = group(stores).await;
    let grant = AdminGrant {
        user: scene.owner,
        rights: AdminRights::default(),
        rank: Some("Founder".to_owned()),
    };
    let row = stores.channels.set_channel_admin(scene.id, scene.owner, grant, NOW).await.unwrap();
    assert_eq!((row.rank.as_deref(), row.admin), (Some("Founder"), Some(AdminRights::all())));
}

/// The person is out, and on the list.
pub async fn a_ban_removes_and_counts(stores: &Stores) {
    let scene = group(stores).await;
    let row = scene.ban(scene.member, kicked()).await;
    assert_eq!(
        (row.state, row.by, row.banned),
        (ParticipantState::Kicked, scene.owner, Some(kicked()))
    );
    assert!(!scene.is_listed(scene.member).await);
    let channel = scene.channel().await;
    assert_eq!((channel.participants, channel.kicked), (2, 1));
    // A person who never came can be kept out too.
    assert_eq!(scene.ban(scene.stranger, kicked()).await.state, ParticipantState::Kicked);
    assert_eq!(scene.channel().await.kicked, 2);
}

/// Neither by name nor by link.
pub async fn banned_people_cannot_come_back(stores: &Stores) {
    let scene = group(stores).await;
    scene.publish("public_name").await;
    stores.chats.put_invite(Peer::Channel(scene.id), scene.owner, link("word"), NOW).await.unwrap();
    scene.ban(scene.member, kicked()).await;
    let joined = stores.channels.join_channel(scene.id, scene.member, None, later(5)).await;
    assert_eq!(joined, Err(Denial::Banned.into()));
    assert_eq!(join_by(&scene, scene.member, "word").await, Err(Denial::Banned.into()));
}

/// Whoever waits long enough.
pub async fn a_ban_that_has_ended_lets_in(stores: &Stores) {
    let scene = group(stores).await;
    scene.publish("public_name").await;
    scene.ban(scene.member, BannedRights { until: later(60), ..kicked() }).await;
    let join = |now| stores.channels.join_channel(scene.id, scene.member, None, now);
    assert_eq!(join(later(59)).await, Err(Denial::Banned.into()));
    let channel = join(later(60)).await.unwrap();
    assert_eq!((channel.participants, channel.kicked), (3, 0));
    assert_eq!(scene.row(scene.member).await.unwrap().banned, None);
}

/// It is no way out of it.
pub async fn a_restriction_outlives_leaving(stores: &Stores) {
    let scene = group(stores).await;
    scene.publish("public_name").await;
    let silent = BannedRights { send_messages: true, ..BannedRights::default() };
    let row = scene.ban(scene.member, silent).await;
    assert_eq!(row.state, ParticipantState::Member);
    assert!(scene.is_listed(scene.member).await);
    stores.channels.leave_channel(scene.id, scene.member, NOW).await.unwrap();
    stores.channels.join_channel(scene.id, scene.member, None, NOW).await.unwrap();
    assert_eq!(scene.row(scene.member).await.unwrap().banned, Some(silent));
    assert_eq!(scene.channel().await.kicked, 1);
}

/// Restricted members stay in.
pub async fn a_freed_person_is_a_stranger_again(stores: &Stores) {
    let scene = group(stores).await;
    scene.ban(scene.stranger, kicked()).await;
    let row = scene.ban(scene.stranger, BannedRights::default()).await;
    assert_eq!((row.state, row.banned), (ParticipantState::Left, None));
    assert_eq!(scene.row(scene.stranger).await, None);
    scene.ban(scene.member, BannedRights { send_plain: true, ..BannedRights::default() }).await;
    let row = scene.ban(scene.member, BannedRights::default()).await;
    assert_eq!((row.state, row.banned), (ParticipantState::Member, None));
    let channel = scene.channel().await;
    assert_eq!((channel.participants, channel.kicked), (3, 0));
}

/// A lesser restriction does it too.
pub async fn a_banned_admin_is_none_any_more(stores: &Stores) {
    let scene = group(stores).await;
    let row =
        scene.ban(scene.admin, BannedRights { send_polls: true, ..BannedRights::default() }).await;
    assert_eq!((row.state, row.admin), (ParticipantState::Member, None));
    let channel = scene.channel().await;
    assert_eq!((channel.admins, channel.kicked), (1, 1));
}

async fn listed(scene: &Scene<'_>, filter: ParticipantFilter) -> (Vec<UserId>, i32) {
    let page =
        scene.stores.channels.participants(scene.id, scene.owner, filter, &[], (0, 100)).await;
    let (rows, total) = page.unwrap();
    (rows.into_iter().map(|row| row.user).collect(), total)
}

/// Newest first; admins begin with the owner.
pub async fn participants_are_listed_by_kind(stores: &Stores) {
    let scene = group(stores).await;
    let outcast = user(stores, 9).await.id;
    stores
        .channels
        .invite_to_channel(scene.id, scene.owner, &[scene.stranger], later(9))
        .await
        .unwrap();
    scene.ban(outcast, kicked()).await;
    scene.ban(scene.member, BannedRights { send_media: true, ..BannedRights::default() }).await;
    let none = String::new;
    let recent = [scene.stranger, scene.owner, scene.admin, scene.member];
    assert_eq!(listed(&scene, ParticipantFilter::Recent).await, (recent.to_vec(), 4));
    let admins = vec![scene.owner, scene.admin];
    assert_eq!(listed(&scene, ParticipantFilter::Admins).await, (admins, 2));
    assert_eq!(listed(&scene, ParticipantFilter::Kicked(none())).await, (vec![outcast], 1));
    assert_eq!(listed(&scene, ParticipantFilter::Banned(none())).await, (vec![scene.member], 1));
    let part = async |filter, without: &[UserId], offset| {
        let page =
            stores.channels.participants(scene.id, scene.owner, filter, without, (offset, 2));
        let (rows, total) = page.await.unwrap();
        (rows.iter().map(|row| row.user).collect::<Vec<_>>(), total)
    };
    assert_eq!(part(ParticipantFilter::Recent, &[], 1).await, (recent[1..3].to_vec(), 4));
    // Some may be left out; who is not in it changes no count.
    let without = [scene.owner, outcast];
    let rest = [scene.stranger, scene.admin, scene.member];
    for filter in [ParticipantFilter::Recent, ParticipantFilter::Search(none())] {
        assert_eq!(part(filter.clone(), &without, 0).await, (rest[..2].to_vec(), 3));
        assert_eq!(part(filter, &without, 1).await, (rest[1..].to_vec(), 3));
    }
    let admins = part(ParticipantFilter::Admins, &without, 0).await;
    assert_eq!(admins, (vec![scene.admin], 1));
    let named = part(ParticipantFilter::Search("first".to_owned()), &without, 0).await;
    assert_eq!((named.0.contains(&scene.owner), named.1), (false, 3));
}

/// First and last names, and public ones.
pub async fn participants_are_found_by_name(stores: &Stores) {
    let scene = group(stores).await;
    let named = stores.accounts.set_username(Peer::User(scene.member), Some("nickname".to_owned()));
    named.await.unwrap();
    let search = |words: &str| ParticipantFilter::Search(words.to_owned());
    assert_eq!(listed(&scene, search("nick")).await, (vec![scene.member], 1));
    assert_eq!(listed(&scene, search("last2 FIRST")).await, (vec![scene.admin], 1));
    assert_eq!(listed(&scene, search("first4")).await, (vec![], 0));
    assert_eq!(listed(&scene, search("")).await.1, 3);
    scene.ban(scene.member, kicked()).await;
    let banned = |words: &str| ParticipantFilter::Kicked(words.to_owned());
    assert_eq!(listed(&scene, banned("nick")).await, (vec![scene.member], 1));
    assert_eq!(listed(&scene, banned("other")).await, (vec![], 0));
}

/// Of the person who asks.
pub async fn contacts_are_found_among_members(stores: &Stores) {
    let scene = group(stores).await;
    let contact = |user| Contact {
        user,
        first_name: "My".to_owned(),
        last_name: "Friend".to_owned(),
        phone: None,
        mutual: false,
    };
    let book = vec![contact(scene.member), contact(scene.stranger)];
    stores.contacts.put_contacts(scene.owner, book).await.unwrap();
    let filter = ParticipantFilter::Contacts(String::new());
    assert_eq!(listed(&scene, filter.clone()).await, (vec![scene.member], 1));
    let others = stores.channels.participants(scene.id, scene.admin, filter, &[], (0, 10));
    let others = others.await.unwrap();
    assert_eq!(others, (Vec::<Participant>::new(), 0));
}

/// For telling everyone of a change.
pub async fn members_come_in_pages(stores: &Stores) {
    let scene = group(stores).await;
    scene.ban(scene.stranger, kicked()).await;
    let page = |after| stores.channels.member_ids(scene.id, after, 2);
    let first = page(UserId(0)).await.unwrap();
    assert_eq!(first, [scene.owner, scene.admin]);
    assert_eq!(page(first[1]).await.unwrap(), [scene.member]);
    assert_eq!(page(scene.member).await.unwrap(), []);
}

/// Deleted ones are not among them.
pub async fn channels_of_a_person_are_those_they_are_in(stores: &Stores) {
    let scene = group(stores).await;
    let other = create(stores, scene.member, true).await.id;
    let channels = stores.channels.channels_of(scene.member).await.unwrap();
    assert_eq!(channels, [scene.id, other]);
    let rows = stores.channels.participations(scene.member, &[other, ChannelId(1), scene.id]).await;
    let rows: Vec<_> =
        rows.unwrap().into_iter().map(|(id, row)| (id, row.admin.is_some())).collect();
    assert_eq!(rows, [(other, true), (scene.id, false)]);
    stores.channels.leave_channel(scene.id, scene.member, NOW).await.unwrap();
    stores.channels.delete_channel(other, scene.member).await.unwrap();
    assert_eq!(stores.channels.channels_of(scene.member).await.unwrap(), []);
}

/// Each departure counts, whoever causes it; restrictions that leave somebody in, returns and refusals do not.
pub async fn departures_only_rise(stores: &Stores) {
    let scene = group(stores).await;
    let port = &stores.channels;
    let departures = async || port.channels(&[scene.id]).await.unwrap()[0].departures;
    assert_eq!(departures().await, 0);
    scene.ban(scene.member, BannedRights { send_polls: true, ..BannedRights::default() }).await;
    scene.ban(scene.stranger, kicked()).await;
    assert_eq!(departures().await, 0);
    scene.ban(scene.member, kicked()).await;
    assert_eq!(departures().await, 1);
    scene.ban(scene.member, BannedRights::default()).await;
    port.invite_to_channel(scene.id, scene.owner, &[scene.member], NOW).await.unwrap();
    assert_eq!(port.memberships(scene.member).await.unwrap(), [(scene.id, 1)]);
    let act = port.act_in_channel(scene.id, scene.member, ChannelAct::Leave, NOW).await.unwrap();
    assert_eq!(act.channel.departures, 2);
    assert!(port.leave_channel(scene.id, scene.member, NOW).await.is_err());
    assert_eq!(departures().await, 2);
    let people = [scene.owner, scene.member, scene.stranger, scene.admin];
    let strangers = port.strangers(scene.id, &people).await.unwrap();
    assert_eq!(strangers, [scene.member, scene.stranger]);
    assert_eq!(port.delete_channel(scene.id, scene.owner).await.unwrap().departures, 3);
    assert_eq!(port.memberships(scene.owner).await.unwrap(), []);
}

/// Messages, edits that show, deletions and pins move a log; nobody hears of channels they are not in.
pub async fn channels_that_moved_are_found_by_date(stores: &Stores) {
    let scene = group(stores).await;
    let (id, owner) = (scene.id, scene.owner);
    let port = &stores.channels;
    let moved = async |since| port.channels_moved(scene.member, later(since)).await.unwrap();
    assert_eq!(moved(1).await, []);
    let post = NewChannelMessage { date: later(10), ..scene.written(owner, text("one")) };
    let first = scene.post(post.clone()).await.id;
    assert_eq!(moved(10).await, [(id, Pts(START.0 + 1))]);
    assert_eq!(moved(11).await, []);
    port.edit_post(id, owner, first, text("two"), Some(later(20))).await.unwrap();
    assert_eq!(moved(20).await, [(id, Pts(START.0 + 2))]);
    assert_eq!(moved(21).await, []);
    port.pin_posts(id, owner, &[first], true, later(30)).await.unwrap();
    assert_eq!(moved(30).await, [(id, Pts(START.0 + 3))]);
    port.delete_posts(id, owner, &[first], later(40)).await.unwrap();
    assert_eq!(moved(40).await, [(id, Pts(START.0 + 4))]);
    // A clock that went back takes nothing away.
    scene.post(post).await;
    assert_eq!(moved(40).await, [(id, Pts(START.0 + 5))]);
    let others = port.channels_moved(scene.stranger, later(0)).await.unwrap();
    assert_eq!(others, []);
    port.delete_channel(id, owner).await.unwrap();
    assert_eq!(moved(0).await, []);
}

/// Whoever else administers them.
pub async fn public_channels_belong_to_their_creator(stores: &Stores) {
    let scene = group(stores).await;
    create(stores, scene.owner, true).await;
    assert_eq!(stores.channels.public_channels_of(scene.owner).await.unwrap(), []);
    scene.publish("public_name").await;
    assert_eq!(stores.channels.public_channels_of(scene.owner).await.unwrap(), [scene.id]);
    assert_eq!(stores.channels.public_channels_of(scene.admin).await.unwrap(), []);
}

/// Private and deleted ones are not among them.
pub async fn public_channels_are_listed_by_id(stores: &Stores) {
    let scene = group(stores).await;
    let owner = scene.owner;
    let second = create(stores, owner, true).await.id;
    let hidden = create(stores, owner, true).await.id;
    let third = create(stores, owner, true).await.id;
    scene.publish("first_name").await;
    for (channel, name) in [(second, "second_name"), (third, "third_name")] {
        let named = stores.accounts.set_username(Peer::Channel(channel), Some(name.to_owned()));
        named.await.unwrap();
    }
    let listed = async |ids: std::ops::Range<ChannelId>, limit| {
        let found = stores.channels.public_channels(ids, limit).await.unwrap();
        found.into_iter().map(|one| (one.id, one.name, one.broadcast)).collect::<Vec<_>>()
    };
    let row = |id, name: &str| (id, name.to_owned(), id != scene.id);
    let (one, two) = (row(scene.id, "first_name"), row(second, "second_name"));
    assert!(hidden > second && hidden < third);
    assert_eq!(listed(scene.id..third, 10).await, [two, one.clone()]);
    assert_eq!(listed(scene.id..ChannelId(i64::MAX), 1).await, [row(third, "third_name")]);
    assert_eq!(listed(third..scene.id, 10).await, []);
    assert_eq!(listed(scene.id..third, 0).await, []);
    stores.channels.delete_channel(second, owner).await.unwrap();
    assert_eq!(listed(scene.id..third, 10).await, [one]);
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
