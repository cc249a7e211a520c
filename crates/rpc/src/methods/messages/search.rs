//! `messages.search`: messages of one chat by words, author, kind or date, newest first; with
//! `saved_peer_id` those of one dialog of saved messages.
//!
//! Errors: `PEER_ID_INVALID`, `INPUT_USER_DEACTIVATED`, `CHANNEL_PRIVATE`; `SEARCH_QUERY_EMPTY` without a peer.

use model::dialog::HistoryWindow;
use model::{MessageId, UnixTime};
use services::messages::search::{self, GlobalOffset, Query, Scope};
use tl_api::{enums, functions};

use super::common::{saved, thread};
use super::filter::{self, Filter};
use super::search_global::slice;
use crate::convert::{messages, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::Search,
) -> Result<enums::messages::Messages, RpcError> {
    let from = match &request.from_id {
        Some(from) => Some(peers::input_peer(&call, from).await?),
        None => None,
    };
    let Filter::Of(mut query) = filter::query(&request.filter) else {
        return Ok(messages::whole(messages::Shown::default()));
    };
    query.from = from;
    query.thread = thread(request.top_msg_id);
    query.saved = saved(&call, request.saved_peer_id.as_ref()).await?;
    query.text = request.q;
    query.min_date = UnixTime(request.min_date.into());
    query.max_date = UnixTime(request.max_date.into());
    query.window = HistoryWindow {
        offset_id: MessageId(request.offset_id),
        offset_date: UnixTime(0),
        add_offset: request.add_offset,
        limit: request.limit,
        max_id: MessageId(request.max_id),
        min_id: MessageId(request.min_id),
    };
    if request.peer == enums::InputPeer::InputPeerEmpty {
        return everywhere(&call, &query).await;
    }
    let peer = peers::input_peer(&call, &request.peer).await?;
    let page = search::in_chat(&call.core, call.signed_in()?, peer, &query).await?;
    messages::page(&call.core, call.viewer()?, &page).await
}

/// An empty peer asks for all chats, as old clients do.
async fn everywhere(call: &Call, query: &Query) -> Result<enums::messages::Messages, RpcError> {
    let (page, more) = search::everywhere(
        &call.core,
        call.signed_in()?,
        query,
        Scope::All,
        GlobalOffset::default(),
    )
    .await?;
    slice(call, &page, more).await
}
