//! `account.deleteAccount reason password? = Bool`: for good.
//!
//! Errors: `PASSWORD_HASH_INVALID` without the two-step password where one is set, 406 `FRESH_RESET_AUTHORISATION_FORBIDDEN`.

use services::account;
use tl_api::functions;

use crate::convert::password;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::DeleteAccount,
) -> Result<bool, RpcError> {
    let proof = request.password.as_ref().and_then(password::proof);
    account::delete(&call.core, call.signed_in()?, proof.as_ref()).await?;
    Ok(true)
}
