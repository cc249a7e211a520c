//! `updates.getState`: where the account stands now.

use tl_api::{enums, functions};

use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    _: functions::updates::GetState,
) -> Result<enums::updates::State, RpcError> {
    let state = services::updates::state(&call.core, call.signed_in()?).await?;
    Ok(updates::state(&state))
}
