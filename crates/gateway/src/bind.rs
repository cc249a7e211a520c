//! `auth.bindTempAuthKey`: a temporary key signs in as its permanent key.

use std::sync::Arc;

use model::{AuthKeyId, UnixTime};
use mtproto::bind::{BindRequest, verify_bind};
use rpc::{Reply, RpcError};
use tl_api::functions::auth::BindTempAuthKey;
use tl_codec::{Deserialize as _, Serialize as _};

use crate::Gateway;
use crate::sessions::LiveSession;

impl Gateway {
    /// Checks the inner message under the permanent key, then binds.
    pub(crate) async fn bind_temp_key(
        self: &Arc<Self>,
        session: &Arc<LiveSession>,
        msg_id: i64,
        request: &[u8],
    ) -> Reply {
        let invalid = || RpcError::bad_request("ENCRYPTED_MESSAGE_INVALID");
        let body = request.get(4..).unwrap_or_default();
        let request = BindTempAuthKey::deserialize(&mut tl_codec::Reader::new(body))
            .map_err(|_| RpcError::bad_request("INPUT_REQUEST_INVALID"))?;
        let temp = &session.key;
        let Some(end) = temp.expires else { return Err(invalid()) };
        let permanent = AuthKeyId(request.perm_auth_key_id.cast_unsigned());
        let now = self.clocks.now();
        let Ok(entry) = self.keys.find(permanent, now.mono).await else { return Err(invalid()) };
        if entry.expires.is_some() {
            return Err(invalid());
        }
        if temp.permanent().is_some_and(|bound| bound != permanent) {
            return Err(RpcError::bad_request("TEMP_AUTH_KEY_ALREADY_BOUND"));
        }
        let asked = BindRequest {
            perm_key: &entry.key,
            nonce: request.nonce,
            expires_at: request.expires_at,
            encrypted_message: &request.encrypted_message,
            msg_id,
            session_id: session.id,
            temp_auth_key_id: temp.id.0,
        };
        verify_bind(asked).map_err(|_| invalid())?;
        let until = UnixTime(i64::from(request.expires_at)).min(end);
        if until <= self.core.now() {
            return Err(RpcError::bad_request("EXPIRES_AT_INVALID"));
        }
        match self.core.stores.keys.bind_temp_key(temp.id, permanent, until).await {
            Ok(()) => {}
            Err(store::Error::NotFound) => return Err(invalid()),
            Err(error) => return Err(RpcError::from(services::Error::from(error))),
        }
        temp.bind(permanent, until);
        if temp.layer() == 0 {
            temp.set_layer(entry.layer());
        }
        Ok(true.to_bytes())
    }
}
