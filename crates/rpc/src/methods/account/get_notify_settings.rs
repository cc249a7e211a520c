//! `account.getNotifySettings peer = PeerNotifySettings`: of one chat, or of a kind of chats.
//!
//! Errors: `PEER_ID_INVALID`, `CHAT_ID_INVALID`, `CHANNEL_PRIVATE`.

use services::settings;
use tl_api::{enums, functions};

use crate::convert::settings as convert;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::GetNotifySettings,
) -> Result<enums::PeerNotifySettings, RpcError> {
    let scope = convert::from_notify_scope(&call, &request.peer).await?;
    Ok(convert::notify_settings(&settings::notify_of(&call.core, call.signed_in()?, scope).await?))
}
