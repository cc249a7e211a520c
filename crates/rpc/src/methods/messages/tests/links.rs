//! Invite links of basic groups, and requests to join.

use model::ChatId;
use store::ports::Notice;
use store::ports::bus::Heard;
use tl_api::functions::messages as f;
use tl_api::{enums, types};

use super::groups::group;
use super::{actions, text};
use crate::testing::{Device, World, list};

fn chat(id: ChatId) -> enums::InputPeer {
    types::InputPeerChat { chat_id: id.0 }.into()
}

fn exported(invite: enums::ExportedChatInvite) -> types::ChatInviteExported {
    match invite {
        enums::ExportedChatInvite::ChatInviteExported(invite) => invite,
        other @ enums::ExportedChatInvite::ChatInvitePublicJoinRequests => panic!("{other:?}"),
    }
}

async fn export(by: &Device<'_>, request: f::ExportChatInvite) -> (String, String) {
    let invite = exported(by.ok(request).await);
    let hash = invite.link.rsplit('+').next().unwrap().to_owned();
    (invite.link, hash)
}

fn imported(answer: enums::messages::ChatInviteJoinResult) -> Vec<enums::Update> {
    match answer {
        enums::messages::ChatInviteJoinResult::ChatInviteJoinResultOk(ok) => list(ok.updates),
    }
}

#[tokio::test]
async fn a_link_shows_the_group_and_lets_people_in() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = group(&anna, &[&ben]).await;
    let (link, hash) =
        export(&anna, f::ExportChatInvite { peer: chat(id), ..Default::default() }).await;
    assert!(link.starts_with("https://hoopoe.test/+"), "{link}");
    let enums::ChatInvite::ChatInvite(seen) =
        carl.ok(f::CheckChatInvite { hash: hash.clone() }).await
    else {
        panic!()
    };
    assert_eq!((seen.title.as_str(), seen.participants_count, seen.channel), ("Club", 2, false));
    let enums::ChatInvite::ChatInviteAlready(_) =
        ben.ok(f::CheckChatInvite { hash: hash.clone() }).await
    else {
        panic!()
    };
    let updates = imported(carl.ok(f::ImportChatInvite { hash: hash.clone() }).await);
    let joined = types::MessageActionChatJoinedByLink { inviter_id: anna.user().0 }.into();
    assert_eq!(actions(&updates), [joined]);
    carl.ok(text(chat(id), "hello", 1)).await;
    assert_eq!(carl.fails(f::ImportChatInvite { hash }).await, "USER_ALREADY_PARTICIPANT");
    assert_eq!(
        carl.call(f::CheckChatInvite { hash: "nothing".to_owned() }).await.unwrap_err().text,
        "INVITE_HASH_INVALID"
    );
    assert_eq!(
        carl.call(f::CheckChatInvite { hash: String::new() }).await.unwrap_err().text,
        "INVITE_HASH_EMPTY"
    );
    let who = f::GetChatInviteImporters {
        peer: chat(id),
        link: Some(link),
        limit: 10,
        ..Default::default()
    };
    let enums::messages::ChatInviteImporters::ChatInviteImporters(who) = anna.ok(who).await;
    assert_eq!(who.count, 1);
}

#[tokio::test]
async fn links_end_by_date_by_use_and_by_hand() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = group(&anna, &[]).await;
    let now = i32::try_from(world.core.now().0).unwrap();
    let once = f::ExportChatInvite { peer: chat(id), usage_limit: Some(1), ..Default::default() };
    let (_, hash) = export(&anna, once).await;
    ben.ok(f::ImportChatInvite { hash: hash.clone() }).await;
    assert_eq!(carl.fails(f::ImportChatInvite { hash }).await, "INVITE_HASH_EXPIRED");
    let short =
        f::ExportChatInvite { peer: chat(id), expire_date: Some(now + 60), ..Default::default() };
    let (link, hash) = export(&anna, short).await;
    world.pass(61);
    assert_eq!(carl.fails(f::ImportChatInvite { hash }).await, "INVITE_HASH_EXPIRED");
    let revoke = f::EditExportedChatInvite {
        revoked: true,
        peer: chat(id),
        link: link.clone(),
        ..Default::default()
    };
    let enums::messages::ExportedChatInvite::ExportedChatInvite(ended) = anna.ok(revoke).await
    else {
        panic!()
    };
    assert!(exported(ended.invite).revoked);
    anna.check(f::DeleteExportedChatInvite { peer: chat(id), link: link.clone() }, Ok(true)).await;
    assert_eq!(
        anna.call(f::GetExportedChatInvite { peer: chat(id), link }).await.unwrap_err().text,
        "INVITE_HASH_INVALID"
    );
    // A permanent link that ends is replaced.
    let (permanent, _) =
        export(&anna, f::ExportChatInvite { peer: chat(id), ..Default::default() }).await;
    let revoke = f::EditExportedChatInvite {
        revoked: true,
        peer: chat(id),
        link: permanent,
        ..Default::default()
    };
    assert!(matches!(
        anna.ok(revoke).await,
        enums::messages::ExportedChatInvite::ExportedChatInviteReplaced(_)
    ));
    let list = f::GetExportedChatInvites {
        peer: chat(id),
        admin_id: enums::InputUser::InputUserSelf,
        limit: 10,
        ..Default::default()
    };
    let enums::messages::ExportedChatInvites::ExportedChatInvites(open) =
        anna.ok(list.clone()).await;
    assert_eq!(open.count, 2);
    assert!(ben.call(list).await.is_err());
    let self_ = enums::InputUser::InputUserSelf;
    anna.check(f::DeleteRevokedExportedChatInvites { peer: chat(id), admin_id: self_ }, Ok(true))
        .await;
    let enums::messages::ChatAdminsWithInvites::ChatAdminsWithInvites(admins) =
        anna.ok(f::GetAdminsWithInvites { peer: chat(id) }).await;
    let enums::ChatAdminWithInvites::ChatAdminWithInvites(row) = &admins.admins[0];
    assert_eq!((row.invites_count, row.revoked_invites_count), (2, 0));
}

#[tokio::test]
async fn requests_to_join_wait_for_an_admin() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = group(&anna, &[]).await;
    let asking = f::ExportChatInvite { peer: chat(id), request_needed: true, ..Default::default() };
    let (_, hash) = export(&anna, asking).await;
    let mut ears = anna.listen().await;
    for person in [&ben, &carl] {
        assert_eq!(
            person.fails(f::ImportChatInvite { hash: hash.clone() }).await,
            "INVITE_REQUEST_SENT"
        );
    }
    let heard = ears.hear().await;
    assert!(
        matches!(heard.last(), Some(enums::Update::UpdatePendingJoinRequests(p)) if p.requests_pending == 2),
        "{heard:?}"
    );
    let settle = |who: &Device<'_>, approved| f::HideChatJoinRequest {
        approved,
        peer: chat(id),
        user_id: anna.input_user(who),
    };
    let mut ears = ben.listen().await;
    let mut bus = world.core.stores.bus.subscribe();
    anna.ok(settle(&ben, true)).await;
    assert_eq!(
        actions(&ears.hear().await),
        [enums::MessageAction::MessageActionChatJoinedByRequest]
    );
    // The session that let him in hears of him too: its answer does not say so.
    let mut moved = 0;
    while let Some(Heard::Notice(notice)) = bus.try_recv() {
        match &*notice {
            Notice::Box { user, origin, .. } if *user == anna.user() => {
                assert_ne!(*origin, anna.caller.origin());
                moved += 1;
            }
            _ => {}
        }
    }
    assert_eq!(moved, 1);
    ben.ok(text(chat(id), "thanks", 1)).await;
    assert_eq!(anna.fails(settle(&ben, true)).await, "HIDE_REQUESTER_MISSING");
    anna.ok(f::HideAllChatJoinRequests { approved: false, peer: chat(id), link: None }).await;
    assert!(carl.call(text(chat(id), "please", 1)).await.is_err());
}
