//! `contacts.resolveUsername username referer? = contacts.ResolvedPeer`.
//!
//! Errors: `USERNAME_INVALID`, `USERNAME_NOT_OCCUPIED`, `FLOOD_WAIT_X`.

use services::contacts;
use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::ResolveUsername,
) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    let peer = contacts::resolve_username(&call.core, call.signed_in()?, &request.username).await?;
    super::resolved(&call, peer).await
}
