//! `langpack.getLanguages lang_pack = Vector<LangPackLanguage>`. There are none.

use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::langpack::GetLanguages,
) -> Result<Vec<enums::LangPackLanguage>, RpcError> {
    Ok(Vec::new())
}
