//! `channels.deleteChannel`: for good; the owner only.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`.

use services::channels::manage;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::DeleteChannel,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let event = manage::delete(&call.core, call.signed_in()?, channel).await?;
    updates::account_answer(&call, &[event]).await
}
