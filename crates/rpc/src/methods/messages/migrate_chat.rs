//! `messages.migrateChat`: a basic group becomes a supergroup of the same people. The creator only.
//!
//! Errors: `CHAT_ID_INVALID` also if it moved before, `CHAT_ADMIN_REQUIRED`.

use model::ChatId;
use services::chats::migrate;
use tl_api::{enums, functions};

use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::MigrateChat,
) -> Result<enums::Updates, RpcError> {
    let moved = migrate::migrate(&call.core, call.signed_in()?, ChatId(request.chat_id)).await?;
    updates::answer_all(&call, &[&moved.farewell, &moved.welcome], &[moved.event]).await
}
