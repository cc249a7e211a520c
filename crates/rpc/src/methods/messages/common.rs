//! What several methods of this namespace share.

use model::media::Media;
use model::{MessageId, Peer, UnixTime};
use services::messages::Affected;
use tl_api::{enums, types};

use crate::convert::{media, peers, polls};
use crate::{Call, RpcError};

/// When a message is to be sent. Sending again and again, and quick replies, are not offered, and a client must not believe
/// that they were taken.
pub(super) fn schedule(
    date: Option<i32>,
    repeat_period: Option<i32>,
    quick_reply: bool,
) -> Result<Option<UnixTime>, RpcError> {
    if repeat_period.is_some_and(|period| period != 0) {
        return Err(services::Error::ScheduleUnavailable.into());
    }
    if quick_reply {
        return Err(RpcError::bad_request("SHORTCUT_INVALID"));
    }
    Ok(date.filter(|date| *date != 0).map(|date| UnixTime(date.into())))
}

/// In whose name a message is to go out.
pub(super) async fn input_send_as(
    call: &Call,
    send_as: Option<&enums::InputPeer>,
) -> Result<Option<Peer>, RpcError> {
    let Some(send_as) = send_as else { return Ok(None) };
    let named = peers::input_peer(call, send_as).await;
    named.map(Some).map_err(|_| services::Error::SendAsInvalid.into())
}

/// What a client attaches: a poll is made, everything else was uploaded or met before.
pub(super) async fn input_media(call: &Call, input: &enums::InputMedia) -> Result<Media, RpcError> {
    match input {
        enums::InputMedia::InputMediaPoll(poll) => polls::input_poll(call, poll).await,
        other => media::input_media(call, other).await,
    }
}

/// Media that cannot be taken, in a call that may be repeated because its answer was lost: then what it did is answered again.
pub(super) async fn repeated(
    call: &Call,
    peer: Peer,
    random_ids: &[i64],
    error: RpcError,
) -> Result<enums::Updates, RpcError> {
    let caller = call.signed_in()?;
    let before = services::messages::send::sent_before(&call.core, caller, peer, random_ids).await;
    match before {
        Ok(Some(effect)) => crate::updates::answer(call, &effect, &[]).await,
        Ok(None) | Err(_) => Err(error),
    }
}

/// `messages.affectedMessages`.
pub(super) fn affected_messages(affected: Affected) -> enums::messages::AffectedMessages {
    types::messages::AffectedMessages { pts: affected.pts.0, pts_count: affected.pts_count }.into()
}

/// `messages.affectedHistory`.
pub(super) fn affected_history(affected: Affected) -> enums::messages::AffectedHistory {
    types::messages::AffectedHistory {
        pts: affected.pts.0,
        pts_count: affected.pts_count,
        offset: affected.left,
    }
    .into()
}

/// The place in a list that a client continues from, as [`str`] number.
pub(super) fn text_offset(offset: Option<&String>) -> Result<i32, RpcError> {
    let Some(offset) = offset.filter(|offset| !offset.is_empty()) else { return Ok(0) };
    offset.parse().ok().filter(|offset| *offset >= 0).ok_or(RpcError::bad_request("OFFSET_INVALID"))
}

/// For groups, "nothing would change" has a text of its own.
pub(super) fn chat_error(error: services::Error) -> RpcError {
    match error {
        services::Error::NotModified => RpcError::bad_request("CHAT_NOT_MODIFIED"),
        error => error.into(),
    }
}

/// For threads, a message that does not exist has a text of its own.
pub(super) fn thread_error(error: services::Error) -> RpcError {
    match error {
        services::Error::MessageIdInvalid => RpcError::bad_request("MSG_ID_INVALID"),
        error => error.into(),
    }
}

/// The dialog of saved messages that a client asks for, if it asks for one.
pub(super) async fn saved(
    call: &Call,
    saved_peer_id: Option<&enums::InputPeer>,
) -> Result<Option<Peer>, RpcError> {
    match saved_peer_id {
        Some(saved) => peers::input_peer(call, saved).await.map(Some),
        None => Ok(None),
    }
}

/// The thread that a client asks for, if it asks for one.
pub(super) fn thread(top_msg_id: Option<i32>) -> Option<MessageId> {
    top_msg_id.filter(|top| *top > 0).map(MessageId)
}
