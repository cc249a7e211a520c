//! `auth.signUp phone_number phone_code_hash first_name last_name = auth.Authorization`, after `auth.signIn` took the code.
//!
//! Errors: `FIRSTNAME_INVALID`, `PHONE_CODE_EXPIRED`, `PHONE_NUMBER_OCCUPIED`, `PHONE_NUMBER_APP_SIGNUP_FORBIDDEN`, `PHONE_CODE_INVALID` for
//! an invitation that does not exist.

use services::sign_in::{self, Registrant};
use tl_api::{enums, functions};

use super::answers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::SignUp,
) -> Result<enums::auth::Authorization, RpcError> {
    let registrant = Registrant {
        phone: &request.phone_number,
        hash: &request.phone_code_hash,
        first_name: &request.first_name,
        last_name: &request.last_name,
        quiet: request.no_joined_notifications,
    };
    let user = sign_in::sign_up(&call.core, answers::device(&call), registrant).await?;
    answers::authorization(&call, user).await
}
