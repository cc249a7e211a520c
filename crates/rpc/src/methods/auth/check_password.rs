//! `auth.checkPassword password = auth.Authorization`: the second step of a sign-in that answered `SESSION_PASSWORD_NEEDED`.
//!
//! Errors: `PASSWORD_HASH_INVALID`, `SRP_ID_INVALID`, `FLOOD_WAIT_X` after ten wrong ones in a day, 401 if no sign-in waits.

use services::sign_in;
use tl_api::{enums, functions};

use super::answers;
use crate::convert::password;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::CheckPassword,
) -> Result<enums::auth::Authorization, RpcError> {
    let user = sign_in::pending_account(&call.core, call.key).ok_or_else(RpcError::unregistered)?;
    let proof =
        password::proof(&request.password).ok_or(RpcError::bad_request("PASSWORD_HASH_INVALID"))?;
    services::password::check_of(&call.core, answers::device(&call), user, &proof).await?;
    let user = sign_in::finish_pending(&call.core, answers::device(&call)).await?;
    answers::authorization(&call, user).await
}
