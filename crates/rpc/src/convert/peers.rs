//! Peers: ids out, and the protocol's proofs of having met somebody in.

use model::{ChannelId, ChatId, MessageId, Peer, UserId};
use services::access::HashKind;
use services::views;
use tl_api::{enums, types};

use crate::{Call, RpcError};

const PEER: RpcError = RpcError::bad_request("PEER_ID_INVALID");
const USER: RpcError = RpcError::bad_request("USER_ID_INVALID");
const CHANNEL: RpcError = RpcError::bad_request("CHANNEL_INVALID");

/// A peer's bare id.
#[must_use]
pub fn peer(peer: Peer) -> enums::Peer {
    match peer {
        Peer::User(UserId(user_id)) => types::PeerUser { user_id }.into(),
        Peer::Chat(ChatId(chat_id)) => types::PeerChat { chat_id }.into(),
        Peer::Channel(ChannelId(channel_id)) => types::PeerChannel { channel_id }.into(),
    }
}

/// Who is meant, if the caller has met them. Says nothing of rights: those are the services'.
///
/// # Errors
/// 400 `PEER_ID_INVALID`, the same for a wrong hash, an unknown peer and an empty one; `CHANNEL_INVALID` for channels;
/// 401 before sign-in.
pub async fn input_peer(call: &Call, input: &enums::InputPeer) -> Result<Peer, RpcError> {
    let viewer = call.signed_in()?.user;
    match input {
        enums::InputPeer::InputPeerEmpty => Err(PEER),
        enums::InputPeer::InputPeerSelf => Ok(Peer::User(viewer)),
        enums::InputPeer::InputPeerChat(chat) if chat.chat_id > 0 => {
            Ok(Peer::Chat(ChatId(chat.chat_id)))
        }
        enums::InputPeer::InputPeerChat(_) => Err(PEER),
        enums::InputPeer::InputPeerUser(user) => {
            by_hash_user(call, viewer, user.user_id, user.access_hash, PEER).map(Peer::User)
        }
        enums::InputPeer::InputPeerChannel(channel) => {
            by_hash_channel(call, viewer, channel.channel_id, channel.access_hash)
                .map(Peer::Channel)
        }
        enums::InputPeer::InputPeerUserFromMessage(form) => {
            let target = Peer::User(UserId(form.user_id));
            from_message(call, viewer, &form.peer, form.msg_id, target, PEER).await
        }
        enums::InputPeer::InputPeerChannelFromMessage(form) => {
            let target = Peer::Channel(ChannelId(form.channel_id));
            from_message(call, viewer, &form.peer, form.msg_id, target, CHANNEL).await
        }
    }
}

/// The peer of the last entry of a page, behind which the next one begins; `None` for none. It only says where in an order of the
/// caller's own things to go on, so it needs no proof: TDLib gives it with a hash of 0.
///
/// # Errors
/// 401 before sign-in.
pub fn offset_peer(call: &Call, input: &enums::InputPeer) -> Result<Option<Peer>, RpcError> {
    use enums::InputPeer as P;
    let viewer = call.signed_in()?.user;
    Ok(match input {
        P::InputPeerEmpty => None,
        P::InputPeerSelf => Some(Peer::User(viewer)),
        P::InputPeerChat(chat) => Some(Peer::Chat(ChatId(chat.chat_id))),
        P::InputPeerUser(user) => Some(Peer::User(UserId(user.user_id))),
        P::InputPeerUserFromMessage(user) => Some(Peer::User(UserId(user.user_id))),
        P::InputPeerChannel(channel) => Some(Peer::Channel(ChannelId(channel.channel_id))),
        P::InputPeerChannelFromMessage(channel) => {
            Some(Peer::Channel(ChannelId(channel.channel_id)))
        }
    })
}

/// The person meant.
///
/// # Errors
/// 400 `USER_ID_INVALID`; 401 before sign-in.
pub async fn input_user(call: &Call, input: &enums::InputUser) -> Result<UserId, RpcError> {
    let viewer = call.signed_in()?.user;
    match input {
        enums::InputUser::InputUserEmpty => Err(USER),
        enums::InputUser::InputUserSelf => Ok(viewer),
        enums::InputUser::InputUser(user) => {
            by_hash_user(call, viewer, user.user_id, user.access_hash, USER)
        }
        enums::InputUser::InputUserFromMessage(form) => {
            let target = Peer::User(UserId(form.user_id));
            from_message(call, viewer, &form.peer, form.msg_id, target, USER).await?;
            Ok(UserId(form.user_id))
        }
    }
}

/// The people meant; those that the caller never met are left out.
///
/// # Errors
/// 401 before sign-in; those of the store.
pub async fn input_users(
    call: &Call,
    inputs: &[enums::InputUser],
) -> Result<Vec<UserId>, RpcError> {
    let mut users = Vec::with_capacity(inputs.len());
    for input in inputs {
        match input_user(call, input).await {
            Ok(user) => users.push(user),
            Err(error) if error == USER => {}
            Err(error) => return Err(error),
        }
    }
    Ok(users)
}

/// The channel meant.
///
/// # Errors
/// 400 `CHANNEL_INVALID`; 401 before sign-in.
pub async fn input_channel(
    call: &Call,
    input: &enums::InputChannel,
) -> Result<ChannelId, RpcError> {
    let viewer = call.signed_in()?.user;
    match input {
        enums::InputChannel::InputChannelEmpty => Err(CHANNEL),
        enums::InputChannel::InputChannel(channel) => {
            by_hash_channel(call, viewer, channel.channel_id, channel.access_hash)
        }
        enums::InputChannel::InputChannelFromMessage(form) => {
            let target = Peer::Channel(ChannelId(form.channel_id));
            from_message(call, viewer, &form.peer, form.msg_id, target, CHANNEL).await?;
            Ok(ChannelId(form.channel_id))
        }
    }
}

/// An input peer that must be a person.
///
/// # Errors
/// 400 `PEER_ID_INVALID` for groups and channels; else as [`input_peer`].
pub async fn input_peer_user(call: &Call, input: &enums::InputPeer) -> Result<UserId, RpcError> {
    match input_peer(call, input).await? {
        Peer::User(user) => Ok(user),
        Peer::Chat(_) | Peer::Channel(_) => Err(PEER),
    }
}

fn by_hash_user(
    call: &Call,
    viewer: UserId,
    id: i64,
    hash: i64,
    error: RpcError,
) -> Result<UserId, RpcError> {
    // Oneself may come with any hash: clients keep 0 or an old one.
    let is_met =
        id == viewer.0 || id > 0 && call.core.access.verify(viewer, HashKind::User, id, hash);
    if is_met { Ok(UserId(id)) } else { Err(error) }
}

fn by_hash_channel(call: &Call, viewer: UserId, id: i64, hash: i64) -> Result<ChannelId, RpcError> {
    let is_met = id > 0 && call.core.access.verify(viewer, HashKind::Channel, id, hash);
    if is_met { Ok(ChannelId(id)) } else { Err(CHANNEL) }
}

async fn from_message(
    call: &Call,
    viewer: UserId,
    container: &enums::InputPeer,
    message: i32,
    target: Peer,
    error: RpcError,
) -> Result<Peer, RpcError> {
    // The container must be a chat in its own right: nested forms would only be a longer way to say the same.
    let container = match container {
        enums::InputPeer::InputPeerSelf => Peer::User(viewer),
        enums::InputPeer::InputPeerUser(user) => {
            Peer::User(by_hash_user(call, viewer, user.user_id, user.access_hash, PEER)?)
        }
        enums::InputPeer::InputPeerChat(chat) => Peer::Chat(ChatId(chat.chat_id)),
        enums::InputPeer::InputPeerChannel(channel) => {
            Peer::Channel(by_hash_channel(call, viewer, channel.channel_id, channel.access_hash)?)
        }
        _ => return Err(PEER),
    };
    let is_met =
        views::is_met_in_message(&call.core, viewer, container, MessageId(message), target).await?;
    if is_met { Ok(target) } else { Err(error) }
}
