//! `contacts.resolvePhone phone = contacts.ResolvedPeer`.
//!
//! Errors: `PHONE_NOT_OCCUPIED`, the same for an account that may not be found by its number as for none; `FLOOD_WAIT_X`.

use model::Peer;
use services::{Error, contacts};
use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::ResolvePhone,
) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    let user = match contacts::resolve_phone(&call.core, call.signed_in()?, &request.phone).await {
        Err(Error::PhoneUnoccupied) => return Err(RpcError::bad_request("PHONE_NOT_OCCUPIED")),
        user => user?,
    };
    super::resolved(&call, Peer::User(user)).await
}
