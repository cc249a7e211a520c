//! `auth.dropTempAuthKeys except_auth_keys = Bool`: forgets the temporary keys of this permanent one, but for those named. True also
//! when there was none: TDLib repeats an error without a pause.

use model::AuthKeyId;
use services::devices;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::DropTempAuthKeys,
) -> Result<bool, RpcError> {
    let except: Vec<AuthKeyId> =
        request.except_auth_keys.iter().map(|key| AuthKeyId(key.cast_unsigned())).collect();
    devices::drop_temporary_keys(&call.core, call.key, &except).await?;
    Ok(true)
}
