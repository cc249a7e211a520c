//! `bots.setBotCommands`, for bots only; there are none yet.
//!
//! Errors: `USER_BOT_REQUIRED`.

use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::bots::SetBotCommands,
) -> Result<bool, RpcError> {
    Err(RpcError::bad_request("USER_BOT_REQUIRED"))
}
