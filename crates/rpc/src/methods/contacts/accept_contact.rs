//! `contacts.acceptContact id = Updates`: adds somebody who has the caller in their book, and shows them the caller's number.
//!
//! Errors: `CONTACT_REQ_MISSING`, `USER_ID_INVALID`.

use services::contacts;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::AcceptContact,
) -> Result<enums::Updates, RpcError> {
    let user = peers::input_user(&call, &request.id).await?;
    contacts::accept(&call.core, call.signed_in()?, user).await?;
    super::changed(&call, &[user]).await
}
