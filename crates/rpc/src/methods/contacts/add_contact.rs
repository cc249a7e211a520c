//! `contacts.addContact add_phone_privacy_exception id first_name last_name phone note? = Updates`. The note is not kept.
//!
//! Errors: `CONTACT_NAME_EMPTY`, `USER_ID_INVALID`.

use services::contacts::{self, NewContact};
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::AddContact,
) -> Result<enums::Updates, RpcError> {
    let user = peers::input_user(&call, &request.id).await?;
    let new = NewContact {
        user,
        first_name: request.first_name,
        last_name: request.last_name,
        phone: request.phone,
        share_phone: request.add_phone_privacy_exception,
    };
    contacts::add(&call.core, call.signed_in()?, new).await?;
    super::changed(&call, &[user]).await
}
