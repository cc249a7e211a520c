//! `messages.deleteHistory`: a private chat's or basic group's messages, in parts; the client calls again until `offset` is 0.
//!
//! Errors: `PEER_ID_INVALID` for channels, which have a method of their own; `MIN_DATE_INVALID`.

use model::{MessageId, UnixTime};
use services::messages::delete::{self, History};
use tl_api::{enums, functions};

use super::common::affected_history;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::DeleteHistory,
) -> Result<enums::messages::AffectedHistory, RpcError> {
    let history = History {
        peer: peers::input_peer(&call, &request.peer).await?,
        max_id: MessageId(request.max_id),
        revoke: request.revoke,
        just_clear: request.just_clear,
        min_date: request.min_date.map(|date| UnixTime(date.into())),
        max_date: request.max_date.map(|date| UnixTime(date.into())),
    };
    Ok(affected_history(delete::history(&call.core, call.signed_in()?, history).await?))
}
