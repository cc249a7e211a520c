//! `messages.readReactions`: all reactions to one's own messages of a chat were seen; with `top_msg_id` those to one's replies in this
//! thread of a supergroup. No position moves.
//!
//! Errors: `PEER_ID_INVALID`, `CHAT_ID_INVALID`, `CHANNEL_PRIVATE`.

use services::messages::unread_reactions;
use tl_api::{enums, functions};

use super::common::{affected_history, thread};
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ReadReactions,
) -> Result<enums::messages::AffectedHistory, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let place = (peer, thread(request.top_msg_id));
    let seen = unread_reactions::see_all(&call.core, call.signed_in()?, place).await?;
    Ok(affected_history(seen))
}
