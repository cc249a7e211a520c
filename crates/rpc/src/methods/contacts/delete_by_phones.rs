//! `contacts.deleteByPhones phones = Bool`.

use services::contacts;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::DeleteByPhones,
) -> Result<bool, RpcError> {
    contacts::delete_by_phones(&call.core, call.signed_in()?, &request.phones).await?;
    Ok(true)
}
