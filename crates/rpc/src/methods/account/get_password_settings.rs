//! `account.getPasswordSettings password = account.PasswordSettings`: the recovery address, for who knows the password.
//!
//! Errors: `PASSWORD_HASH_INVALID`, `SRP_ID_INVALID`, `FLOOD_WAIT_X`.

use tl_api::{enums, functions, types};

use crate::convert::password;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::GetPasswordSettings,
) -> Result<enums::account::PasswordSettings, RpcError> {
    let proof = password::proof(&request.password);
    let email =
        services::password::recovery_email(&call.core, call.signed_in()?, proof.as_ref()).await?;
    Ok(types::account::PasswordSettings { email, ..Default::default() }.into())
}
