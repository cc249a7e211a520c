//! `channels.deleteMessages`: for everyone; own ones, or any by those who have that right.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `LIMIT_INVALID`, 403 `MESSAGE_DELETE_FORBIDDEN`.

use model::MessageId;
use services::channels::delete;
use tl_api::{enums, functions, types};

use super::answers::delete_error;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::DeleteMessages,
) -> Result<enums::messages::AffectedMessages, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let ids: Vec<MessageId> = request.id.into_iter().map(MessageId).collect();
    let affected = delete::messages(&call.core, call.signed_in()?, channel, &ids)
        .await
        .map_err(delete_error)?;
    Ok(types::messages::AffectedMessages { pts: affected.pts.0, pts_count: affected.pts_count }
        .into())
}
