//! `messages.readHistory`: the read mark of a private chat or basic group.
//!
//! Errors: `PEER_ID_INVALID`, also for channels, which have a method of their own.

use model::MessageId;
use services::messages::read;
use tl_api::{enums, functions};

use super::common::affected_messages;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ReadHistory,
) -> Result<enums::messages::AffectedMessages, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let affected =
        read::history(&call.core, call.signed_in()?, peer, MessageId(request.max_id)).await?;
    Ok(affected_messages(affected))
}
