//! Who may do what: each method by each role, with the exact error.

use model::ChannelId;
use store::ports::Notice;
use store::ports::bus::Heard;
use tl_api::functions::channels as f;
use tl_api::{Function, enums, types};

use super::{admin_of, ban, channel, full, invite, kick, make_public, post};
use crate::testing::{Device, World};

/// A broadcast channel with people of every role.
struct Scene<'w> {
    id: ChannelId,
    /// The owner's.
    post: i32,
    bystander: Device<'w>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Not in it; it is private.
    Excluded,
    /// Not in it; it is public.
    Outsider,
    /// Plain subscriber.
    Member,
    /// May change title, photo and description, nothing else.
    Admin,
    Owner,
}

const ROLES: [Role; 5] = [Role::Excluded, Role::Outsider, Role::Member, Role::Admin, Role::Owner];

/// Calls a method in every role, each in a world of its own.
async fn table<F: Function>(request: impl Fn(&Scene<'_>, &Device<'_>) -> F, expected: [&str; 5]) {
    table_in(true, request, expected).await;
}

/// As [`table`], in a supergroup unless it is to be a broadcast channel.
async fn table_in<F: Function>(
    broadcast: bool,
    request: impl Fn(&Scene<'_>, &Device<'_>) -> F,
    expected: [&str; 5],
) {
    for (role, expected) in ROLES.into_iter().zip(expected) {
        let world = World::new();
        let owner = world.sign_up("Olga").await;
        let actor = if role == Role::Owner { owner } else { world.sign_up("Anna").await };
        let bystander = world.sign_up("Ben").await;
        let id = channel(&owner, broadcast).await;
        if role != Role::Excluded {
            make_public(&owner, id, "the_news").await;
        }
        invite(&owner, id, &[&bystander]).await;
        if matches!(role, Role::Member | Role::Admin) {
            invite(&owner, id, &[&actor]).await;
        }
        if role == Role::Admin {
            let rights = types::ChatAdminRights { change_info: true, ..Default::default() };
            owner.ok(admin_of(&owner, id, &actor, rights)).await;
        }
        let scene = Scene { id, post: post(&owner, id, "first").await, bystander };
        let answer = actor.call(request(&scene, &actor)).await;
        let answer = answer.map_or_else(|error| error.text.into_owned(), |_| "ok".to_owned());
        assert_eq!(answer, expected, "{} by {role:?}", F::NAME);
    }
}

const PRIVATE: &str = "CHANNEL_PRIVATE";
const ADMINS: &str = "CHAT_ADMIN_REQUIRED";
const OK: &str = "ok";
/// The other kind of channel.
const WRONG: &str = "CHANNEL_INVALID";

#[tokio::test]
async fn the_description_is_for_admins_with_that_right() {
    let expected = [PRIVATE, ADMINS, ADMINS, OK, OK];
    table(
        |s, by| f::EditTitle { channel: by.input_channel(s.id), title: "New".to_owned() },
        expected,
    )
    .await;
    let none = || enums::InputChatPhoto::InputChatPhotoEmpty;
    let same = [PRIVATE, ADMINS, ADMINS, "CHAT_NOT_MODIFIED", "CHAT_NOT_MODIFIED"];
    table(|s, by| f::EditPhoto { channel: by.input_channel(s.id), photo: none() }, same).await;
    let signs = |s: &Scene<'_>, by: &Device<'_>| f::ToggleSignatures {
        signatures_enabled: true,
        profiles_enabled: false,
        channel: by.input_channel(s.id),
    };
    table(signs, expected).await;
}

#[tokio::test]
async fn people_are_the_affair_of_those_who_have_that_right() {
    let expected = [PRIVATE, ADMINS, ADMINS, ADMINS, OK];
    table(|s, by| ban(by, s.id, &s.bystander, kick()), expected).await;
    let rights = types::ChatAdminRights { post_messages: true, ..Default::default() };
    table(|s, by| admin_of(by, s.id, &s.bystander, rights.clone()), expected).await;
    let twice = [PRIVATE, ADMINS, ADMINS, ADMINS, "USER_ALREADY_PARTICIPANT"];
    let invites = |s: &Scene<'_>, by: &Device<'_>| f::InviteToChannel {
        channel: by.input_channel(s.id),
        users: vec![by.input_user(&s.bystander)],
    };
    table(invites, twice).await;
}

#[tokio::test]
async fn members_of_a_broadcast_channel_are_shown_to_admins() {
    let of = |s: &Scene<'_>, by: &Device<'_>, filter| f::GetParticipants {
        channel: by.input_channel(s.id),
        filter,
        limit: 10,
        ..Default::default()
    };
    let expected = [PRIVATE, ADMINS, ADMINS, OK, OK];
    use enums::ChannelParticipantsFilter as Filter;
    table(|s, by| of(s, by, Filter::ChannelParticipantsRecent), expected).await;
    table(|s, by| of(s, by, types::ChannelParticipantsKicked::default().into()), expected).await;
    let one = |s: &Scene<'_>, by: &Device<'_>| f::GetParticipant {
        channel: by.input_channel(s.id),
        participant: by.peer(&s.bystander),
    };
    table(one, expected).await;
    let own = |s: &Scene<'_>, by: &Device<'_>| f::GetParticipant {
        channel: by.input_channel(s.id),
        participant: enums::InputPeer::InputPeerSelf,
    };
    table(own, [PRIVATE, "USER_NOT_PARTICIPANT", OK, OK, OK]).await;
}

#[tokio::test]
async fn the_end_and_the_name_are_the_owners() {
    let expected = [PRIVATE, ADMINS, ADMINS, ADMINS, OK];
    table(|s, by| f::DeleteChannel { channel: by.input_channel(s.id) }, expected).await;
    let name = |s: &Scene<'_>, by: &Device<'_>| f::UpdateUsername {
        channel: by.input_channel(s.id),
        username: "other_news".to_owned(),
    };
    table(name, expected).await;
    let check = |s: &Scene<'_>, by: &Device<'_>| f::CheckUsername {
        channel: by.input_channel(s.id),
        username: "other_news".to_owned(),
    };
    table(check, expected).await;
    let history = |s: &Scene<'_>, by: &Device<'_>| f::DeleteHistory {
        for_everyone: true,
        channel: by.input_channel(s.id),
        max_id: 0,
    };
    table(history, expected).await;
    let forbidden = "MESSAGE_DELETE_FORBIDDEN";
    let deletes = |s: &Scene<'_>, by: &Device<'_>| f::DeleteMessages {
        channel: by.input_channel(s.id),
        id: vec![s.post],
    };
    table(deletes, [PRIVATE, forbidden, forbidden, forbidden, OK]).await;
}

#[tokio::test]
async fn a_public_channel_is_read_and_joined_by_everyone() {
    let reading = [PRIVATE, OK, OK, OK, OK];
    table(|s, by| f::GetFullChannel { channel: by.input_channel(s.id) }, reading).await;
    let one = |s: &Scene<'_>| vec![types::InputMessageID { id: s.post }.into()];
    table(|s, by| f::GetMessages { channel: by.input_channel(s.id), id: one(s) }, reading).await;
    table(|s, by| f::ReadHistory { channel: by.input_channel(s.id), max_id: s.post }, reading)
        .await;
    table(
        |s, by| f::ReadMessageContents { channel: by.input_channel(s.id), id: vec![s.post] },
        reading,
    )
    .await;
    let link = |s: &Scene<'_>, by: &Device<'_>| f::ExportMessageLink {
        channel: by.input_channel(s.id),
        id: s.post,
        ..Default::default()
    };
    table(link, reading).await;
    let in_it = "USER_ALREADY_PARTICIPANT";
    table(
        |s, by| f::JoinChannel { channel: by.input_channel(s.id) },
        [PRIVATE, OK, in_it, in_it, in_it],
    )
    .await;
    let out = "USER_NOT_PARTICIPANT";
    table(|s, by| f::LeaveChannel { channel: by.input_channel(s.id) }, [PRIVATE, out, OK, OK, OK])
        .await;
    // What was never met says nothing, whatever it is.
    let unknown =
        || enums::InputChannel::from(types::InputChannel { channel_id: 1, access_hash: 2 });
    table(|_, _| f::GetFullChannel { channel: unknown() }, ["CHANNEL_INVALID"; 5]).await;
}

#[tokio::test]
async fn settings_of_supergroups_do_not_fit_broadcast_channels() {
    let expected =
        [PRIVATE, "CHANNEL_INVALID", "CHANNEL_INVALID", "CHANNEL_INVALID", "CHANNEL_INVALID"];
    table(|s, by| f::ToggleSlowMode { channel: by.input_channel(s.id), seconds: 10 }, expected)
        .await;
    table(
        |s, by| f::TogglePreHistoryHidden { channel: by.input_channel(s.id), enabled: true },
        expected,
    )
    .await;
    let joins = |s: &Scene<'_>, by: &Device<'_>| f::ToggleJoinRequest {
        channel: by.input_channel(s.id),
        enabled: true,
        ..Default::default()
    };
    table(joins, expected).await;
}

#[tokio::test]
async fn settings_of_supergroups_need_their_right() {
    let hide = |s: &Scene<'_>, by: &Device<'_>| f::ToggleParticipantsHidden {
        channel: by.input_channel(s.id),
        enabled: true,
    };
    let small = "PARTICIPANTS_TOO_FEW";
    table_in(false, hide, [PRIVATE, ADMINS, ADMINS, ADMINS, small]).await;
    table(hide, [PRIVATE, WRONG, WRONG, WRONG, WRONG]).await;
    let alone = |s: &Scene<'_>, by: &Device<'_>| f::ToggleJoinToSend {
        channel: by.input_channel(s.id),
        enabled: true,
    };
    let unlinked = "CHAT_ID_INVALID";
    table_in(false, alone, [PRIVATE, unlinked, unlinked, unlinked, unlinked]).await;
    table(alone, [PRIVATE, WRONG, WRONG, WRONG, WRONG]).await;
}

#[tokio::test]
async fn what_somebody_wrote_is_deleted_by_admins_with_that_right() {
    let wipe = |s: &Scene<'_>, by: &Device<'_>| f::DeleteParticipantHistory {
        channel: by.input_channel(s.id),
        participant: by.peer(&s.bystander),
    };
    table_in(false, wipe, [PRIVATE, ADMINS, ADMINS, ADMINS, OK]).await;
    table(wipe, [PRIVATE, WRONG, WRONG, WRONG, WRONG]).await;
}

#[tokio::test]
async fn a_channel_is_given_away_by_its_owner_only() {
    let give = |s: &Scene<'_>, by: &Device<'_>| tl_api::functions::messages::EditChatCreator {
        peer: by.input_peer(model::Peer::Channel(s.id)),
        user_id: by.input_user(&s.bystander),
        password: enums::InputCheckPasswordSRP::InputCheckPasswordEmpty,
    };
    table(give, [PRIVATE, ADMINS, ADMINS, ADMINS, "PASSWORD_MISSING"]).await;
}

#[tokio::test]
async fn the_service_account_is_nobody_s_admin() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let id = channel(&anna, true).await;
    let service = model::ids::SERVICE_USER;
    let kind = services::access::HashKind::User;
    let access_hash = world.core.access.hash(anna.user(), kind, service.0);
    let user_id = types::InputUser { user_id: service.0, access_hash }.into();
    let rights = types::ChatAdminRights { post_messages: true, ..Default::default() };
    let promote = f::EditAdmin { user_id, ..admin_of(&anna, id, &anna, rights) };
    assert_eq!(anna.fails(promote).await, "USER_ID_INVALID");
}

#[tokio::test]
async fn hidden_members_are_shown_to_admins() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    make_public(&anna, id, "crowded").await;
    let hide = f::ToggleParticipantsHidden { channel: anna.input_channel(id), enabled: true };
    for n in 3..=model::limits::HIDING_MEMBERS {
        assert_eq!(anna.fails(hide.clone()).await, "PARTICIPANTS_TOO_FEW");
        let more = world.sign_up(&format!("Member {n}")).await;
        more.ok(f::JoinChannel { channel: more.input_channel(id) }).await;
    }
    let said = post(&ben, id, "who is here?").await;
    anna.ok(f::ReadHistory { channel: anna.input_channel(id), max_id: said }).await;
    let readers = tl_api::functions::messages::GetMessageReadParticipants {
        peer: ben.input_peer(model::Peer::Channel(id)),
        msg_id: said,
    };
    let common = |by: &Device<'_>, with: &Device<'_>| tl_api::functions::messages::GetCommonChats {
        user_id: by.input_user(with),
        max_id: 0,
        limit: 10,
    };
    let shared = async |by: &Device<'_>, with: &Device<'_>| {
        let enums::messages::Chats::Chats(listed) = by.ok(common(by, with)).await else {
            panic!("a slice")
        };
        let page = tl_api::functions::users::GetFullUser { id: by.input_user(with) };
        let enums::users::UserFull::UserFull(page) = by.ok(page).await;
        let enums::UserFull::UserFull(page) = page.full_user;
        (listed.chats.len(), page.common_chats_count)
    };
    assert_eq!(ben.ok(readers.clone()).await.len(), 1);
    assert_eq!(shared(&ben, &anna).await, (1, 1));
    anna.ok(hide.clone()).await;
    // What lists people one by one is no way around.
    assert_eq!(ben.fails(readers).await, ADMINS);
    assert_eq!(shared(&ben, &anna).await, (0, 0));
    assert_eq!(shared(&anna, &ben).await, (1, 1));
    assert_eq!(anna.fails(hide).await, "CHAT_NOT_MODIFIED");
    let list = |by: &Device<'_>| f::GetParticipants {
        channel: by.input_channel(id),
        filter: enums::ChannelParticipantsFilter::ChannelParticipantsRecent,
        limit: 10,
        ..Default::default()
    };
    assert_eq!(ben.fails(list(&ben)).await, ADMINS);
    anna.ok(list(&anna)).await;
    let seen = full(&ben, id).await;
    assert!(seen.participants_hidden && !seen.can_view_participants);
}

#[tokio::test]
async fn everything_that_one_member_wrote_goes() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    let kept = post(&anna, id, "stays").await;
    for n in 0..3 {
        post(&ben, id, &format!("goes {n}")).await;
    }
    // What she had cleared for herself is there for the others still.
    let newest = post(&ben, id, "goes at last").await;
    let clear = f::DeleteHistory {
        for_everyone: false,
        channel: anna.input_channel(id),
        max_id: newest - 1,
    };
    anna.ok(clear).await;
    let wipe = f::DeleteParticipantHistory {
        channel: anna.input_channel(id),
        participant: anna.peer(&ben),
    };
    let enums::messages::AffectedHistory::AffectedHistory(gone) = anna.ok(wipe).await;
    assert_eq!((gone.pts_count, gone.offset), (4, 0));
    let history = tl_api::functions::messages::GetHistory {
        peer: ben.input_peer(model::Peer::Channel(id)),
        limit: 10,
        ..Default::default()
    };
    let enums::messages::Messages::ChannelMessages(page) = ben.ok(history).await else {
        panic!("a channel's messages")
    };
    let Some(enums::Message::Message(newest)) = page.messages.first() else { panic!("{page:?}") };
    assert_eq!(newest.id, kept);
    let all = f::DeleteHistory { for_everyone: true, channel: anna.input_channel(id), max_id: 0 };
    anna.ok(all).await;
    let log = world.core.stores.channels.channel_history(
        id,
        ben.user(),
        model::dialog::HistoryWindow { limit: 10, ..Default::default() },
    );
    assert!(log.await.unwrap().messages.is_empty());
}

#[tokio::test]
async fn an_anonymous_admin_reacts_as_the_group() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    let rights =
        types::ChatAdminRights { anonymous: true, change_info: true, ..Default::default() };
    anna.ok(admin_of(&anna, id, &ben, rights)).await;
    let peer = model::Peer::Channel(id);
    let message = post(&anna, id, "hello").await;
    ben.ok(tl_api::functions::messages::SendReaction {
        peer: ben.input_peer(peer),
        msg_id: message,
        reaction: Some(vec![types::ReactionEmoji { emoticon: "👍".to_owned() }.into()]),
        ..Default::default()
    })
    .await;
    let list = tl_api::functions::messages::GetMessageReactionsList {
        peer: anna.input_peer(peer),
        id: message,
        limit: 10,
        ..Default::default()
    };
    let enums::messages::MessageReactionsList::MessageReactionsList(list) = anna.ok(list).await;
    let [enums::MessagePeerReaction::MessagePeerReaction(given)] = list.reactions.as_slice() else {
        panic!("{list:?}")
    };
    assert_eq!(given.peer_id, types::PeerChannel { channel_id: id.0 }.into());
    let named = |users: &[enums::User]| format!("{users:?}").contains(&ben.user().0.to_string());
    assert!(!named(&list.users), "the list gives him away");
    let ids = vec![message];
    let of =
        tl_api::functions::messages::GetMessagesReactions { peer: anna.input_peer(peer), id: ids };
    let enums::Updates::Updates(told) = anna.ok(of).await else { panic!("a list of updates") };
    assert!(!named(&told.users), "the update gives him away");
}

#[tokio::test]
async fn a_signature_leads_to_its_author_where_the_channel_wants_it() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true).await;
    invite(&anna, id, &[&ben]).await;
    let sign = |profiles_enabled| f::ToggleSignatures {
        signatures_enabled: true,
        profiles_enabled,
        channel: anna.input_channel(id),
    };
    anna.ok(sign(false)).await;
    post(&anna, id, "by name").await;
    anna.ok(sign(true)).await;
    assert_eq!(anna.fails(sign(true)).await, "CHAT_NOT_MODIFIED");
    let enums::Chat::Channel(seen) = super::seen(&ben, id).await else { panic!("no channel") };
    assert!(seen.signatures && seen.signature_profiles);
    post(&anna, id, "by profile").await;
    let window = tl_api::functions::messages::GetHistory {
        peer: ben.input_peer(model::Peer::Channel(id)),
        limit: 2,
        ..Default::default()
    };
    let page = ben.ok(window).await;
    let enums::messages::Messages::ChannelMessages(page) = page else { panic!("{page:?}") };
    let [enums::Message::Message(profile), enums::Message::Message(name)] =
        page.messages.as_slice()
    else {
        panic!("{page:?}")
    };
    let author = types::PeerUser { user_id: anna.user().0 };
    assert_eq!((&profile.from_id, &name.from_id), (&Some(author.into()), &None));
    assert_eq!(
        (profile.post_author.as_deref(), name.post_author.as_deref()),
        (Some("Anna"), Some("Anna"))
    );
    let shown =
        |user: &enums::User| matches!(user, enums::User::User(user) if user.id == anna.user().0);
    assert!(page.users.iter().any(shown));
}

/// In a public group, for as long as the channel is theirs and public; nobody is told who is behind it.
#[tokio::test]
async fn a_public_channel_of_ones_own_is_a_name_to_write_in() {
    use tl_api::functions::messages::{GetHistory, SaveDefaultSendAs, SendMessage};
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (group, news) = (channel(&anna, false).await, channel(&ben, true).await);
    invite(&anna, group, &[&ben]).await;
    make_public(&ben, news, "the_news").await;
    let place = |by: &Device<'_>, id| by.input_peer(model::Peer::Channel(id));
    let choose = || SaveDefaultSendAs { peer: place(&ben, group), send_as: place(&ben, news) };
    assert_eq!(ben.fails(choose()).await, "SEND_AS_PEER_INVALID", "the group is private");
    assert_eq!(full(&ben, group).await.default_send_as, None);
    make_public(&anna, group, "the_group").await;
    let asked = f::GetSendAs { peer: place(&ben, group), ..Default::default() };
    let enums::channels::SendAsPeers::SendAsPeers(offered) = ben.ok(asked).await;
    let offered: Vec<_> =
        offered.peers.into_iter().map(|enums::SendAsPeer::SendAsPeer(one)| one.peer).collect();
    let as_news: enums::Peer = types::PeerChannel { channel_id: news.0 }.into();
    let as_ben: enums::Peer = types::PeerUser { user_id: ben.user().0 }.into();
    assert_eq!(offered, [as_ben.clone(), as_news.clone()]);
    assert!(ben.ok(choose()).await);
    assert_eq!(full(&ben, group).await.default_send_as, Some(as_news.clone()));
    let as_anna: enums::Peer = types::PeerUser { user_id: anna.user().0 }.into();
    assert_eq!(full(&anna, group).await.default_send_as, Some(as_anna));
    let say = |random_id: i64, send_as| SendMessage {
        peer: place(&ben, group),
        message: random_id.to_string(),
        random_id,
        send_as,
        ..Default::default()
    };
    ben.ok(say(1, None)).await;
    ben.ok(say(2, Some(enums::InputPeer::InputPeerSelf))).await;
    let stolen = SendMessage {
        peer: place(&anna, group),
        send_as: Some(place(&anna, news)),
        ..say(3, None)
    };
    assert_eq!(anna.fails(stolen).await, "SEND_AS_PEER_INVALID");
    let private = f::UpdateUsername { channel: ben.input_channel(news), username: String::new() };
    ben.ok(private).await;
    ben.ok(say(4, None)).await;
    assert_eq!(ben.fails(say(5, Some(place(&ben, news)))).await, "SEND_AS_PEER_INVALID");
    let window = GetHistory { peer: place(&anna, group), limit: 3, ..Default::default() };
    let enums::messages::Messages::ChannelMessages(page) = anna.ok(window).await else {
        panic!("a channel's messages")
    };
    let from = |message: &enums::Message| match message {
        enums::Message::Message(message) => message.from_id.clone(),
        other => panic!("{other:?}"),
    };
    let senders: Vec<_> = page.messages.iter().map(from).collect();
    assert_eq!(senders, [Some(as_ben.clone()), Some(as_ben), Some(as_news)]);
    let shown = |chat: &enums::Chat| matches!(chat, enums::Chat::Channel(one) if one.id == news.0);
    assert!(page.chats.iter().any(shown) || page.chats.len() > 1, "the name has its channel");
}

#[tokio::test]
async fn the_one_name_to_write_in_is_chosen_already() {
    use tl_api::functions::messages::SaveDefaultSendAs;
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (group, news) = (channel(&anna, false).await, channel(&anna, true).await);
    invite(&anna, group, &[&ben]).await;
    let themselves = || enums::InputPeer::InputPeerSelf;
    let place = |by: &Device<'_>, id| by.input_peer(model::Peer::Channel(id));
    let save = |peer, send_as| SaveDefaultSendAs { peer, send_as };
    assert!(ben.ok(save(place(&ben, group), themselves())).await);
    let as_group = save(place(&ben, group), place(&ben, group));
    assert_eq!(ben.fails(as_group).await, "SEND_AS_PEER_INVALID");
    assert!(anna.ok(save(place(&anna, news), place(&anna, news))).await);
    assert_eq!(anna.fails(save(place(&anna, news), themselves())).await, "SEND_AS_PEER_INVALID");
    assert_eq!(anna.fails(save(anna.peer(&ben), themselves())).await, "PEER_ID_INVALID");
}

#[tokio::test]
async fn subscribers_are_not_told_of_each_other_by_a_poll() {
    use tl_api::functions::messages as m;
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let (group, news) = (channel(&anna, false).await, channel(&anna, true).await);
    let forbidden = "BROADCAST_PUBLIC_VOTERS_FORBIDDEN";
    let ask = m::SendMedia {
        peer: anna.input_peer(model::Peer::Channel(news)),
        media: types::InputMediaPoll { poll: super::tea(true).into(), ..Default::default() }.into(),
        random_id: 4,
        ..Default::default()
    };
    assert_eq!(anna.fails(ask.clone()).await, forbidden);
    let date = i32::try_from(world.core.now().0 + 60).unwrap();
    let later = m::SendMedia { schedule_date: Some(date), ..ask };
    assert_eq!(anna.fails(later).await, forbidden);
    let forward = |id| m::ForwardMessages {
        from_peer: anna.input_peer(model::Peer::Channel(group)),
        id: vec![id],
        random_id: vec![i64::from(id)],
        to_peer: anna.input_peer(model::Peer::Channel(news)),
        ..Default::default()
    };
    assert_eq!(anna.fails(forward(super::poll(&anna, group, true).await)).await, forbidden);
    anna.ok(forward(super::poll(&anna, group, false).await)).await;
}

#[tokio::test]
async fn an_anonymous_admin_votes_as_the_group() {
    use tl_api::functions::messages as m;
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    let rights =
        types::ChatAdminRights { anonymous: true, change_info: true, ..Default::default() };
    anna.ok(admin_of(&anna, id, &ben, rights)).await;
    let peer = |by: &Device<'_>| by.input_peer(model::Peer::Channel(id));
    let msg_id = super::poll(&anna, id, true).await;
    let vote =
        |by: &Device<'_>| m::SendVote { peer: peer(by), msg_id, options: vec![b"yes".to_vec()] };
    ben.ok(vote(&ben)).await;
    anna.ok(vote(&anna)).await;
    let list = m::GetPollVotes { peer: peer(&anna), id: msg_id, limit: 9, ..Default::default() };
    let enums::messages::VotesList::VotesList(list) = anna.ok(list).await;
    let enums::MessagePeerVote::MessagePeerVote(vote) = &list.votes[1] else { panic!("{list:?}") };
    assert_eq!(vote.peer, types::PeerChannel { channel_id: id.0 }.into());
    let ben_id = ben.user().0.to_string();
    assert!(!format!("{list:?}").contains(&ben_id), "the list gives him away");
    let results = anna.ok(m::GetPollResults { peer: peer(&anna), msg_id, poll_hash: 0 }).await;
    let results = format!("{results:?}");
    assert!(results.contains(&format!("channel_id: {}", id.0)), "{results}");
    assert!(!results.contains(&ben_id), "the results give him away");
}

#[tokio::test]
async fn an_anonymous_admin_speaks_as_the_group() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    let rights =
        types::ChatAdminRights { anonymous: true, change_info: true, ..Default::default() };
    anna.ok(admin_of(&anna, id, &ben, rights)).await;
    let peer = ben.input_peer(model::Peer::Channel(id));
    let request = tl_api::functions::messages::SendMessage {
        peer: peer.clone(),
        message: "who am I".to_owned(),
        random_id: 5,
        send_as: Some(peer.clone()),
        ..Default::default()
    };
    ben.ok(request.clone()).await;
    ben.ok(f::EditTitle { channel: ben.input_channel(id), title: "New".to_owned() }).await;
    let group: enums::Peer = types::PeerChannel { channel_id: id.0 }.into();
    let window =
        |peer| tl_api::functions::messages::GetHistory { peer, limit: 2, ..Default::default() };
    let page = anna.ok(window(anna.input_peer(model::Peer::Channel(id)))).await;
    let enums::messages::Messages::ChannelMessages(page) = page else { panic!("{page:?}") };
    let [enums::Message::MessageService(told), enums::Message::Message(said)] =
        page.messages.as_slice()
    else {
        panic!("{page:?}")
    };
    assert_eq!((told.from_id.clone(), said.from_id.clone()), (Some(group.clone()), Some(group)));
    assert_eq!(said.post_author.as_deref(), Some("editor"));
    let names_ben =
        |user: &enums::User| matches!(user, enums::User::User(user) if user.id == ben.user().0);
    assert!(!page.users.iter().any(names_ben), "the answer gives him away");
    let search = tl_api::functions::messages::Search {
        peer: anna.input_peer(model::Peer::Channel(id)),
        from_id: Some(anna.peer(&ben)),
        filter: enums::MessagesFilter::InputMessagesFilterEmpty,
        limit: 10,
        ..Default::default()
    };
    let enums::messages::Messages::ChannelMessages(found) = anna.ok(search).await else {
        panic!("a channel's messages")
    };
    assert!(found.messages.is_empty(), "a search gives him away");
    let request = tl_api::functions::messages::SendMessage {
        peer: anna.input_peer(model::Peer::Channel(id)),
        random_id: 6,
        send_as: Some(anna.input_peer(model::Peer::Channel(id))),
        ..request
    };
    assert_eq!(anna.fails(request).await, "SEND_AS_PEER_INVALID");
}

#[tokio::test]
async fn recent_actions_are_for_admins() {
    let log = |s: &Scene<'_>, by: &Device<'_>| f::GetAdminLog {
        channel: by.input_channel(s.id),
        limit: 10,
        ..Default::default()
    };
    table(log, [PRIVATE, ADMINS, ADMINS, OK, OK]).await;
    table_in(false, log, [PRIVATE, ADMINS, ADMINS, OK, OK]).await;
}

#[tokio::test]
async fn newcomers_hear_nothing_of_polls_that_are_hidden_from_them() {
    use tl_api::functions::messages as m;
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = channel(&anna, false).await;
    let hide = f::TogglePreHistoryHidden { channel: anna.input_channel(id), enabled: true };
    anna.ok(hide).await;
    invite(&anna, id, &[&ben]).await;
    let msg_id = super::poll(&anna, id, false).await;
    invite(&anna, id, &[&carl]).await;
    let mut bus = world.core.stores.bus.subscribe();
    let peer = anna.input_peer(model::Peer::Channel(id));
    anna.ok(m::SendVote { peer, msg_id, options: vec![b"yes".to_vec()] }).await;
    let mut told = 0;
    while let Some(Heard::Notice(notice)) = bus.try_recv() {
        let Notice::EphemeralToChannel { event, .. } = &*notice else { continue };
        for (viewer, hears) in [(&ben, true), (&carl, false)] {
            let updates = crate::updates::ephemeral(&world.core, viewer.viewer(), event).await;
            assert_eq!(updates.unwrap().is_some(), hears);
            told += 1;
        }
    }
    assert_eq!(told, 2);
}
