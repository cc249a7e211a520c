//! `channels.deactivateAllUsernames`: takes a channel's bought names out of use. There are none to buy here; clients ask for it when they
//! make a channel private, beside the change of the name that it has.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`.

use services::channels::names;
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::DeactivateAllUsernames,
) -> Result<bool, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    names::own(&call.core, call.signed_in()?, channel).await?;
    Ok(true)
}
