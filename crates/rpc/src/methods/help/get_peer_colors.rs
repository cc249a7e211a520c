//! `help.getPeerColors hash = help.PeerColors`: no name colours besides those that clients bring.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::help::GetPeerColors,
) -> Result<enums::help::PeerColors, RpcError> {
    Ok(types::help::PeerColors::default().into())
}
