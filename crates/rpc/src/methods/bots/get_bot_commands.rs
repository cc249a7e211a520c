//! `bots.getBotCommands`, for bots only; there are none yet.
//!
//! Errors: `USER_BOT_REQUIRED`.

use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::bots::GetBotCommands,
) -> Result<Vec<enums::BotCommand>, RpcError> {
    Err(RpcError::bad_request("USER_BOT_REQUIRED"))
}
