//! Every method on a channel and on a supergroup by every role, with the exact answer, as the tables beside this file have it:
//! a line for each method, the roles grouped by what they are told. The methods themselves are beside it in `rights_methods.rs`.

use std::pin::Pin;

use model::{ChannelId, Peer};
use tl_api::functions::messages;
use tl_api::{enums, types};

use super::rights_methods::METHODS;
use super::{admin_of, ban, channel, invite, kick, make_public, poll, post};
use crate::RpcError;
use crate::testing::{Device, World};

#[derive(Clone, Copy)]
enum Role {
    /// Not in it; it is private.
    Stranger,
    /// Not in it; it is public, as it is for all that follow.
    Outsider,
    Banned,
    /// In it, and may not write.
    Restricted,
    Member,
    /// With this right only.
    Admin(&'static str),
    Owner,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::Outsider => "outsider",
            Self::Banned => "banned",
            Self::Restricted => "restricted",
            Self::Member => "member",
            Self::Admin(right) => right,
            Self::Owner => "owner",
        }
    }
}

pub(super) fn rights(name: &str) -> types::ChatAdminRights {
    let is = |right: &str| name == right;
    types::ChatAdminRights {
        change_info: is("change_info"),
        post_messages: is("post_messages"),
        edit_messages: is("edit_messages"),
        delete_messages: is("delete_messages"),
        ban_users: is("ban_users"),
        invite_users: is("invite_users"),
        pin_messages: is("pin_messages"),
        add_admins: is("add_admins"),
        ..Default::default()
    }
}

const IN_CHANNELS: [Role; 13] = [
    Role::Stranger,
    Role::Outsider,
    Role::Banned,
    Role::Restricted,
    Role::Member,
    Role::Admin("change_info"),
    Role::Admin("post_messages"),
    Role::Admin("edit_messages"),
    Role::Admin("delete_messages"),
    Role::Admin("ban_users"),
    Role::Admin("invite_users"),
    Role::Admin("add_admins"),
    Role::Owner,
];

const IN_GROUPS: [Role; 12] = [
    Role::Stranger,
    Role::Outsider,
    Role::Banned,
    Role::Restricted,
    Role::Member,
    Role::Admin("change_info"),
    Role::Admin("delete_messages"),
    Role::Admin("ban_users"),
    Role::Admin("invite_users"),
    Role::Admin("pin_messages"),
    Role::Admin("add_admins"),
    Role::Owner,
];

/// What a method is tried on.
pub(super) struct Scene<'w> {
    pub(super) id: ChannelId,
    /// The owner's, with a text and with a poll.
    pub(super) post: i32,
    pub(super) poll: i32,
    /// The owner's, on which people wait.
    pub(super) link: String,
    /// Who is in it.
    pub(super) bystander: Device<'w>,
    /// A channel of theirs.
    pub(super) news: ChannelId,
    /// Who waits to be let in.
    pub(super) waiting: Device<'w>,
}

pub(super) type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), RpcError>> + 'a>>;
pub(super) type Method = for<'a> fn(&'a Scene<'a>, &'a Device<'a>) -> Answer<'a>;

/// Gives somebody who is in it a role.
async fn set_up(owner: &Device<'_>, id: ChannelId, anna: &Device<'_>, role: Role) {
    match role {
        Role::Banned => drop(owner.ok(ban(owner, id, anna, kick())).await),
        Role::Restricted => {
            let mute = types::ChatBannedRights { send_messages: true, ..Default::default() };
            owner.ok(ban(owner, id, anna, mute)).await;
        }
        Role::Admin(right) => drop(owner.ok(admin_of(owner, id, anna, rights(right))).await),
        _ => {}
    }
}

async fn asked_link(owner: &Device<'_>, id: ChannelId) -> String {
    let peer = owner.input_peer(Peer::Channel(id));
    let wanted = messages::ExportChatInvite { peer, request_needed: true, ..Default::default() };
    match owner.ok(wanted).await {
        enums::ExportedChatInvite::ChatInviteExported(invite) => invite.link,
        enums::ExportedChatInvite::ChatInvitePublicJoinRequests => panic!("a link of its own"),
    }
}

/// A channel of Olga's in which Ben is, and Cleo waits to be.
async fn scene<'w>(
    world: &'w World,
    owner: &Device<'w>,
    (broadcast, public): (bool, bool),
) -> Scene<'w> {
    let id = channel(owner, broadcast).await;
    if public {
        make_public(owner, id, "the_news").await;
    }
    let (bystander, waiting) = (world.sign_up("Ben").await, world.sign_up("Cleo").await);
    invite(owner, id, &[&bystander]).await;
    let link = asked_link(owner, id).await;
    let hash = link.rsplit('+').next().unwrap_or_default().to_owned();
    drop(waiting.call(messages::ImportChatInvite { hash }).await);
    let (post, poll) = (post(owner, id, "first").await, poll(owner, id, !broadcast).await);
    let news = channel(&bystander, true).await;
    Scene { id, post, poll, link, bystander, news, waiting }
}

async fn answer(broadcast: bool, role: Role, method: Method) -> String {
    let world = World::new();
    let (owner, anna) = (world.sign_up("Olga").await, world.sign_up("Anna").await);
    let public = !matches!(role, Role::Stranger);
    let scene = scene(&world, &owner, (broadcast, public)).await;
    if !matches!(role, Role::Stranger | Role::Outsider | Role::Owner) {
        invite(&owner, scene.id, &[&anna]).await;
    }
    set_up(&owner, scene.id, &anna, role).await;
    let actor = if matches!(role, Role::Owner) { &owner } else { &anna };
    match method(&scene, actor).await {
        Ok(()) => "ok".to_owned(),
        Err(error) => error.text.into_owned(),
    }
}

async fn check(broadcast: bool, roles: &[Role], expected: &str) {
    let mut lines = Vec::new();
    for (name, method) in METHODS.concat() {
        let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
        for role in roles {
            let told = answer(broadcast, *role, method).await;
            match groups.iter_mut().find(|(other, _)| *other == told) {
                Some((_, roles)) => roles.push(role.name()),
                None => groups.push((told, vec![role.name()])),
            }
        }
        let groups = groups.iter().map(|(told, roles)| format!("{told} ({})", roles.join(", ")));
        lines.push(format!("{name}: {}", groups.collect::<Vec<_>>().join("; ")));
    }
    let found = lines.join("\n");
    assert_eq!(lines, expected.lines().collect::<Vec<_>>(), "found:\n{found}\n");
}

#[tokio::test]
async fn everyone_is_told_exactly_what_they_may_in_a_channel() {
    check(true, &IN_CHANNELS, include_str!("rights_in_channels.txt")).await;
}

#[tokio::test]
async fn everyone_is_told_exactly_what_they_may_in_a_supergroup() {
    check(false, &IN_GROUPS, include_str!("rights_in_groups.txt")).await;
}
