//! `channels.getMessages`: posts by number; an empty one for each that does not exist.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `LIMIT_INVALID`.

use model::Peer;
use model::message::Message;
use services::channels::posts;
use tl_api::{enums, functions, types};

use crate::convert::{count, messages, peers};
use crate::methods::messages::named;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::GetMessages,
) -> Result<enums::messages::Messages, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let names: Vec<_> = request.id.iter().map(named).collect();
    let found = posts::named(&call.core, call.signed_in()?, channel, &names).await?;
    let peer = Peer::Channel(channel);
    let present: Vec<&Message> =
        found.messages.iter().filter_map(|(_, message)| message.as_ref()).collect();
    let also = std::iter::once(peer).collect();
    let shown = messages::show(&call.core, call.viewer()?, &present, also).await?;
    let mut converted = shown.messages.into_iter();
    let messages: Vec<enums::Message> = found
        .messages
        .iter()
        .filter_map(|(id, message)| match message {
            Some(_) => converted.next(),
            None => Some(messages::empty(*id, Some(peer))),
        })
        .collect();
    Ok(types::messages::ChannelMessages {
        pts: found.pts.0,
        count: count(messages.len()),
        messages,
        chats: shown.chats,
        users: shown.users,
        ..Default::default()
    }
    .into())
}
