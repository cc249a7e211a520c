//! `langpack.getLangPack lang_pack lang_code = LangPackDifference`. Clients bring their own words; there are none here.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    request: functions::langpack::GetLangPack,
) -> Result<enums::LangPackDifference, RpcError> {
    Ok(types::LangPackDifference { lang_code: request.lang_code, ..Default::default() }.into())
}
