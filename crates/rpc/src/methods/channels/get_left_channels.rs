//! `channels.getLeftChannels`: a part of an export of one's data, which is not offered.
//!
//! Errors: always 403 `TAKEOUT_REQUIRED`, as outside of an export everywhere.

use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::channels::GetLeftChannels,
) -> Result<enums::messages::Chats, RpcError> {
    call.signed_in()?;
    Err(RpcError::new(403, "TAKEOUT_REQUIRED"))
}
