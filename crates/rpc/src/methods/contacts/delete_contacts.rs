//! `contacts.deleteContacts id = Updates`. People who are no contacts are passed over.

use services::contacts;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::DeleteContacts,
) -> Result<enums::Updates, RpcError> {
    let users = peers::input_users(&call, &request.id).await?;
    let deleted = contacts::delete(&call.core, call.signed_in()?, &users).await?;
    super::changed(&call, &deleted).await
}
