//! Somebody writes as their channel in a supergroup, and admins deal with that channel.

use model::{ChannelId, Peer};
use tl_api::functions::channels as f;
use tl_api::functions::messages as m;
use tl_api::{enums, types};

use super::{channel, invite, kick, listed, make_public, post};
use crate::testing::{Device, World, list};

fn on(by: &Device<'_>, id: ChannelId) -> enums::InputPeer {
    by.input_peer(Peer::Channel(id))
}

fn say(by: &Device<'_>, group: ChannelId, send_as: Option<enums::InputPeer>) -> m::SendMessage {
    m::SendMessage {
        peer: on(by, group),
        message: "hello".to_owned(),
        random_id: by.world.core.random.number() | 1,
        send_as,
        ..Default::default()
    }
}

fn set(
    by: &Device<'_>,
    group: ChannelId,
    name: ChannelId,
    rights: types::ChatBannedRights,
) -> f::EditBanned {
    f::EditBanned {
        channel: by.input_channel(group),
        participant: on(by, name),
        banned_rights: rights.into(),
    }
}

async fn number(by: &Device<'_>, request: m::SendMessage) -> i32 {
    match list(by.ok(request).await).first() {
        Some(enums::Update::UpdateMessageID(update)) => update.id,
        other => panic!("updateMessageID comes first: {other:?}"),
    }
}

/// A public supergroup of Anna's in which Ben writes as a channel of his.
struct Place {
    group: ChannelId,
    news: ChannelId,
}

async fn place(anna: &Device<'_>, ben: &Device<'_>) -> Place {
    let (group, news) = (channel(anna, false).await, channel(ben, true).await);
    invite(anna, group, &[ben]).await;
    make_public(anna, group, "the_group").await;
    make_public(ben, news, "the_news").await;
    Place { group, news }
}

fn kicked(q: &str) -> enums::ChannelParticipantsFilter {
    types::ChannelParticipantsKicked { q: q.to_owned() }.into()
}

#[tokio::test]
async fn who_was_banned_as_a_channel_writes_as_none() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let Place { group, news } = place(&anna, &ben).await;
    let other = channel(&ben, true).await;
    make_public(&ben, other, "other_news").await;
    let choose = |send_as| m::SaveDefaultSendAs { peer: on(&ben, group), send_as };
    assert!(ben.ok(choose(on(&ben, news))).await);
    let offered = async || {
        let asked = f::GetSendAs { peer: on(&ben, group), ..Default::default() };
        let enums::channels::SendAsPeers::SendAsPeers(offered) = ben.ok(asked).await;
        offered.peers.len()
    };
    assert_eq!(offered().await, 3);
    let written = number(&ben, say(&ben, group, None)).await;
    anna.ok(set(&anna, group, news, kick())).await;
    // What he chose is refused: he is not named against his will.
    let refused = "SEND_AS_PEER_INVALID";
    assert_eq!(ben.fails(say(&ben, group, None)).await, refused);
    assert_eq!(ben.fails(say(&ben, group, Some(on(&ben, news)))).await, refused);
    assert_eq!(ben.fails(say(&ben, group, Some(on(&ben, other)))).await, refused);
    let date = i32::try_from(world.core.now().0 + 60).unwrap();
    let later = m::SendMessage { schedule_date: Some(date), ..say(&ben, group, None) };
    assert_eq!(ben.fails(later).await, refused);
    assert_eq!(ben.fails(choose(on(&ben, other))).await, refused);
    assert_eq!(offered().await, 1);
    let edit = m::EditMessage {
        peer: on(&ben, group),
        id: written,
        message: Some("other".to_owned()),
        ..Default::default()
    };
    assert_eq!(ben.fails(edit.clone()).await, refused);
    ben.ok(say(&ben, group, Some(enums::InputPeer::InputPeerSelf))).await;
    assert!(ben.ok(choose(enums::InputPeer::InputPeerSelf)).await);
    ben.ok(say(&ben, group, None)).await;
    anna.ok(set(&anna, group, news, types::ChatBannedRights::default())).await;
    assert_eq!(offered().await, 3);
    ben.ok(say(&ben, group, Some(on(&ben, other)))).await;
    ben.ok(edit).await;
}

#[tokio::test]
async fn a_scheduled_message_does_not_leave_as_a_banned_channel() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let Place { group, news } = place(&anna, &ben).await;
    let date = i32::try_from(world.core.now().0 + 60).unwrap();
    let send_as = Some(on(&ben, news));
    ben.ok(m::SendMessage { schedule_date: Some(date), ..say(&ben, group, send_as) }).await;
    anna.ok(set(&anna, group, news, kick())).await;
    world.pass(60);
    assert_eq!(services::messages::schedule::send_due(&world.core).await, Ok(0));
    let history = m::GetScheduledHistory { peer: on(&ben, group), hash: 0 };
    let left = format!("{:?}", ben.ok(history).await);
    assert!(!left.contains("hello"), "{left}");
}

#[tokio::test]
async fn admins_see_which_channels_are_banned() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let Place { group, news } = place(&anna, &ben).await;
    let as_news: enums::Peer = types::PeerChannel { channel_id: news.0 }.into();
    let one =
        || f::GetParticipant { channel: anna.input_channel(group), participant: on(&anna, news) };
    assert_eq!(anna.fails(one()).await, "USER_NOT_PARTICIPANT");
    anna.ok(set(&anna, group, news, kick())).await;
    for words in ["", "news"] {
        let page = listed(&anna, group, kicked(words)).await;
        let [enums::ChannelParticipant::ChannelParticipantBanned(row)] =
            page.participants.as_slice()
        else {
            panic!("{page:?}")
        };
        assert_eq!((&row.peer, row.kicked_by, row.left), (&as_news, anna.user().0, true));
        let named =
            |chat: &enums::Chat| matches!(chat, enums::Chat::Channel(one) if one.id == news.0);
        assert!(page.chats.iter().any(named), "{:?}", page.chats);
    }
    let enums::channels::ChannelParticipant::ChannelParticipant(row) = anna.ok(one()).await;
    let enums::ChannelParticipant::ChannelParticipantBanned(row) = row.participant else {
        panic!("{row:?}")
    };
    assert_eq!(row.peer, as_news);
    let log = f::GetAdminLog { channel: anna.input_channel(group), limit: 1, ..Default::default() };
    let enums::channels::AdminLogResults::AdminLogResults(log) = anna.ok(log).await;
    let enums::ChannelAdminLogEvent::ChannelAdminLogEvent(event) = &log.events[0];
    let enums::ChannelAdminLogEventAction::ChannelAdminLogEventActionParticipantToggleBan(told) =
        &event.action
    else {
        panic!("{event:?}")
    };
    assert_eq!(told.prev_participant, types::ChannelParticipantLeft { peer: as_news }.into());
    anna.ok(set(&anna, group, news, types::ChatBannedRights::default())).await;
    assert_eq!(listed(&anna, group, kicked("")).await.count, 0);
    assert_eq!(anna.fails(one()).await, "USER_NOT_PARTICIPANT");
    assert_eq!(anna.fails(set(&anna, group, group, kick())).await, "USER_ADMIN_INVALID");
}

#[tokio::test]
async fn all_that_a_channel_wrote_is_found_and_deleted() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let Place { group, news } = place(&anna, &ben).await;
    let mut written = Vec::new();
    for _ in 0..3 {
        written.insert(0, number(&ben, say(&ben, group, Some(on(&ben, news)))).await);
    }
    let own = post(&ben, group, "as myself").await;
    let found = async |from: enums::InputPeer| {
        let search = m::Search {
            peer: on(&anna, group),
            from_id: Some(from),
            filter: enums::MessagesFilter::InputMessagesFilterEmpty,
            limit: 10,
            ..Default::default()
        };
        let enums::messages::Messages::ChannelMessages(page) = anna.ok(search).await else {
            panic!("a channel's messages")
        };
        let id = |message: &enums::Message| match message {
            enums::Message::Message(message) => message.id,
            other => panic!("{other:?}"),
        };
        page.messages.iter().map(id).collect::<Vec<_>>()
    };
    assert_eq!(found(on(&anna, news)).await, written);
    assert_eq!(found(anna.peer(&ben)).await, [own]);
    let wipe = || f::DeleteParticipantHistory {
        channel: anna.input_channel(group),
        participant: on(&anna, news),
    };
    let enums::messages::AffectedHistory::AffectedHistory(gone) = anna.ok(wipe()).await;
    assert_eq!((gone.pts_count, gone.offset), (3, 0));
    assert_eq!(found(on(&anna, news)).await, Vec::<i32>::new());
    assert_eq!(found(anna.peer(&ben)).await, [own]);
    let enums::messages::AffectedHistory::AffectedHistory(again) = anna.ok(wipe()).await;
    assert_eq!((again.pts, again.pts_count, again.offset), (gone.pts, 0, 0));
}
