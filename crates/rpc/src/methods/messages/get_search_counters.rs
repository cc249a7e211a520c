//! `messages.getSearchCounters`: how many messages of each kind a chat has.
//!
//! Errors: `PEER_ID_INVALID`, `CHANNEL_PRIVATE`.

use services::messages::search::{self, Query};
use tl_api::{enums, functions, types};

use super::common::{saved, thread};
use super::filter::{self, Filter};
use crate::convert::peers;
use crate::{Call, RpcError};

/// Kinds asked for at once: as many as there are.
const FILTERS: usize = 20;

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetSearchCounters,
) -> Result<Vec<enums::messages::SearchCounter>, RpcError> {
    if request.filters.len() > FILTERS {
        return Err(RpcError::bad_request("LIMIT_INVALID"));
    }
    let peer = peers::input_peer(&call, &request.peer).await?;
    let saved = saved(&call, request.saved_peer_id.as_ref()).await?;
    let thread = thread(request.top_msg_id);
    let mut counters = Vec::with_capacity(request.filters.len());
    for filter in request.filters {
        let count = match filter::query(&filter) {
            Filter::Of(query) => {
                let query = Query { saved, thread, ..query };
                search::count(&call.core, call.signed_in()?, peer, &query).await?
            }
            Filter::Nothing => 0,
        };
        counters.push(types::messages::SearchCounter { inexact: false, filter, count }.into());
    }
    Ok(counters)
}
