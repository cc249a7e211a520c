//! What is only of the moment: typing, presence, counters. Never stored, never replayed.

use model::event::{Ephemeral, TypingAction};
use model::{ChannelId, MessageId, Peer, UserId};
use services::Core;
use services::messages::{self, poll};
use services::updates::date_of_push;
use services::views::{self, PeerSet};
use tl_api::{enums, types};

use super::{Gathered, Viewer, account};
use crate::RpcError;
use crate::convert::{actions, date, peers, polls, secret, users};

/// As one viewer hears it; `None` where there is nothing (any more) to hear.
///
/// # Errors
/// Those of the store.
pub async fn ephemeral(
    core: &Core,
    viewer: Viewer,
    event: &Ephemeral,
) -> Result<Option<enums::Updates>, RpcError> {
    let update = match event {
        Ephemeral::Typing { peer, user, action } => typing(*peer, *user, action.as_ref()),
        Ephemeral::UserStatus { user } => {
            let status = views::user(core, viewer.user, *user).await?.status;
            // That something changes right now says what an approximate status keeps back.
            if !status.is_exact() {
                return Ok(None);
            }
            types::UpdateUserStatus { user_id: user.0, status: users::status(status) }.into()
        }
        Ephemeral::ChannelViews { channel, id, views } => {
            types::UpdateChannelMessageViews { channel_id: channel.0, id: id.0, views: *views }
                .into()
        }
        Ephemeral::ChannelForwards { channel, id, forwards } => {
            types::UpdateChannelMessageForwards {
                channel_id: channel.0,
                id: id.0,
                forwards: *forwards,
            }
            .into()
        }
        Ephemeral::ChannelChanged { channel } => {
            let update = types::UpdateChannel { channel_id: channel.0 }.into();
            let people = std::iter::once(Peer::Channel(*channel)).collect();
            return with_people(core, viewer, update, people).await;
        }
        Ephemeral::SecretTyping { chat } => {
            types::UpdateEncryptedChatTyping { chat_id: chat.0 }.into()
        }
        Ephemeral::SecretRead { chat, max_date, date: at } => secret::read(*chat, *max_date, *at),
        Ephemeral::LoginToken => enums::Update::UpdateLoginToken,
        Ephemeral::Config => enums::Update::UpdateConfig,
        Ephemeral::ChannelReactions { channel, id } => {
            return reactions(core, viewer, *channel, *id).await;
        }
        Ephemeral::Poll { poll, shown_in } => {
            if let Some((channel, id)) = shown_in
                && messages::one(core, viewer.user, Peer::Channel(*channel), *id).await.is_err()
            {
                return Ok(None);
            }
            let Some(seen) = poll::seen(core, viewer.user, *poll).await? else { return Ok(None) };
            let mut people = PeerSet::default();
            polls::add_people(&mut people, &seen);
            return with_people(core, viewer, polls::update(&seen), people).await;
        }
    };
    // Whoever hears of these knows the people already, so the short form will do.
    Ok(Some(types::UpdateShort { update, date: date(date_of_push(core)) }.into()))
}

fn typing(peer: Peer, user: UserId, action: Option<&TypingAction>) -> enums::Update {
    let action = actions::typing(action);
    let from_id = peers::peer(Peer::User(user));
    match peer {
        Peer::User(_) => {
            types::UpdateUserTyping { user_id: user.0, top_msg_id: None, action }.into()
        }
        Peer::Chat(chat) => types::UpdateChatUserTyping { chat_id: chat.0, from_id, action }.into(),
        Peer::Channel(channel) => types::UpdateChannelUserTyping {
            channel_id: channel.0,
            top_msg_id: None,
            from_id,
            action,
        }
        .into(),
    }
}

async fn reactions(
    core: &Core,
    viewer: Viewer,
    channel: ChannelId,
    id: MessageId,
) -> Result<Option<enums::Updates>, RpcError> {
    let mut people = PeerSet::default();
    match account::reactions(core, viewer, Peer::Channel(channel), id, &mut people).await? {
        Some(update) => with_people(core, viewer, update, people).await,
        None => Ok(None),
    }
}

async fn with_people(
    core: &Core,
    viewer: Viewer,
    update: enums::Update,
    people: PeerSet,
) -> Result<Option<enums::Updates>, RpcError> {
    let gathered = Gathered { updates: vec![update], people };
    Ok(Some(gathered.finish(core, viewer).await?))
}
