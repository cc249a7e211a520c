//! `help.getPeerProfileColors hash = help.PeerColors`: no profile colours besides those that clients bring.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::help::GetPeerProfileColors,
) -> Result<enums::help::PeerColors, RpcError> {
    Ok(types::help::PeerColors::default().into())
}
