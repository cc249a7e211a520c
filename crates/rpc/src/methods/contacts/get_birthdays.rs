//! `contacts.getBirthdays = contacts.ContactBirthdays`. Birthdays can't be set here, so none are near.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::contacts::GetBirthdays,
) -> Result<enums::contacts::ContactBirthdays, RpcError> {
    Ok(types::contacts::ContactBirthdays::default().into())
}
