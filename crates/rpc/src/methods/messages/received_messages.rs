//! `messages.receivedMessages`: a client says what it got. Nothing hangs on it: what is missing is found by pts.

use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _: Call,
    _: functions::messages::ReceivedMessages,
) -> Result<Vec<enums::ReceivedNotifyMessage>, RpcError> {
    Ok(Vec::new())
}
