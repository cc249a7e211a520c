//! `messages.getDhConfig`: the group of the key exchange of secret chats, and random bytes for the client to mix in.
//!
//! Errors: `RANDOM_LENGTH_INVALID`.

use services::secret::{self, DhConfig};
use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetDhConfig,
) -> Result<enums::messages::DhConfig, RpcError> {
    call.signed_in()?;
    let DhConfig { group, random } =
        secret::dh_config(&call.core, request.version, request.random_length)?;
    Ok(match group {
        None => types::messages::DhConfigNotModified { random }.into(),
        Some((g, prime, version)) => {
            types::messages::DhConfig { g: g.into(), p: prime.to_vec(), version, random }.into()
        }
    })
}
