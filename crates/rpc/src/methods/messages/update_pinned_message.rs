//! `messages.updatePinnedMessage`: pins or unpins one message. A pin that others see is announced by a service message.
//!
//! Errors: `MESSAGE_ID_INVALID`, `CHAT_ADMIN_REQUIRED`, `CHANNEL_PRIVATE`.

use model::MessageId;
use services::messages::pin::{self, Options};
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::UpdatePinnedMessage,
) -> Result<enums::Updates, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let options =
        Options { silent: request.silent, unpin: request.unpin, one_side: request.pm_oneside };
    let effect =
        pin::pin(&call.core, call.signed_in()?, peer, MessageId(request.id), options).await?;
    updates::answer(&call, &effect, &[]).await
}
