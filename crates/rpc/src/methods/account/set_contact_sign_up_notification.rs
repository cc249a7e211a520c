//! `account.setContactSignUpNotification silent = Bool`.

use services::settings::{self, CONTACT_SIGN_UP_SILENT};
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::SetContactSignUpNotification,
) -> Result<bool, RpcError> {
    settings::set_flag(&call.core, call.signed_in()?.user, CONTACT_SIGN_UP_SILENT, request.silent)
        .await?;
    Ok(true)
}
