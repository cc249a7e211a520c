//! `messages.readReactions`: all reactions to one's own messages of a chat were seen. No position moves.
//!
//! Errors: `PEER_ID_INVALID`, `CHAT_ID_INVALID`, `CHANNEL_PRIVATE`.

use services::messages::unread_reactions;
use tl_api::{enums, functions};

use super::common::affected_history;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ReadReactions,
) -> Result<enums::messages::AffectedHistory, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let seen = unread_reactions::see_all(&call.core, call.signed_in()?, peer).await?;
    Ok(affected_history(seen))
}
