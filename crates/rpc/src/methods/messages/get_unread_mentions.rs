//! `messages.getUnreadMentions`: mentions of the caller that were not seen yet, newest first; with `top_msg_id` those in this
//! thread of a supergroup.
//!
//! Errors: `PEER_ID_INVALID`, `CHANNEL_PRIVATE`.

use model::MessageId;
use model::dialog::HistoryWindow;
use services::messages::search::{self, Query};
use tl_api::{enums, functions};

use super::common::thread;
use crate::convert::{messages, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetUnreadMentions,
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
    let thread = thread(request.top_msg_id);
    let query = Query { mentions: true, thread, window, ..Query::default() };
    let page = search::in_chat(&call.core, call.signed_in()?, peer, &query).await?;
    messages::page(&call.core, call.viewer()?, &page).await
}
