//! `messages.readMessageContents`: voice was played, a mention was seen.

use model::MessageId;
use services::messages::read;
use tl_api::{enums, functions};

use super::common::affected_messages;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ReadMessageContents,
) -> Result<enums::messages::AffectedMessages, RpcError> {
    let ids: Vec<MessageId> = request.id.into_iter().map(MessageId).collect();
    Ok(affected_messages(read::contents(&call.core, call.signed_in()?, &ids).await?))
}
