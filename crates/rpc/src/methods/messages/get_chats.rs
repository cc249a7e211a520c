//! `messages.getChats`: basic groups by id, those that the caller is or was in.
//!
//! Errors: `CHAT_ID_INVALID`.

use model::{ChatId, Peer};
use services::chats::read;
use tl_api::{enums, functions, types};

use crate::convert::fetch_related;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetChats,
) -> Result<enums::messages::Chats, RpcError> {
    let ids: Vec<ChatId> = request.id.into_iter().map(ChatId).collect();
    let found = read::chats(&call.core, call.signed_in()?, &ids).await?;
    let viewer = call.viewer()?;
    let set = found.into_iter().map(Peer::Chat).collect();
    let (_, chats) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    Ok(types::messages::Chats { chats }.into())
}
