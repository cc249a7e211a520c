//! `auth.importBotAuthorization flags api_id api_hash bot_auth_token = auth.Authorization`. There are no bots here yet, so no token is right.
//!
//! Errors: `ACCESS_TOKEN_INVALID`.

use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::auth::ImportBotAuthorization,
) -> Result<enums::auth::Authorization, RpcError> {
    Err(services::Error::BotTokenInvalid.into())
}
