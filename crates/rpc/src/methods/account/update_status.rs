//! `account.updateStatus offline = Bool`: what this device says of its person.

use services::presence;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::UpdateStatus,
) -> Result<bool, RpcError> {
    presence::update(&call.core, call.signed_in()?, !request.offline).await?;
    Ok(true)
}
