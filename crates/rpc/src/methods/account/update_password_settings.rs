//! `account.updatePasswordSettings password new_settings = Bool`: sets, changes or removes the two-step password and the recovery address.
//!
//! Errors: `PASSWORD_HASH_INVALID`, `SRP_ID_INVALID`, `NEW_SETTINGS_INVALID`, `SESSION_TOO_FRESH_X`, `EMAIL_INVALID`, `EMAIL_NOT_ALLOWED` where
//! the server sends no e-mail, `EMAIL_UNCONFIRMED_X` when a code was sent.

use tl_api::functions;

use crate::convert::password;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::UpdatePasswordSettings,
) -> Result<bool, RpcError> {
    let proof = password::proof(&request.password);
    let change = password::settings_change(&request.new_settings)?;
    services::password::update(&call.core, call.signed_in()?, proof.as_ref(), change).await?;
    Ok(true)
}
