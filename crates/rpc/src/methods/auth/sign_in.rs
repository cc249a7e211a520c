//! `auth.signIn phone_number phone_code_hash phone_code? email_verification? = auth.Authorization`, before sign-in.
//!
//! A code that came by e-mail may be given in either field. Where registration is by invitation, a new number's code is the
//! invitation's word. Errors: `PHONE_CODE_EMPTY`, `PHONE_CODE_INVALID`, `PHONE_CODE_EXPIRED`, 401 `SESSION_PASSWORD_NEEDED`,
//! `PHONE_NUMBER_APP_SIGNUP_FORBIDDEN` where registration is closed or needs an invitation.

use services::sign_in::{self, Outcome};
use tl_api::{enums, functions, types};

use super::answers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::SignIn,
) -> Result<enums::auth::Authorization, RpcError> {
    let code = match (request.phone_code, request.email_verification) {
        (Some(code), _) => code,
        (None, Some(enums::EmailVerification::EmailVerificationCode(by_email))) => by_email.code,
        (None, _) => String::new(),
    };
    let device = answers::device(&call);
    match sign_in::sign_in(
        &call.core,
        device,
        &request.phone_number,
        &request.phone_code_hash,
        &code,
    )
    .await?
    {
        Outcome::SignedIn(user) => answers::authorization(&call, user).await,
        Outcome::SignUpRequired => Ok(types::auth::AuthorizationSignUpRequired::default().into()),
    }
}
