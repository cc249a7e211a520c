//! `account.getAuthorizations = account.Authorizations`: all devices of the account.

use services::devices;
use tl_api::{enums, functions, types};

use crate::convert::settings;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::account::GetAuthorizations,
) -> Result<enums::account::Authorizations, RpcError> {
    let caller = call.signed_in()?;
    let views = devices::list(&call.core, caller).await?;
    Ok(types::account::Authorizations {
        authorization_ttl_days: devices::ttl_days(&call.core, caller).await?,
        authorizations: views.iter().map(|view| settings::authorization(view, false)).collect(),
    }
    .into())
}
