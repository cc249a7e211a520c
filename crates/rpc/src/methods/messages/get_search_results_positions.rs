//! `messages.getSearchResultsPositions`: numbers and dates of the messages of a kind, newest first.
//!
//! Errors: `PEER_ID_INVALID`, `FILTER_NOT_SUPPORTED`, `CHANNEL_PRIVATE`.

use model::MessageId;
use model::dialog::HistoryWindow;
use services::messages::search;
use tl_api::{enums, functions, types};

use super::common::saved;
use super::filter::{self, Filter};
use crate::convert::{count, date, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetSearchResultsPositions,
) -> Result<enums::messages::SearchResultsPositions, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let Filter::Of(mut query) = filter::query(&request.filter) else {
        return Err(RpcError::bad_request("FILTER_NOT_SUPPORTED"));
    };
    query.saved = saved(&call, request.saved_peer_id.as_ref()).await?;
    query.window =
        HistoryWindow { offset_id: MessageId(request.offset_id), ..HistoryWindow::default() };
    let found = search::survey(&call.core, call.signed_in()?, peer, &query).await?.page;
    let limit = usize::try_from(request.limit.max(0)).unwrap_or(0);
    let position = |(place, message): (usize, &model::message::Message)| {
        let offset = found.offset_from_newest.saturating_add(count(place));
        types::SearchResultPosition { msg_id: message.id.0, date: date(message.date), offset }
            .into()
    };
    let positions = found.messages.iter().enumerate().take(limit).map(position).collect();
    Ok(types::messages::SearchResultsPositions { count: found.total, positions }.into())
}
