//! `channels.readMessageContents`: mentions were seen.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `LIMIT_INVALID`.

use model::MessageId;
use services::channels::read;
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::ReadMessageContents,
) -> Result<bool, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let ids: Vec<MessageId> = request.id.into_iter().map(MessageId).collect();
    read::contents(&call.core, call.signed_in()?, channel, &ids).await?;
    Ok(true)
}
