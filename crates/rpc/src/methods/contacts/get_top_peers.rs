//! `contacts.getTopPeers ... = contacts.TopPeers`. Frequent contacts are not collected, so the list is empty, or off by the person's wish.

use services::settings::{self, TOP_PEERS_OFF};
use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::contacts::GetTopPeers,
) -> Result<enums::contacts::TopPeers, RpcError> {
    let is_off = settings::flag(&call.core, call.signed_in()?.user, TOP_PEERS_OFF).await?;
    Ok(if is_off {
        enums::contacts::TopPeers::TopPeersDisabled
    } else {
        types::contacts::TopPeers::default().into()
    })
}
