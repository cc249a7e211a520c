//! `messages.getSearchResultsCalendar`: messages of a kind by day, newest first; up to a thousand messages a call.
//!
//! Errors: `PEER_ID_INVALID`, `FILTER_NOT_SUPPORTED`, `CHANNEL_PRIVATE`.

use model::dialog::HistoryWindow;
use model::message::Message;
use model::{MessageId, UnixTime};
use services::messages::search;
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use super::common::saved;
use super::filter::{self, Filter};
use crate::convert::{date, messages, peers};
use crate::{Call, RpcError};

const DAY_S: i64 = 24 * 3600;

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetSearchResultsCalendar,
) -> Result<enums::messages::SearchResultsCalendar, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let Filter::Of(mut query) = filter::query(&request.filter) else {
        return Err(RpcError::bad_request("FILTER_NOT_SUPPORTED"));
    };
    query.saved = saved(&call, request.saved_peer_id.as_ref()).await?;
    query.window = HistoryWindow {
        offset_id: MessageId(request.offset_id),
        offset_date: UnixTime(request.offset_date.into()),
        ..HistoryWindow::default()
    };
    let found = search::survey(&call.core, call.signed_in()?, peer, &query).await?.page;
    let days: Vec<&[Message]> = found
        .messages
        .chunk_by(|a, b| a.date.0.div_euclid(DAY_S) == b.date.0.div_euclid(DAY_S))
        .collect();
    // The newest message of each day stands for it.
    let firsts: Vec<&Message> = days.iter().filter_map(|day| day.first()).collect();
    let shown = messages::show(&call.core, call.viewer()?, &firsts, PeerSet::default()).await?;
    let oldest = found.messages.last();
    Ok(types::messages::SearchResultsCalendar {
        inexact: false,
        count: found.total,
        min_date: oldest.map_or(0, |message| date(message.date)),
        min_msg_id: oldest.map_or(0, |message| message.id.0),
        offset_id_offset: Some(found.offset_from_newest),
        periods: days.iter().filter_map(|day| period(day)).collect(),
        messages: shown.messages,
        chats: shown.chats,
        users: shown.users,
    }
    .into())
}

fn period(day: &[Message]) -> Option<enums::SearchResultsCalendarPeriod> {
    let (newest, oldest) = (day.first()?, day.last()?);
    let midnight = UnixTime(newest.date.0.div_euclid(DAY_S) * DAY_S);
    Some(
        types::SearchResultsCalendarPeriod {
            date: date(midnight),
            min_msg_id: oldest.id.0,
            max_msg_id: newest.id.0,
            count: crate::convert::count(day.len()),
        }
        .into(),
    )
}
