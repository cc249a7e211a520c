//! Cases of the channels port: admins, and who is shown out.

use model::Peer;
use model::channel::ParticipantState;
use model::limits::CHANNEL_ADMINS;
use model::rights::{AdminRights, BannedRights, Denial};

use super::channel_scene::{broadcast, group, kicked};
use super::channels::{join_by, link};
use super::support::{NOW, later, user};
use crate::Stores;
use crate::ports::channels::AdminGrant;

/// The names of this file's cases.
#[macro_export]
macro_rules! channel_roles_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            channel_roles,
            $make,
            [
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
            ]
        );
    };
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
