//! `contacts.getStatuses = Vector<ContactStatus>`: when each contact was last seen.

use services::contacts;
use services::views::{self, UserView};
use tl_api::{enums, functions, types};

use crate::convert::users;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::contacts::GetStatuses,
) -> Result<Vec<enums::ContactStatus>, RpcError> {
    let caller = call.signed_in()?;
    let book = contacts::list(&call.core, caller).await?;
    let ids: Vec<_> = book.iter().map(|contact| contact.user).collect();
    let views = views::users(&call.core, caller.user, &ids).await?;
    let status = |view: &UserView| {
        types::ContactStatus { user_id: view.user.id.0, status: users::status(view.status) }.into()
    };
    Ok(views.iter().map(status).collect())
}
