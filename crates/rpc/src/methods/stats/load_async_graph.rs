//! `stats.loadAsyncGraph`: a graph that was named by a token. Days are not drawn closer, so `x` finds nothing.
//!
//! Errors: `GRAPH_INVALID_RELOAD`, `CHAT_ADMIN_REQUIRED`, `CHANNEL_INVALID`, `CHANNEL_PRIVATE`.

use services::statistics;
use tl_api::{enums, functions};

use crate::convert::graphs;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::stats::LoadAsyncGraph,
) -> Result<enums::StatsGraph, RpcError> {
    if request.x.is_some() {
        return Ok(graphs::unknown());
    }
    let found = statistics::later(&call.core, call.signed_in()?, &request.token).await?;
    Ok(found.as_ref().map_or_else(graphs::unknown, graphs::graph))
}
