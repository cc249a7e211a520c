//! `contacts.block my_stories_from id = Bool`. There are no stories to hide, so that form is refused.
//!
//! Errors: `PEER_ID_INVALID`, `USER_ID_INVALID` for oneself.

use services::contacts;
use tl_api::functions;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::Block,
) -> Result<bool, RpcError> {
    if request.my_stories_from {
        return Err(RpcError::bad_request("PEER_ID_INVALID"));
    }
    let user = peers::input_peer_user(&call, &request.id).await?;
    contacts::set_blocked(&call.core, call.signed_in()?, user, true).await?;
    Ok(true)
}
