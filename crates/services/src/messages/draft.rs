//! Drafts: unsent text, the same on all devices of an account.

use model::Peer;
use model::dialog::Draft;
use model::event::AccountEvent;

use super::text;
use crate::{Caller, Core, Error, Result, account_events, dialogs};

/// Saves a draft; an empty one clears it.
///
/// # Errors
/// `MessageTooLong`; `ChatInvalid`, `ChannelPrivate` and their kin.
pub async fn save(core: &Core, caller: Caller, peer: Peer, draft: Draft) -> Result<()> {
    dialogs::check_readable(core, caller, peer).await?;
    let cleaned = text::clean(&draft.text, &draft.entities);
    if cleaned.text.chars().count() > model::limits::MESSAGE_CHARS {
        return Err(Error::MessageTooLong);
    }
    let empty = cleaned.text.is_empty() && draft.reply_to.is_none();
    // What the author types keeps its blanks: only the formatting is cleaned, if there is any.
    let mut kept = draft;
    if !kept.entities.is_empty() {
        kept.text = cleaned.text;
        kept.entities = cleaned.entities;
    }
    kept.date = core.now();
    let draft = (!empty).then_some(kept);
    if core.stores.dialogs.set_draft(caller.user, peer, draft.clone()).await? {
        let event = AccountEvent::DraftMessage { peer, draft };
        account_events::record(core, vec![(caller.user, event)], caller.origin()).await?;
    }
    Ok(())
}

/// All drafts.
///
/// # Errors
/// Storage only.
pub async fn all(core: &Core, caller: Caller) -> Result<Vec<(Peer, Draft)>> {
    Ok(core.stores.dialogs.drafts(caller.user).await?)
}

/// Clears the draft of one chat.
///
/// # Errors
/// Storage only.
pub async fn clear(core: &Core, caller: Caller, peer: Peer) -> Result<()> {
    if core.stores.dialogs.set_draft(caller.user, peer, None).await? {
        let event = AccountEvent::DraftMessage { peer, draft: None };
        account_events::record(core, vec![(caller.user, event)], caller.origin()).await?;
    }
    Ok(())
}

/// Clears all drafts.
///
/// # Errors
/// Storage only.
pub async fn clear_all(core: &Core, caller: Caller) -> Result<()> {
    let mut events = Vec::new();
    for (peer, _) in core.stores.dialogs.drafts(caller.user).await? {
        if core.stores.dialogs.set_draft(caller.user, peer, None).await? {
            events.push((caller.user, AccountEvent::DraftMessage { peer, draft: None }));
        }
    }
    account_events::record(core, events, caller.origin()).await?;
    Ok(())
}
