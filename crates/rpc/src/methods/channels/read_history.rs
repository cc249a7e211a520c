//! `channels.readHistory`: the read mark of a channel. False where there is none: outsiders read without a mark.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`.

use model::MessageId;
use services::channels::read;
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::ReadHistory,
) -> Result<bool, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    Ok(read::history(&call.core, call.signed_in()?, channel, MessageId(request.max_id)).await?)
}
