//! `updates.getChannelDifference`: what happened in a channel's log since a position.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `PERSISTENT_TIMESTAMP_INVALID`.

use model::Pts;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::updates::GetChannelDifference,
) -> Result<enums::updates::ChannelDifference, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let (caller, pts) = (call.signed_in()?, Pts(request.pts));
    let missed =
        services::updates::channel_difference(&call.core, caller, channel, pts, request.limit)
            .await?;
    updates::channel_difference(&call.core, call.viewer()?, channel, missed).await
}
