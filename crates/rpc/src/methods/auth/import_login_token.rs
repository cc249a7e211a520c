//! `auth.importLoginToken token = auth.LoginToken`: asks after a token by its bytes. There is one DC, so nothing is ever moved.
//!
//! Errors: `AUTH_TOKEN_INVALID`, `AUTH_TOKEN_EXPIRED`, 401 `SESSION_PASSWORD_NEEDED`.

use services::sign_in;
use tl_api::{enums, functions};

use super::answers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::ImportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    let login = sign_in::import_token(&call.core, answers::device(&call), &request.token).await?;
    answers::login_token(&call, login).await
}
