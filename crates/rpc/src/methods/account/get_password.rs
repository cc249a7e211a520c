//! `account.getPassword = account.Password`, for the signed-in account or the one whose sign-in waits for its password.

use tl_api::{enums, functions};

use crate::convert::password;
use crate::methods::auth::answers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::account::GetPassword,
) -> Result<enums::account::Password, RpcError> {
    let user = answers::account_at_hand(&call)?;
    Ok(password::state(services::password::state(&call.core, user).await?))
}
