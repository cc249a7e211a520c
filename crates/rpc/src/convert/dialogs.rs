//! Dialogs, drafts, and the answers that list them.

use model::Peer;
use model::dialog::{Dialog, DialogPage, Draft};
use model::message::Message;
use services::messages::reply::ReplyTo;
use services::views::PeerSet;
use tl_api::{enums, types};

use super::messages::{Shown, show};
use super::peers::{input_peer, peer};
use super::{date, entities, settings};
use crate::{Call, RpcError};

/// `dialog`. A channel's carries the position of its log.
#[must_use]
pub fn dialog(dialog: &Dialog) -> enums::Dialog {
    types::Dialog {
        pinned: dialog.pinned_order.is_some(),
        unread_mark: dialog.unread_mark,
        peer: peer(dialog.peer),
        top_message: dialog.top_message.0,
        read_inbox_max_id: dialog.read_inbox_max.0,
        read_outbox_max_id: dialog.read_outbox_max.0,
        unread_count: dialog.unread_count,
        unread_mentions_count: dialog.unread_mentions,
        unread_reactions_count: dialog.unread_reactions,
        notify_settings: settings::notify_settings(&dialog.notify),
        pts: dialog.channel_pts.map(|pts| pts.0),
        draft: dialog.draft.as_ref().map(|saved| draft(Some(saved))),
        folder_id: (dialog.folder != 0).then_some(dialog.folder),
        ttl_period: dialog.ttl_period,
        ..Default::default()
    }
    .into()
}

/// `draftMessage`, or `draftMessageEmpty` for none.
#[must_use]
pub fn draft(draft: Option<&Draft>) -> enums::DraftMessage {
    let Some(draft) = draft else { return types::DraftMessageEmpty::default().into() };
    let reply_to = draft.reply_to.map(|id| {
        types::InputReplyToMessage { reply_to_msg_id: id.0, ..Default::default() }.into()
    });
    types::DraftMessage {
        no_webpage: draft.no_webpage,
        invert_media: draft.invert_media,
        reply_to,
        message: draft.text.clone(),
        entities: entities::optional(&draft.entities),
        date: date(draft.date),
        ..Default::default()
    }
    .into()
}

/// A page's dialogs with their messages and everyone that they name.
///
/// # Errors
/// Those of the store.
pub async fn page(call: &Call, page: &DialogPage) -> Result<(Vec<enums::Dialog>, Shown), RpcError> {
    let messages: Vec<&Message> = page.messages.iter().collect();
    let also: PeerSet = page.dialogs.iter().map(|dialog| dialog.peer).collect();
    let shown = show(&call.core, call.viewer()?, &messages, also).await?;
    Ok((page.dialogs.iter().map(dialog).collect(), shown))
}

/// The peer that a client names in a list of dialogs.
///
/// # Errors
/// 400 `PEER_ID_INVALID` and its kin; folders are no peers.
pub async fn input_dialog_peer(
    call: &Call,
    input: &enums::InputDialogPeer,
) -> Result<Peer, RpcError> {
    match input {
        enums::InputDialogPeer::InputDialogPeer(input) => input_peer(call, &input.peer).await,
        _ => Err(RpcError::bad_request("PEER_ID_INVALID")),
    }
}

/// `dialogPeer`.
#[must_use]
pub fn dialog_peer(with: Peer) -> enums::DialogPeer {
    types::DialogPeer { peer: peer(with) }.into()
}

/// What a client replies to. A reply to a story and the like is refused: there are none.
///
/// # Errors
/// 400 `REPLY_TO_INVALID`; those of peers.
pub async fn input_reply(
    call: &Call,
    input: Option<&enums::InputReplyTo>,
) -> Result<Option<ReplyTo>, RpcError> {
    let Some(input) = input else { return Ok(None) };
    let enums::InputReplyTo::InputReplyToMessage(reply) = input else {
        return Err(RpcError::bad_request("REPLY_TO_INVALID"));
    };
    if reply.reply_to_msg_id == 0 {
        return Ok(None);
    }
    let other = match &reply.reply_to_peer_id {
        Some(other) => Some(input_peer(call, other).await?),
        None => None,
    };
    Ok(Some(ReplyTo {
        message: model::MessageId(reply.reply_to_msg_id),
        peer: other,
        quote: reply.quote_text.clone(),
        quote_entities: entities::from_input(call, reply.quote_entities.as_deref()).await?,
        quote_offset: reply.quote_offset,
    }))
}
