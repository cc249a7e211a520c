//! Methods of `channels` from end to end, on the in-memory store.

mod admin_log;
mod anonymous;
mod discussion;
mod life;
mod marks;
mod names;
mod restraint;
mod rights;
mod rights_methods;
mod rights_more;
mod roles;
mod similar;

use model::ChannelId;
use tl_api::functions::channels as f;
use tl_api::functions::messages;
use tl_api::{enums, types};

use crate::testing::{Device, list};

/// Makes a channel by its method; answers its number.
async fn channel(owner: &Device<'_>, broadcast: bool) -> ChannelId {
    let request = f::CreateChannel {
        broadcast,
        megagroup: !broadcast,
        title: "News".to_owned(),
        ..Default::default()
    };
    let updates = list(owner.ok(request).await);
    let made = updates.iter().find_map(|update| match update {
        enums::Update::UpdateChannel(update) => Some(update.channel_id),
        _ => None,
    });
    ChannelId(made.expect("updateChannel"))
}

async fn make_public(owner: &Device<'_>, id: ChannelId, username: &str) {
    let request =
        f::UpdateUsername { channel: owner.input_channel(id), username: username.to_owned() };
    assert!(owner.ok(request).await);
}

async fn invite(owner: &Device<'_>, id: ChannelId, users: &[&Device<'_>]) {
    let users = users.iter().map(|user| owner.input_user(user)).collect();
    owner.ok(f::InviteToChannel { channel: owner.input_channel(id), users }).await;
}

fn admin_of(
    owner: &Device<'_>,
    id: ChannelId,
    user: &Device<'_>,
    rights: types::ChatAdminRights,
) -> f::EditAdmin {
    f::EditAdmin {
        channel: owner.input_channel(id),
        user_id: owner.input_user(user),
        admin_rights: rights.into(),
        rank: Some("editor".to_owned()),
    }
}

fn ban(
    owner: &Device<'_>,
    id: ChannelId,
    user: &Device<'_>,
    rights: types::ChatBannedRights,
) -> f::EditBanned {
    f::EditBanned {
        channel: owner.input_channel(id),
        participant: owner.peer(user),
        banned_rights: rights.into(),
    }
}

fn kick() -> types::ChatBannedRights {
    types::ChatBannedRights { view_messages: true, until_date: 0, ..Default::default() }
}

/// Writes into a channel; answers the number.
async fn post(from: &Device<'_>, id: ChannelId, message: &str) -> i32 {
    let request = messages::SendMessage {
        peer: from.input_peer(model::Peer::Channel(id)),
        message: message.to_owned(),
        random_id: from.world.core.random.number() | 1,
        ..Default::default()
    };
    match list(from.ok(request).await).first() {
        Some(enums::Update::UpdateMessageID(update)) => update.id,
        other => panic!("updateMessageID comes first: {other:?}"),
    }
}

/// An open poll of two answers.
fn tea(public_voters: bool) -> types::Poll {
    let words =
        |text: &str| types::TextWithEntities { text: text.to_owned(), entities: Vec::new() };
    let answer = |text: &str| {
        let option = text.as_bytes().to_vec();
        types::PollAnswer { text: words(text).into(), option, ..Default::default() }.into()
    };
    types::Poll {
        question: words("Tea?").into(),
        answers: vec![answer("yes"), answer("no")],
        public_voters,
        ..Default::default()
    }
}

/// Asks in a channel; answers the number.
async fn poll(from: &Device<'_>, id: ChannelId, public_voters: bool) -> i32 {
    let request = messages::SendMedia {
        peer: from.input_peer(model::Peer::Channel(id)),
        media: types::InputMediaPoll { poll: tea(public_voters).into(), ..Default::default() }
            .into(),
        random_id: from.world.core.random.number() | 1,
        ..Default::default()
    };
    match list(from.ok(request).await).first() {
        Some(enums::Update::UpdateMessageID(update)) => update.id,
        other => panic!("updateMessageID comes first: {other:?}"),
    }
}

/// The actions of service messages that updates bring.
fn actions(updates: &[enums::Update]) -> Vec<enums::MessageAction> {
    updates
        .iter()
        .filter_map(|update| match update {
            enums::Update::UpdateNewChannelMessage(update) => Some(&update.message),
            _ => None,
        })
        .filter_map(|message| match message {
            enums::Message::MessageService(message) => Some(message.action.clone()),
            _ => None,
        })
        .collect()
}

async fn full(viewer: &Device<'_>, id: ChannelId) -> types::ChannelFull {
    let answer = viewer.ok(f::GetFullChannel { channel: viewer.input_channel(id) }).await;
    let enums::messages::ChatFull::ChatFull(answer) = answer;
    match answer.full_chat {
        enums::ChatFull::ChannelFull(full) => full,
        enums::ChatFull::ChatFull(other) => panic!("{other:?}"),
    }
}

/// A channel as `getChannels` shows it.
async fn seen(viewer: &Device<'_>, id: ChannelId) -> enums::Chat {
    let answer = viewer.ok(f::GetChannels { id: vec![viewer.input_channel(id)] }).await;
    match answer {
        enums::messages::Chats::Chats(chats) => {
            chats.chats.into_iter().next().expect("one channel")
        }
        enums::messages::Chats::ChatsSlice(other) => panic!("{other:?}"),
    }
}

/// A page of participants.
async fn listed(
    by: &Device<'_>,
    id: ChannelId,
    filter: enums::ChannelParticipantsFilter,
) -> types::channels::ChannelParticipants {
    let channel = by.input_channel(id);
    let request = f::GetParticipants { channel, filter, limit: 10, ..Default::default() };
    match by.ok(request).await {
        enums::channels::ChannelParticipants::ChannelParticipants(page) => page,
        other @ enums::channels::ChannelParticipants::ChannelParticipantsNotModified => {
            panic!("{other:?}")
        }
    }
}
