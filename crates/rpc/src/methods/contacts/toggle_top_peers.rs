//! `contacts.toggleTopPeers enabled = Bool`: keeps the person's wish.

use services::settings::{self, TOP_PEERS_OFF};
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::ToggleTopPeers,
) -> Result<bool, RpcError> {
    settings::set_flag(&call.core, call.signed_in()?.user, TOP_PEERS_OFF, !request.enabled).await?;
    Ok(true)
}
