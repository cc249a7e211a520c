//! `contacts.unblock my_stories_from id = Bool`.
//!
//! Errors: `PEER_ID_INVALID`, `USER_ID_INVALID` for oneself.

use services::contacts;
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::Unblock,
) -> Result<bool, RpcError> {
    if request.my_stories_from {
        return Err(RpcError::bad_request("PEER_ID_INVALID"));
    }
    let user = peers::input_peer_user(&call, &request.id).await?;
    contacts::set_blocked(&call.core, call.signed_in()?, user, false).await?;
    Ok(true)
}
