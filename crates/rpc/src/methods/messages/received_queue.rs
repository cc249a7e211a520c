//! `messages.receivedQueue`: the device has its encrypted messages up to a place; they are erased.
//!
//! Errors: `MAX_QTS_INVALID`.

use model::Qts;
use services::secret;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ReceivedQueue,
) -> Result<Vec<i64>, RpcError> {
    Ok(secret::acknowledge(&call.core, call.signed_in()?, Qts(request.max_qts)).await?)
}
