//! `account.registerDevice no_muted token_type token app_sandbox secret other_uids = Bool`: keeps a push token. Nothing is pushed yet.
//!
//! Errors: `TOKEN_INVALID`.

use services::Error;
use services::settings::{self, PushToken};
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::RegisterDevice,
) -> Result<bool, RpcError> {
    let token = PushToken {
        kind: request.token_type,
        token: request.token,
        sandbox: request.app_sandbox,
        no_muted: request.no_muted,
    };
    match settings::register_push_token(&call.core, call.signed_in()?, token).await {
        Err(Error::TokenInvalid) => Err(RpcError::bad_request("TOKEN_INVALID")),
        result => Ok(result.map(|()| true)?),
    }
}
