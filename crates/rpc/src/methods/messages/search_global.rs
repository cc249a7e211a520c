//! `messages.searchGlobal`: messages of all chats, newest first; `next_rate` and the last message say where to go on.
//!
//! Errors: `SEARCH_QUERY_EMPTY`.

use model::dialog::{HistoryPage, HistoryWindow};
use model::message::Message;
use model::{MessageId, UnixTime};
use services::messages::search::{self, GlobalOffset, Scope};
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use super::filter::{self, Filter};
use crate::convert::{date, messages, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SearchGlobal,
) -> Result<enums::messages::Messages, RpcError> {
    let Filter::Of(mut query) = filter::query(&request.filter) else {
        return Ok(messages::whole(messages::Shown::default()));
    };
    query.text = request.q;
    query.min_date = UnixTime(request.min_date.into());
    query.max_date = UnixTime(request.max_date.into());
    query.window = HistoryWindow { limit: request.limit, ..HistoryWindow::default() };
    let peer = peers::offset_peer(&call, &request.offset_peer)?;
    let offset = GlobalOffset {
        date: UnixTime(request.offset_rate.into()),
        peer,
        id: MessageId(request.offset_id),
    };
    let scope = match (request.users_only, request.groups_only, request.broadcasts_only) {
        (true, ..) => Scope::Users,
        (_, true, _) => Scope::Groups,
        (.., true) => Scope::Broadcasts,
        _ => Scope::All,
    };
    let (page, more) =
        search::everywhere(&call.core, call.signed_in()?, &query, scope, offset).await?;
    slice(&call, &page, more).await
}

/// A page of results from many chats.
pub(in crate::methods) async fn slice(
    call: &Call,
    page: &HistoryPage,
    more: bool,
) -> Result<enums::messages::Messages, RpcError> {
    let found: Vec<&Message> = page.messages.iter().collect();
    let shown = messages::show(&call.core, call.viewer()?, &found, PeerSet::default()).await?;
    if !more {
        return Ok(messages::whole(shown));
    }
    Ok(types::messages::MessagesSlice {
        count: page.total,
        next_rate: page.messages.last().map(|message| date(message.date)),
        messages: shown.messages,
        chats: shown.chats,
        users: shown.users,
        ..Default::default()
    }
    .into())
}
