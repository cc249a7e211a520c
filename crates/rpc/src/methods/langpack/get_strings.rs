//! `langpack.getStrings lang_pack lang_code keys = Vector<LangPackString>`. There are none.

use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::langpack::GetStrings,
) -> Result<Vec<enums::LangPackString>, RpcError> {
    Ok(Vec::new())
}
