//! `auth.acceptLoginToken token = Authorization`: signs in the device that shows the token.
//!
//! Errors: `AUTH_TOKEN_INVALID`, `AUTH_TOKEN_EXPIRED`, `AUTH_TOKEN_ALREADY_ACCEPTED`, `AUTH_TOKEN_EXCEPTION`.

use services::devices::DeviceView;
use services::sign_in;
use tl_api::{enums, functions};

use crate::convert::settings;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::AcceptLoginToken,
) -> Result<enums::Authorization, RpcError> {
    let caller = call.signed_in()?;
    let (authorization, password_pending) =
        sign_in::accept_token(&call.core, caller, &request.token).await?;
    let view = DeviceView {
        authorization,
        current: false,
        unconfirmed: false,
        secret_chats_off: false,
        calls_off: false,
    };
    Ok(settings::authorization(&view, password_pending))
}
