//! `messages.getHistory`: a window of a chat's messages, newest first, by number or date.
//!
//! Errors: `PEER_ID_INVALID`, `CHANNEL_PRIVATE`.

use model::dialog::HistoryWindow;
use model::{MessageId, UnixTime};
use services::messages::history;
use tl_api::{enums, functions};

use crate::convert::{messages, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetHistory,
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
    let page = history::history(&call.core, call.signed_in()?, peer, window).await?;
    messages::page(&call.core, call.viewer()?, &page).await
}
