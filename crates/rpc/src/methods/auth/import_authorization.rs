//! `auth.importAuthorization id bytes = auth.Authorization`, under the key that is to be signed in.
//!
//! Errors: `AUTH_BYTES_INVALID`.

use services::sign_in;
use tl_api::{enums, functions};

use super::answers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::ImportAuthorization,
) -> Result<enums::auth::Authorization, RpcError> {
    let user =
        sign_in::import(&call.core, answers::device(&call), request.id, &request.bytes).await?;
    answers::authorization(&call, user).await
}
