//! `messages.getReplies`: a window of the comments to a post, or of a thread of a supergroup, newest first.
//!
//! Errors: `MSG_ID_INVALID`, `PEER_ID_INVALID`, `CHANNEL_PRIVATE`.

use model::dialog::HistoryWindow;
use model::{MessageId, UnixTime};
use services::channels::discussion;
use services::messages::search::Query;
use tl_api::{enums, functions};

use super::common::thread_error;
use crate::convert::{messages, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetReplies,
) -> Result<enums::messages::Messages, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let window = HistoryWindow {
        offset_id: MessageId(request.offset_id),
        offset_date: UnixTime(request.offset_date.into()),
        add_offset: request.add_offset,
        limit: request.limit,
        max_id: MessageId(request.max_id),
        min_id: MessageId(request.min_id),
    };
    let query = Query { window, ..Query::default() };
    let id = MessageId(request.msg_id);
    let page = discussion::replies(&call.core, call.signed_in()?, peer, id, query).await;
    messages::page(&call.core, call.viewer()?, &page.map_err(thread_error)?).await
}
