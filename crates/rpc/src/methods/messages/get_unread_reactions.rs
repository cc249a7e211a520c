//! `messages.getUnreadReactions`: own messages with reactions that were not seen yet, newest first; with `top_msg_id`
//! one's replies in this thread of a supergroup.
//!
//! Errors: `PEER_ID_INVALID`, `CHAT_ID_INVALID`, `CHANNEL_PRIVATE`.

use model::MessageId;
use model::dialog::HistoryWindow;
use services::messages::unread_reactions;
use tl_api::{enums, functions};

use super::common::thread;
use crate::convert::{messages, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetUnreadReactions,
) -> Result<enums::messages::Messages, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let window = HistoryWindow {
        offset_id: MessageId(request.offset_id),
        add_offset: request.add_offset,
        limit: request.limit,
        max_id: MessageId(request.max_id),
        min_id: MessageId(request.min_id),
        ..HistoryWindow::default()
    };
    let place = (peer, thread(request.top_msg_id));
    let page = unread_reactions::list(&call.core, call.signed_in()?, place, window).await?;
    messages::page(&call.core, call.viewer()?, &page).await
}
