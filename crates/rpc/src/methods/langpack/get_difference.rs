//! `langpack.getDifference lang_pack lang_code from_version = LangPackDifference`. Nothing has changed.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    request: functions::langpack::GetDifference,
) -> Result<enums::LangPackDifference, RpcError> {
    let version = request.from_version;
    Ok(types::LangPackDifference {
        lang_code: request.lang_code,
        from_version: version,
        version,
        ..Default::default()
    }
    .into())
}
