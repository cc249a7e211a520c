//! `messages.getAllDrafts`: every draft, as updates.

use services::messages::draft;
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::{dialogs, peers};
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    _: functions::messages::GetAllDrafts,
) -> Result<enums::Updates, RpcError> {
    let drafts = draft::all(&call.core, call.signed_in()?).await?;
    let people: PeerSet = drafts.iter().map(|(peer, _)| *peer).collect();
    let update = |(peer, draft): &(model::Peer, model::dialog::Draft)| {
        let draft = dialogs::draft(Some(draft));
        types::UpdateDraftMessage { peer: peers::peer(*peer), draft, ..Default::default() }.into()
    };
    updates::made(&call, drafts.iter().map(update).collect(), people).await
}
