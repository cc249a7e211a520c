//! `channels.deleteHistory`: everything up to a message, for everyone, by those who may delete any message.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`; `METHOD_INVALID` for oneself only, which is not offered.

use model::MessageId;
use services::channels::delete;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::DeleteHistory,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    if !request.for_everyone {
        return Err(RpcError::bad_request("METHOD_INVALID"));
    }
    let effect =
        delete::history(&call.core, call.signed_in()?, channel, MessageId(request.max_id)).await?;
    updates::answer(&call, &effect, &[]).await
}
