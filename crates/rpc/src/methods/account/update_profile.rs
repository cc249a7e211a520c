//! `account.updateProfile first_name? last_name? about? = User`.
//!
//! Errors: `FIRSTNAME_INVALID`, `ABOUT_TOO_LONG`.

use services::profile::{self, Change};
use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::UpdateProfile,
) -> Result<enums::User, RpcError> {
    let change = Change {
        first_name: request.first_name,
        last_name: request.last_name,
        about: request.about,
    };
    profile::update(&call.core, call.signed_in()?, change).await?;
    super::own_user(&call).await
}
