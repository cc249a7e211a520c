//! `updateShortSentMessage`: the answer to a plain text in a private chat, as the official server gives it. The client has the rest
//! in its own request, and nobody has to be looked up.

use model::Peer;
use model::event::BoxEvent;
use model::message::{Body, Message};
use services::messages::{Effect, Events};
use tl_api::{enums, types};

use crate::convert::{date, entities};

/// The short form of what sending `text` to `peer` did, where it says all that the full one would: not for a text that was
/// trimmed, whose client would keep its own.
pub(crate) fn short_sent(peer: Peer, text: &str, effect: &Effect) -> Option<enums::Updates> {
    let (Peer::User(_), Events::Box(entries)) = (peer, &effect.events) else { return None };
    let [entry] = entries.as_slice() else { return None };
    let BoxEvent::NewMessage(Some(message)) = &entry.event else { return None };
    if message.body.text != text || !is_plain(message) {
        return None;
    }
    let short = types::UpdateShortSentMessage {
        out: message.out,
        id: message.id.0,
        pts: entry.pts.0,
        pts_count: entry.pts_count,
        date: date(message.date),
        media: None,
        entities: entities::optional(&message.body.entities),
        ttl_period: message.body.ttl_period,
    };
    Some(short.into())
}

/// Neither changed since (a repeated request answers the message of the first), nor with anything that the short form cannot say.
fn is_plain(message: &Message) -> bool {
    let bare = matches!(
        message.body,
        Body {
            text: _,
            entities: _,
            ttl_period: _,
            expires: _,
            media_expires: None,
            media: None,
            action: None,
            forward: None,
            reply: None,
            grouped_id: None,
            silent: false,
            noforwards: false,
            invert_media: false,
            post_author: None,
            author_shown: false,
            send_as: None,
            from_scheduled: false,
        }
    );
    bare && message.edit_date.is_none()
        && message.reply_to.is_none()
        && message.reactions.counts.is_empty()
        && !message.pinned
}
