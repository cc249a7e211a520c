//! `auth.exportLoginToken api_id api_hash except_ids = auth.LoginToken`: a token to show as a QR code, or the success of the one that was shown.
//!
//! Errors: 401 `SESSION_PASSWORD_NEEDED` when it was accepted for an account with a two-step password.

use model::UserId;
use services::sign_in;
use tl_api::{enums, functions};

use super::answers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::ExportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    let except = request.except_ids.into_iter().map(UserId).collect();
    let login = sign_in::export_token(&call.core, answers::device(&call), except).await?;
    answers::login_token(&call, login).await
}
