//! `auth.logOut = auth.LoggedOut`: signs this device out; its key stays and may sign in again.

use services::devices;
use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::auth::LogOut,
) -> Result<enums::auth::LoggedOut, RpcError> {
    devices::log_out(&call.core, call.signed_in()?).await?;
    Ok(types::auth::LoggedOut::default().into())
}
