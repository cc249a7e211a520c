//! Channels from their making to their end.

use store::ports::Notice;
use store::ports::bus::Heard;
use tl_api::functions::channels as f;
use tl_api::functions::messages;
use tl_api::{enums, types};

use super::{actions, admin_of, ban, channel, full, invite, kick, make_public, post, seen};
use crate::testing::{Device, World, list};

#[tokio::test]
async fn a_new_channel_answers_one_message_and_one_number() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let request = f::CreateChannel {
        megagroup: true,
        title: "  Friends ".to_owned(),
        about: "of mine".to_owned(),
        ..Default::default()
    };
    let updates = list(anna.ok(request.clone()).await);
    let [number, new, changed] = updates.as_slice() else { panic!("{updates:?}") };
    let enums::Update::UpdateMessageID(number) = number else { panic!("{number:?}") };
    let enums::Update::UpdateNewChannelMessage(new) = new else { panic!("{new:?}") };
    let enums::Update::UpdateChannel(changed) = changed else { panic!("{changed:?}") };
    assert_eq!((number.id, new.pts_count), (1, 1));
    assert_ne!(number.random_id, 0);
    assert_eq!(
        actions(&updates),
        [types::MessageActionChannelCreate { title: "Friends".to_owned() }.into()]
    );

    let full = full(&anna, model::ChannelId(changed.channel_id)).await;
    assert_eq!(
        (full.about.as_str(), full.participants_count, full.admins_count),
        ("of mine", Some(1), Some(1))
    );
    assert_eq!((full.pts, full.unread_count, full.kicked_count), (new.pts, 0, Some(0)));
    assert!(full.can_set_username && full.can_delete_channel && full.can_view_participants);

    for (error, wrong) in [
        ("CHAT_TITLE_EMPTY", f::CreateChannel { title: " ".to_owned(), ..request.clone() }),
        ("CHAT_ABOUT_TOO_LONG", f::CreateChannel { about: "a".repeat(256), ..request.clone() }),
        ("CHAT_INVALID", f::CreateChannel { broadcast: true, ..request.clone() }),
        ("CHAT_INVALID", f::CreateChannel { forum: true, ..request.clone() }),
    ] {
        assert_eq!(anna.fails(wrong).await, error);
    }
}

/// Newest first, service messages as nothing.
async fn texts(of: &Device<'_>, id: model::ChannelId) -> Vec<String> {
    let peer = of.input_peer(model::Peer::Channel(id));
    let page = of.ok(messages::GetHistory { peer, limit: 9, ..Default::default() }).await;
    let enums::messages::Messages::ChannelMessages(page) = page else { panic!("{page:?}") };
    let text = |message| match message {
        enums::Message::Message(message) => message.message,
        _ => String::new(),
    };
    page.messages.into_iter().map(text).collect()
}

#[tokio::test]
async fn a_history_deleted_for_oneself_is_gone_on_all_devices_of_ones_own() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    let last = post(&anna, id, "before").await;
    let other = world.device(ben.user());
    let mut ears = other.listen().await;
    let delete = f::DeleteHistory { channel: ben.input_channel(id), ..Default::default() };
    let told: enums::Update =
        types::UpdateChannelAvailableMessages { channel_id: id.0, available_min_id: last }.into();
    assert_eq!(list(ben.ok(delete.clone()).await), std::slice::from_ref(&told));
    assert_eq!(ears.hear().await, [told]);
    assert_eq!(full(&ben, id).await.available_min_id, Some(last));
    assert_eq!(full(&anna, id).await.available_min_id, None);
    assert_eq!(texts(&ben, id).await, Vec::<String>::new());
    assert_eq!(texts(&anna, id).await.first().map(String::as_str), Some("before"));
    post(&anna, id, "after").await;
    assert_eq!(texts(&ben, id).await, ["after"]);
    let cleo = world.sign_up("Cleo").await;
    make_public(&anna, id, "friends").await;
    let outside = f::DeleteHistory { channel: cleo.input_channel(id), ..delete };
    assert_eq!(cleo.fails(outside).await, "CHANNEL_PARICIPANT_MISSING");
}

#[tokio::test]
async fn who_joins_reads_on_from_there_and_who_leaves_is_out() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    make_public(&anna, id, "friends").await;
    post(&anna, id, "before").await;
    let joined = ben.ok(f::JoinChannel { channel: ben.input_channel(id) }).await;
    let enums::messages::ChatInviteJoinResult::ChatInviteJoinResultOk(joined) = joined;
    let updates = list(joined.updates);
    assert_eq!(
        actions(&updates),
        [types::MessageActionChatAddUser { users: vec![ben.user().0] }.into()]
    );
    assert_eq!(full(&ben, id).await.unread_count, 0);
    post(&anna, id, "after").await;
    assert_eq!(full(&ben, id).await.unread_count, 1);

    let left = list(ben.ok(f::LeaveChannel { channel: ben.input_channel(id) }).await);
    assert_eq!(left, [types::UpdateChannel { channel_id: id.0 }.into()]);
    let enums::Chat::Channel(shown) = seen(&ben, id).await else { panic!() };
    assert!(shown.left && !shown.creator);
    assert_eq!(full(&anna, id).await.participants_count, Some(1));
}

#[tokio::test]
async fn who_is_removed_is_shut_out_until_freed() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    make_public(&anna, id, "friends").await;
    invite(&anna, id, &[&ben]).await;
    let mut ears = ben.listen().await;

    let updates = list(anna.ok(ban(&anna, id, &ben, kick())).await);
    assert_eq!(
        actions(&updates),
        [types::MessageActionChatDeleteUser { user_id: ben.user().0 }.into()]
    );
    assert_eq!(ears.hear().await, [types::UpdateChannel { channel_id: id.0 }.into()]);
    assert!(matches!(seen(&ben, id).await, enums::Chat::ChannelForbidden(_)));
    let history = messages::GetHistory {
        peer: ben.input_peer(model::Peer::Channel(id)),
        limit: 1,
        ..Default::default()
    };
    assert_eq!(ben.fails(history).await, "CHANNEL_PRIVATE");
    assert_eq!(
        ben.fails(f::JoinChannel { channel: ben.input_channel(id) }).await,
        "CHANNEL_PRIVATE"
    );
    let users = vec![anna.input_user(&ben)];
    assert_eq!(
        anna.fails(f::InviteToChannel { channel: anna.input_channel(id), users }).await,
        "USER_KICKED"
    );
    assert_eq!(full(&anna, id).await.kicked_count, Some(1));
    let kicked = f::GetParticipants {
        channel: anna.input_channel(id),
        filter: types::ChannelParticipantsKicked { q: "be".to_owned() }.into(),
        limit: 10,
        ..Default::default()
    };
    let enums::channels::ChannelParticipants::ChannelParticipants(page) = anna.ok(kicked).await
    else {
        panic!()
    };
    let [enums::ChannelParticipant::ChannelParticipantBanned(row)] = page.participants.as_slice()
    else {
        panic!()
    };
    assert_eq!((row.left, row.kicked_by, page.count), (true, anna.user().0, 1));

    anna.ok(ban(&anna, id, &ben, types::ChatBannedRights::default())).await;
    ben.ok(f::JoinChannel { channel: ben.input_channel(id) }).await;
    assert_eq!(anna.fails(ban(&anna, id, &anna, kick())).await, "USER_ADMIN_INVALID");
}

#[tokio::test]
async fn admins_are_named_with_their_rights_and_rank() {
    let world = World::new();
    let (anna, ben, cleo) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Cleo").await);
    let id = channel(&anna, true).await;
    let rights = types::ChatAdminRights {
        post_messages: true,
        add_admins: true,
        invite_users: true,
        ..Default::default()
    };
    anna.ok(admin_of(&anna, id, &ben, rights)).await;
    post(&ben, id, "by an admin").await;
    let one = f::GetParticipant { channel: anna.input_channel(id), participant: anna.peer(&ben) };
    let enums::channels::ChannelParticipant::ChannelParticipant(answer) = anna.ok(one).await;
    let enums::ChannelParticipant::ChannelParticipantAdmin(admin) = answer.participant else {
        panic!()
    };
    assert_eq!(
        (admin.can_edit, admin.promoted_by, admin.rank.as_deref()),
        (true, anna.user().0, Some("editor"))
    );
    // Nobody gives what they don't have.
    let more = types::ChatAdminRights { ban_users: true, ..Default::default() };
    assert_eq!(ben.fails(admin_of(&ben, id, &cleo, more)).await, "RIGHT_FORBIDDEN");
    let less = types::ChatAdminRights { post_messages: true, ..Default::default() };
    ben.ok(admin_of(&ben, id, &cleo, less.clone())).await;
    let long = f::EditAdmin { rank: Some("a".repeat(17)), ..admin_of(&anna, id, &cleo, less) };
    assert_eq!(anna.fails(long).await, "ADMIN_RANK_INVALID");
    assert_eq!(full(&anna, id).await.admins_count, Some(3));
    anna.ok(admin_of(&anna, id, &cleo, types::ChatAdminRights::default())).await;
    assert_eq!(full(&anna, id).await.admins_count, Some(2));
    let send_as =
        f::GetSendAs { peer: ben.input_peer(model::Peer::Channel(id)), ..Default::default() };
    let enums::channels::SendAsPeers::SendAsPeers(names) = ben.ok(send_as).await;
    let enums::SendAsPeer::SendAsPeer(name) = &names.peers[0];
    assert_eq!(name.peer, types::PeerChannel { channel_id: id.0 }.into());
}

#[tokio::test]
async fn a_public_name_is_one_for_all_and_ten_for_each() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true).await;
    let set = |id, username: &str| f::UpdateUsername {
        channel: anna.input_channel(id),
        username: username.to_owned(),
    };
    assert_eq!(anna.fails(set(id, "no")).await, "USERNAME_INVALID");
    make_public(&anna, id, "the_news").await;
    assert_eq!(anna.fails(set(id, "the_news")).await, "USERNAME_NOT_MODIFIED");
    let bens = channel(&ben, true).await;
    let taken =
        f::UpdateUsername { channel: ben.input_channel(bens), username: "The_News".to_owned() };
    assert_eq!(ben.fails(taken).await, "USERNAME_OCCUPIED");
    let check = |username: &str| f::CheckUsername {
        channel: enums::InputChannel::InputChannelEmpty,
        username: username.to_owned(),
    };
    assert!(!ben.ok(check("the_news")).await);
    assert!(ben.ok(check("other_news")).await);
    for n in 1..10 {
        make_public(&anna, channel(&anna, true).await, &format!("the_news_{n}")).await;
        world.pass(24 * 3600);
    }
    let last = channel(&anna, true).await;
    assert_eq!(anna.fails(set(last, "too_many")).await, "CHANNELS_ADMIN_PUBLIC_TOO_MUCH");
    let limit = f::GetAdminedPublicChannels { check_limit: true, ..Default::default() };
    assert_eq!(anna.fails(limit).await, "CHANNELS_ADMIN_PUBLIC_TOO_MUCH");
    let enums::messages::Chats::Chats(owned) =
        anna.ok(f::GetAdminedPublicChannels::default()).await
    else {
        panic!()
    };
    assert_eq!(owned.chats.len(), 10);
    // Whoever has ten may still rename one, and free one.
    assert!(anna.ok(set(id, "old_news")).await);
    assert!(anna.ok(set(id, "")).await);
    make_public(&anna, last, "too_many").await;
}

#[tokio::test]
async fn where_joining_needs_approval_the_owner_is_asked() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let carl = world.sign_up("Carl").await;
    let id = channel(&anna, false).await;
    make_public(&anna, id, "friends").await;
    invite(&anna, id, &[&carl]).await;
    let rights = types::ChatAdminRights { invite_users: true, ..Default::default() };
    anna.ok(admin_of(&anna, id, &carl, rights)).await;
    let ask = f::ToggleJoinRequest {
        channel: anna.input_channel(id),
        enabled: true,
        ..Default::default()
    };
    anna.ok(ask.clone()).await;
    assert_eq!(anna.fails(ask).await, "CHAT_NOT_MODIFIED");
    let mut ears = anna.listen().await;
    let mut others = carl.listen().await;
    assert_eq!(
        ben.fails(f::JoinChannel { channel: ben.input_channel(id) }).await,
        "INVITE_REQUEST_SENT"
    );
    let heard = ears.hear().await;
    let [enums::Update::UpdatePendingJoinRequests(pending)] = heard.as_slice() else {
        panic!("{heard:?}")
    };
    assert_eq!(
        (pending.requests_pending, pending.recent_requesters.as_slice()),
        (1, [ben.user().0].as_slice())
    );
    assert_eq!(others.hear().await, heard);
    assert_eq!(full(&anna, id).await.requests_pending, Some(1));
    let approve = messages::HideChatJoinRequest {
        approved: true,
        peer: anna.input_peer(model::Peer::Channel(id)),
        user_id: anna.input_user(&ben),
    };
    let mut bus = world.core.stores.bus.subscribe();
    anna.ok(approve).await;
    // Her answer does not bring the message, so her own session is told of it like everybody's.
    let mut moved = 0;
    while let Some(Heard::Notice(notice)) = bus.try_recv() {
        if let Notice::Channel { origin, .. } = &*notice {
            assert_ne!(*origin, anna.caller.origin());
            moved += 1;
        }
    }
    assert_eq!(moved, 1);
    // The other admins see that it is settled.
    let settled = others.hear().await;
    let [.., enums::Update::UpdatePendingJoinRequests(pending)] = settled.as_slice() else {
        panic!("{settled:?}")
    };
    assert_eq!(pending.requests_pending, 0);
    let enums::Chat::Channel(shown) = seen(&ben, id).await else { panic!() };
    assert!(!shown.left);
}

#[tokio::test]
async fn a_link_is_no_way_around_approval() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    make_public(&anna, id, "friends").await;
    let peer = anna.input_peer(model::Peer::Channel(id));
    let link = anna.ok(messages::ExportChatInvite { peer, ..Default::default() }).await;
    let enums::ExportedChatInvite::ChatInviteExported(link) = link else { panic!("{link:?}") };
    assert!(!link.request_needed);
    let hash = link.link.rsplit('+').next().unwrap_or_default().to_owned();
    let ask = |enabled| f::ToggleJoinRequest {
        channel: anna.input_channel(id),
        enabled,
        ..Default::default()
    };
    let asks = async || match ben.ok(messages::CheckChatInvite { hash: hash.clone() }).await {
        enums::ChatInvite::ChatInvite(invite) => invite.request_needed,
        other => panic!("{other:?}"),
    };
    let join = || messages::ImportChatInvite { hash: hash.clone() };
    anna.ok(ask(true)).await;
    assert!(asks().await);
    assert_eq!(ben.fails(join()).await, "INVITE_REQUEST_SENT");
    assert_eq!(full(&anna, id).await.requests_pending, Some(1));
    anna.ok(ask(false)).await;
    assert!(!asks().await);
    ben.ok(join()).await;
    assert_eq!(full(&anna, id).await.requests_pending, None);
}

#[tokio::test]
async fn slow_mode_holds_members_back_and_not_admins() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    let slow = |seconds| f::ToggleSlowMode { channel: anna.input_channel(id), seconds };
    assert_eq!(anna.fails(slow(7)).await, "SECONDS_INVALID");
    anna.ok(slow(30)).await;
    assert_eq!(full(&ben, id).await.slowmode_seconds, Some(30));
    let one = post(&ben, id, "one").await;
    let two = messages::SendMessage {
        peer: ben.input_peer(model::Peer::Channel(id)),
        message: "two".to_owned(),
        random_id: 2,
        ..Default::default()
    };
    assert_eq!(ben.fails(two.clone()).await, "SLOWMODE_WAIT_30");
    let next = i32::try_from(world.core.now().0 + 30).unwrap();
    assert_eq!(full(&ben, id).await.slowmode_next_send_date, Some(next));
    ben.ok(f::DeleteMessages { channel: ben.input_channel(id), id: vec![one] }).await;
    assert_eq!(ben.fails(two).await, "SLOWMODE_WAIT_30", "deleting shortens nothing");
    assert_eq!(full(&ben, id).await.slowmode_next_send_date, Some(next));
    post(&anna, id, "one").await;
    post(&anna, id, "two").await;
    world.pass(30);
    assert_eq!(full(&ben, id).await.slowmode_next_send_date, None);
    post(&ben, id, "two").await;
}

#[tokio::test]
async fn the_end_of_a_channel_is_told_to_everyone() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true).await;
    make_public(&anna, id, "the_news").await;
    invite(&anna, id, &[&ben]).await;
    let mut ears = ben.listen().await;
    let gone: Vec<enums::Update> = vec![types::UpdateChannel { channel_id: id.0 }.into()];
    assert_eq!(list(anna.ok(f::DeleteChannel { channel: anna.input_channel(id) }).await), gone);
    assert_eq!(ears.hear().await, gone);
    for viewer in [&anna, &ben] {
        assert!(matches!(seen(viewer, id).await, enums::Chat::ChannelForbidden(_)));
        assert_eq!(
            viewer.fails(f::GetFullChannel { channel: viewer.input_channel(id) }).await,
            "CHANNEL_PRIVATE"
        );
    }
    let check = f::CheckUsername {
        channel: enums::InputChannel::InputChannelEmpty,
        username: "the_news".to_owned(),
    };
    assert!(ben.ok(check).await);
}
