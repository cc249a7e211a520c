//! `messages.deleteMessages`: from private chats and basic groups, for oneself or for everyone.

use model::MessageId;
use services::messages::delete;
use tl_api::{enums, functions};

use super::common::affected_messages;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::DeleteMessages,
) -> Result<enums::messages::AffectedMessages, RpcError> {
    let ids: Vec<MessageId> = request.id.into_iter().map(MessageId).collect();
    let affected = delete::delete(&call.core, call.signed_in()?, &ids, request.revoke).await?;
    Ok(affected_messages(affected))
}
