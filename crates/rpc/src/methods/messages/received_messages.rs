//! `messages.receivedMessages`: a client says what it got. Nothing hangs on it: what is missing is found by pts.

use tl_api::{enums, functions};

use crate::{Call, RpcError};

#[expect(clippy::unused_async, reason = "the shape of every method")]
pub(super) async fn handle(
    _: Call,
    _: functions::messages::ReceivedMessages,
) -> Result<Vec<enums::ReceivedNotifyMessage>, RpcError> {
    Ok(Vec::new())
}
