//! `channels.getChannels`: channels that the caller met, by number. Those closed to the caller show as `channelForbidden`.
//!
//! Errors: `CHANNEL_INVALID` if one was never met, `LIMIT_INVALID`.

use services::channels::lists;
use tl_api::{enums, functions};

use super::answers;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::GetChannels,
) -> Result<enums::messages::Chats, RpcError> {
    lists::check_count(request.id.len())?;
    let mut ids = Vec::with_capacity(request.id.len());
    for channel in &request.id {
        ids.push(peers::input_channel(&call, channel).await?);
    }
    answers::chats(&call, &ids).await
}
