//! What members of a supergroup learn of admins who speak as the group, and of people who write as their channel.

use model::event::Ephemeral;
use model::{ChannelId, Peer};
use store::ports::Notice;
use store::ports::bus::Heard;
use tl_api::functions::channels as f;
use tl_api::functions::messages;
use tl_api::{enums, types};

use super::{admin_of, channel, invite, listed, make_public, post};
use crate::testing::{Device, World, list};

/// Ben, as an anonymous admin who may make others admins.
async fn hide(owner: &Device<'_>, id: ChannelId, ben: &Device<'_>) {
    let rights = types::ChatAdminRights {
        anonymous: true,
        add_admins: true,
        change_info: true,
        invite_users: true,
        ..Default::default()
    };
    owner.ok(admin_of(owner, id, ben, rights)).await;
}

fn one(by: &Device<'_>, id: ChannelId, who: enums::InputPeer) -> f::GetParticipant {
    f::GetParticipant { channel: by.input_channel(id), participant: who }
}

#[tokio::test]
async fn members_are_not_told_of_anonymous_admins() {
    use enums::ChannelParticipantsFilter as Filter;
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (carl, dora) = (world.sign_up("Carl").await, world.sign_up("Dora").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    hide(&anna, id, &ben).await;
    // Carl came by Ben, and Dora was made an admin by him.
    invite(&ben, id, &[&carl, &dora]).await;
    let rights = types::ChatAdminRights { change_info: true, ..Default::default() };
    ben.ok(admin_of(&ben, id, &dora, rights)).await;
    let ben_id = ben.user().0.to_string();
    let filters = || {
        let named = |q: &str| types::ChannelParticipantsSearch { q: q.to_owned() }.into();
        [
            (Filter::ChannelParticipantsRecent, [4, 3]),
            (Filter::ChannelParticipantsAdmins, [3, 2]),
            (named(""), [4, 3]),
            (named("ben"), [1, 0]),
            (types::ChannelParticipantsContacts { q: String::new() }.into(), [0, 0]),
        ]
    };
    for (filter, [all, shown]) in filters() {
        let page = listed(&carl, id, filter.clone()).await;
        let rows = i32::try_from(page.participants.len()).unwrap();
        assert_eq!((rows, page.count), (shown, shown), "{filter:?}");
        assert!(!format!("{page:?}").contains(&ben_id), "{page:?}");
        for admin in [&anna, &dora, &ben] {
            assert_eq!(listed(admin, id, filter.clone()).await.count, all, "{filter:?}");
        }
    }
    assert_eq!(carl.fails(one(&carl, id, carl.peer(&ben))).await, "USER_NOT_PARTICIPANT");
    for who in [enums::InputPeer::InputPeerSelf, carl.peer(&dora)] {
        let row = carl.ok(one(&carl, id, who)).await;
        assert!(!format!("{row:?}").contains(&ben_id), "{row:?}");
    }
    for (admin, who) in [(&anna, anna.peer(&ben)), (&ben, enums::InputPeer::InputPeerSelf)] {
        admin.ok(one(admin, id, who)).await;
    }
    // An owner may hide, too.
    hide(&anna, id, &anna).await;
    let page = listed(&carl, id, Filter::ChannelParticipantsAdmins).await;
    assert_eq!((page.count, page.participants.len()), (1, 1));
    assert_eq!(carl.fails(one(&carl, id, carl.peer(&anna))).await, "USER_NOT_PARTICIPANT");
}

#[tokio::test]
async fn a_reaction_beside_that_of_an_anonymous_admin_does_not_name_them() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let carl = world.sign_up("Carl").await;
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben, &carl]).await;
    hide(&anna, id, &ben).await;
    let msg_id = post(&anna, id, "hello").await;
    let react = |by: &Device<'_>| messages::SendReaction {
        peer: by.input_peer(Peer::Channel(id)),
        msg_id,
        reaction: Some(vec![types::ReactionEmoji { emoticon: "👍".to_owned() }.into()]),
        ..Default::default()
    };
    ben.ok(react(&ben)).await;
    let enums::Updates::Updates(told) = carl.ok(react(&carl)).await else { panic!("a list") };
    let named = |one: &enums::User| matches!(one, enums::User::User(one) if one.id == ben.user().0);
    assert!(!told.users.iter().any(named), "the answer gives him away: {:?}", told.users);
    let group = |one: &enums::Chat| matches!(one, enums::Chat::Channel(one) if one.id == id.0);
    assert!(told.chats.iter().any(group), "in whose name it was given");
}

#[tokio::test]
async fn typing_does_not_tell_who_writes_as_a_channel() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (group, news) = (channel(&anna, false).await, channel(&ben, true).await);
    invite(&anna, group, &[&ben]).await;
    make_public(&anna, group, "the_group").await;
    make_public(&ben, news, "the_news").await;
    let peer = || ben.input_peer(Peer::Channel(group));
    let mut bus = world.core.stores.bus.subscribe();
    let mut heard = async || {
        let action = enums::SendMessageAction::SendMessageTypingAction;
        assert!(ben.ok(messages::SetTyping { peer: peer(), top_msg_id: None, action }).await);
        let mut typing = 0;
        while let Some(Heard::Notice(notice)) = bus.try_recv() {
            if let Notice::EphemeralToChannel { event: Ephemeral::Typing { .. }, .. } = &*notice {
                typing += 1;
            }
        }
        typing
    };
    assert_eq!(heard().await, 1);
    let choose = |send_as| messages::SaveDefaultSendAs { peer: peer(), send_as };
    assert!(ben.ok(choose(ben.input_peer(Peer::Channel(news)))).await);
    assert_eq!(heard().await, 0);
    assert!(ben.ok(choose(enums::InputPeer::InputPeerSelf)).await);
    assert_eq!(heard().await, 1);
}

#[tokio::test]
async fn a_link_does_not_name_the_anonymous_admin_who_made_it() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    hide(&anna, id, &ben).await;
    let by = async |admin: &Device<'_>| {
        let peer = admin.input_peer(Peer::Channel(id));
        let link = admin.ok(messages::ExportChatInvite { peer, ..Default::default() }).await;
        let enums::ExportedChatInvite::ChatInviteExported(link) = link else { panic!("{link:?}") };
        let hash = link.link.rsplit('+').next().unwrap_or_default().to_owned();
        let answer = carl.ok(messages::ImportChatInvite { hash }).await;
        let enums::messages::ChatInviteJoinResult::ChatInviteJoinResultOk(joined) = answer;
        let joined = list(joined.updates);
        carl.ok(f::LeaveChannel { channel: carl.input_channel(id) }).await;
        match super::actions(&joined).as_slice() {
            [enums::MessageAction::MessageActionChatJoinedByLink(joined)] => joined.inviter_id,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(by(&ben).await, carl.user().0);
    assert_eq!(by(&anna).await, anna.user().0);
}
