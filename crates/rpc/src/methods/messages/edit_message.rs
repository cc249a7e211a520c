//! `messages.editMessage`: a new text, caption or medium; or the end of a poll. With a date it is a scheduled message.
//!
//! Errors: `MESSAGE_ID_INVALID`, `MESSAGE_AUTHOR_REQUIRED`, `MESSAGE_EDIT_TIME_EXPIRED`, `MESSAGE_NOT_MODIFIED`, those of texts and
//! media.

use model::{MessageId, Peer};
use services::messages::edit::{self, Change};
use services::messages::{poll, schedule as scheduled};
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use super::common::{input_media, schedule};
use crate::convert::{entities, peers, polls};
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::EditMessage,
) -> Result<enums::Updates, RpcError> {
    let when = schedule(
        request.schedule_date,
        request.schedule_repeat_period,
        request.quick_reply_shortcut_id.is_some(),
    )?;
    let peer = peers::input_peer(&call, &request.peer).await?;
    let id = MessageId(request.id);
    let media = match &request.media {
        None
        | Some(enums::InputMedia::InputMediaEmpty | enums::InputMedia::InputMediaWebPage(_)) => {
            None
        }
        Some(enums::InputMedia::InputMediaPoll(poll)) => {
            return close_poll(&call, peer, id, poll).await;
        }
        Some(media) => Some(input_media(&call, media).await?),
    };
    let text = match request.message {
        Some(text) => Some((text, entities::from_input(&call, request.entities.as_deref()).await?)),
        None => None,
    };
    let change = Change { text, media, invert_media: request.invert_media };
    let caller = call.signed_in()?;
    let effect = match when {
        Some(date) => scheduled::edit(&call.core, caller, peer, id, change, date).await?,
        None => edit::edit(&call.core, caller, peer, id, change).await?,
    };
    updates::answer(&call, &effect, &[]).await
}

/// All that may be edited of a poll is that it ends.
async fn close_poll(
    call: &Call,
    peer: Peer,
    id: MessageId,
    poll: &types::InputMediaPoll,
) -> Result<enums::Updates, RpcError> {
    let enums::Poll::Poll(wanted) = &poll.poll;
    if !wanted.closed {
        return Err(RpcError::bad_request("MESSAGE_NOT_MODIFIED"));
    }
    let seen = poll::close(&call.core, call.signed_in()?, peer, id).await?;
    let mut people = PeerSet::default();
    polls::add_people(&mut people, &seen);
    updates::made(call, vec![polls::update(&seen)], people).await
}
