//! `help.getTermsOfServiceUpdate = help.TermsOfServiceUpdate`. There are no terms to accept.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::help::GetTermsOfServiceUpdate,
) -> Result<enums::help::TermsOfServiceUpdate, RpcError> {
    Ok(types::help::TermsOfServiceUpdateEmpty { expires: super::in_a_day(&call) }.into())
}
