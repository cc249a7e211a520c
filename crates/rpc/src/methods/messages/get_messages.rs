//! `messages.getMessages`: messages of private chats and basic groups by number; an empty one for each that does not exist.

use model::MessageId;
use model::message::Message;
use services::messages::history::{self, Named};
use services::views::PeerSet;
use tl_api::{enums, functions};

use crate::convert::messages;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetMessages,
) -> Result<enums::messages::Messages, RpcError> {
    let names: Vec<Named> = request.id.iter().map(named).collect();
    let found = history::named(&call.core, call.signed_in()?, &names).await?;
    let present: Vec<&Message> = found.iter().filter_map(|(_, message)| message.as_ref()).collect();
    let mut shown =
        messages::show(&call.core, call.viewer()?, &present, PeerSet::default()).await?;
    let mut converted = std::mem::take(&mut shown.messages).into_iter();
    shown.messages = found
        .iter()
        .filter_map(|(id, message)| match message {
            Some(_) => converted.next(),
            None => Some(messages::empty(*id, None)),
        })
        .collect();
    Ok(messages::whole(shown))
}

pub(crate) const fn named(message: &enums::InputMessage) -> Named {
    match message {
        enums::InputMessage::InputMessageID(message) => Named::Id(MessageId(message.id)),
        enums::InputMessage::InputMessageReplyTo(message) => {
            Named::RepliedBy(MessageId(message.id))
        }
        enums::InputMessage::InputMessageCallbackQuery(message) => Named::Id(MessageId(message.id)),
        enums::InputMessage::InputMessagePinned => Named::Pinned,
    }
}
