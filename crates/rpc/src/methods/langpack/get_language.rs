//! `langpack.getLanguage lang_pack lang_code = LangPackLanguage`.
//!
//! Errors: `LANG_CODE_NOT_SUPPORTED`, as there are none.

use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::langpack::GetLanguage,
) -> Result<enums::LangPackLanguage, RpcError> {
    Err(RpcError::bad_request("LANG_CODE_NOT_SUPPORTED"))
}
