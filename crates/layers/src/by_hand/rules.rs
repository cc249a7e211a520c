//! The cases that need code: one function each, by the name of the object they change.

use super::{CONFIG, buttons};
use crate::table::{Name, Ty};
use crate::transcode::Transcoder;
use crate::value::{Object, Value};

/// Changes an object before it is written where `ty` stands; none if there is nothing to change.
pub(super) type Rule = for<'a> fn(Transcoder, &Object<'a>, Ty) -> Option<Object<'a>>;

/// By the name of the object.
pub(super) const RULES: &[(&str, Rule)] = &[
    ("config", config),
    ("draftMessage", draft),
    ("inputKeyboardButtonRequestPeer", old_button),
    ("inputKeyboardButtonUrlAuth", old_button),
    ("inputKeyboardButtonUserProfile", old_button),
    ("inputMediaPoll", quiz),
    ("keyboardButton", button),
    ("keyboardButtonBuy", old_button),
    ("keyboardButtonCallback", old_button),
    ("keyboardButtonCopy", old_button),
    ("keyboardButtonGame", old_button),
    ("keyboardButtonRequestGeoLocation", old_button),
    ("keyboardButtonRequestPeer", old_button),
    ("keyboardButtonRequestPhone", old_button),
    ("keyboardButtonRequestPoll", old_button),
    ("keyboardButtonSimpleWebView", old_button),
    ("keyboardButtonSwitchInline", old_button),
    ("keyboardButtonUrl", old_button),
    ("keyboardButtonUrlAuth", old_button),
    ("keyboardButtonUserProfile", old_button),
    ("keyboardButtonWebView", old_button),
    ("keyboardInlineButton", button),
    ("messages.saveDraft", reply_to),
    ("messages.sendInlineBotResult", reply_to),
    ("messages.sendMedia", reply_to),
    ("messages.sendMessage", reply_to),
    ("messages.sendMultiMedia", reply_to),
    ("stats.broadcastStats", broadcast_stats),
    ("users.userFull", user_full),
];

fn field<'a>(name: &str, value: Value<'a>) -> Option<(Name, Value<'a>)> {
    Name::find(name).map(|name| (name, value))
}

fn with<'a>(object: &Object<'a>, name: &str, value: Value<'a>) -> Option<Object<'a>> {
    let mut object = object.clone();
    let (name, value) = field(name, value)?;
    object.fields.retain(|(other, _)| *other != name);
    object.fields.push((name, value));
    Some(object)
}

/// Numbers that `config` had up to layer 152, before they moved to the application's configuration.
fn config<'a>(way: Transcoder, object: &Object<'a>, _: Ty) -> Option<Object<'a>> {
    if way.is_request() {
        return None;
    }
    let mut object = object.clone();
    object.fields.extend(CONFIG.iter().filter_map(|(name, value)| field(name, Value::Int(*value))));
    Some(object)
}

/// Up to layer 165 a draft named the message it replies to by its number alone.
fn draft<'a>(way: Transcoder, object: &Object<'a>, _: Ty) -> Option<Object<'a>> {
    let Value::Object(reply) = way.open(object.named("reply_to")?)? else { return None };
    with(object, "reply_to_msg_id", reply.named("reply_to_msg_id")?.clone())
}

/// Up to layers 159 and 165 methods had `reply_to_msg_id` and `top_msg_id` in place of `reply_to`.
fn reply_to<'a>(_: Transcoder, object: &Object<'a>, _: Ty) -> Option<Object<'a>> {
    let message = object.named("reply_to_msg_id");
    let top = object.named("top_msg_id");
    let message = message.or(top)?;
    let mut fields = vec![field("reply_to_msg_id", message.clone())?];
    fields.extend(top.and_then(|top| field("top_msg_id", top.clone())));
    let reply = Object { name: Name::find("inputReplyToMessage")?, fields };
    with(object, "reply_to", Value::Object(reply))
}

fn old_button<'a>(way: Transcoder, object: &Object<'a>, ty: Ty) -> Option<Object<'a>> {
    if buttons::is_old(way.to) { None } else { buttons::split(object, ty) }
}

fn button<'a>(way: Transcoder, object: &Object<'a>, ty: Ty) -> Option<Object<'a>> {
    match (buttons::is_old(way.from), buttons::is_old(way.to)) {
        (true, false) => buttons::split(object, ty),
        (false, true) => {
            let Value::Object(kind) = way.open(object.named("type")?)? else { return None };
            buttons::join(object, kind)
        }
        _ => None,
    }
}

/// Up to layer 166 the counters of posts stood under another name, in constructors of another name.
fn broadcast_stats<'a>(way: Transcoder, object: &Object<'a>, _: Ty) -> Option<Object<'a>> {
    let Value::Vector(posts) = way.open(object.named("recent_posts_interactions")?)? else {
        return None;
    };
    let old = Name::find("messageInteractionCounters")?;
    let mut renamed = Vec::with_capacity(posts.len());
    for post in &posts {
        let Value::Object(post) = way.open(post)? else { return None };
        renamed.push(Value::Object(Object { name: old, fields: post.fields }));
    }
    with(object, "recent_message_interactions", Value::Vector(renamed))
}

/// The last layer on which a quiz names its right answers by option.
const LAST_BY_OPTION: u16 = 223;

/// Up to layer 223 the right answers of a quiz were named by their option, later by their place.
fn quiz<'a>(way: Transcoder, object: &Object<'a>, _: Ty) -> Option<Object<'a>> {
    let Value::Vector(right) = way.open(object.named("correct_answers")?)? else { return None };
    let Value::Object(poll) = way.open(object.named("poll")?)? else { return None };
    let Value::Vector(answers) = way.open(poll.named("answers")?)? else { return None };
    let mut options = Vec::with_capacity(answers.len());
    for answer in &answers {
        let Value::Object(answer) = way.open(answer)? else { return None };
        options.push(answer.named("option").cloned());
    }
    let place =
        |option: &Value<'a>| options.iter().position(|other| other.as_ref() == Some(option));
    let by_place = |value: &Value<'a>| match value {
        Value::Bytes(_) => i32::try_from(place(value)?).ok().map(Value::Int),
        Value::Int(place) => options.get(usize::try_from(*place).ok()?)?.clone(),
        _ => None,
    };
    let is_by_option = right.iter().any(|value| matches!(value, Value::Bytes(_)));
    let wants_option = way.to <= LAST_BY_OPTION;
    if is_by_option == wants_option {
        return None;
    }
    let right = right.iter().map(by_place).collect::<Option<Vec<_>>>()?;
    with(object, "correct_answers", Value::Vector(right))
}

/// Up to layer 134 `users.getFullUser` returned a bare `userFull` with the user in it.
fn user_full<'a>(way: Transcoder, object: &Object<'a>, ty: Ty) -> Option<Object<'a>> {
    if !matches!(ty, Ty::Named(of) if of.text() == "UserFull") {
        return None;
    }
    let Value::Object(full) = way.open(object.named("full_user")?)? else { return None };
    let Value::Vector(users) = way.open(object.named("users")?)? else { return None };
    let id = full.named("id")?.clone();
    let user = users.iter().find_map(|user| match way.open(user)? {
        Value::Object(user) if user.named("id") == Some(&id) => Some(user),
        _ => None,
    })?;
    with(&full, "user", Value::Object(user))
}

/// Up to layer 139 a notification's sound was a file's name, with a word for the default and nothing for silence.
pub(super) fn sound<'a>(value: &Value<'a>) -> Option<Object<'a>> {
    let Value::Bytes(name) = value else { return None };
    let simple = |name| Name::find(name).map(|name| Object { name, fields: Vec::new() });
    match *name {
        b"default" => simple("notificationSoundDefault"),
        b"" => simple("notificationSoundNone"),
        _ => Some(Object {
            name: Name::find("notificationSoundLocal")?,
            fields: vec![field("title", value.clone())?, field("data", value.clone())?],
        }),
    }
}

/// A code's length is what a client needs to know when it does not know the way the code came.
pub(super) fn sent_code<'a>(object: &Object<'a>) -> Option<Object<'a>> {
    let length = object.named("length").cloned().unwrap_or(Value::Int(5));
    Some(Object {
        name: Name::find("auth.sentCodeTypeApp")?,
        fields: vec![field("length", length)?],
    })
}

/// An update that cannot be expressed is left out, but its `pts` advances all the same, or the client would ask for the
/// gap for ever: nothing is deleted, in its place.
pub(super) fn advance<'a>(way: Transcoder, object: &Object<'a>) -> Option<Object<'a>> {
    let pts = object.named("pts")?;
    let count = object.named("pts_count")?;
    let mut fields = vec![field("pts", pts.clone())?, field("pts_count", count.clone())?];
    let name = match channel_of(way, object) {
        Some(id) => {
            fields.push(field("channel_id", id)?);
            "updateDeleteChannelMessages"
        }
        None => "updateDeleteMessages",
    };
    fields.push(field("messages", Value::Vector(Vec::new()))?);
    Some(Object { name: Name::find(name)?, fields })
}

/// The channel in whose box an update stands.
fn channel_of<'a>(way: Transcoder, object: &Object<'a>) -> Option<Value<'a>> {
    if let Some(id) = object.named("channel_id") {
        return Some(id.clone());
    }
    let peer = match object.named("message") {
        Some(message) => match way.open(message)? {
            Value::Object(message) => message.named("peer_id")?.clone(),
            _ => return None,
        },
        None => object.named("peer")?.clone(),
    };
    match way.open(&peer)? {
        Value::Object(peer) => peer.named("channel_id").cloned(),
        _ => None,
    }
}

/// `updateShort` whose only update the client does not know.
pub(super) fn empty_updates<'a>(object: &Object<'a>) -> Option<Object<'a>> {
    let date = object.named("date")?.clone();
    let nothing = || Value::Vector(Vec::new());
    Some(Object {
        name: Name::find("updates")?,
        fields: vec![
            field("updates", nothing())?,
            field("users", nothing())?,
            field("chats", nothing())?,
            field("date", date)?,
            field("seq", Value::Int(0))?,
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::{advance, field};
    use crate::table::Name;
    use crate::transcode::Transcoder;
    use crate::value::{Object, Value};

    fn update(name: &str, fields: Vec<(&str, Value<'static>)>) -> Object<'static> {
        let fields = fields.into_iter().filter_map(|(name, value)| field(name, value)).collect();
        Object { name: Name::find(name).unwrap(), fields }
    }

    fn stand_in(update: &Object<'static>) -> Option<Object<'static>> {
        advance(Transcoder { from: 230, to: 133 }, update)
    }

    #[test]
    fn left_out_update_advances_its_own_box() {
        let counters = || vec![("pts", Value::Int(9)), ("pts_count", Value::Int(2))];
        let private = stand_in(&update("updateNewMessage", counters())).unwrap();
        assert_eq!(private.name.text(), "updateDeleteMessages");
        assert_eq!(private.named("pts"), Some(&Value::Int(9)));
        assert_eq!(private.named("pts_count"), Some(&Value::Int(2)));

        let peer = update("peerChannel", vec![("channel_id", Value::Long(4))]);
        let message = update("message", vec![("peer_id", Value::Object(peer))]);
        let mut fields = counters();
        fields.push(("message", Value::Object(message)));
        let channel = stand_in(&update("updateNewChannelMessage", fields)).unwrap();
        assert_eq!(channel.name.text(), "updateDeleteChannelMessages");
        assert_eq!(channel.named("channel_id"), Some(&Value::Long(4)));
    }

    #[test]
    fn update_without_counters_has_no_stand_in() {
        assert_eq!(stand_in(&update("updateConfig", Vec::new())), None);
    }
}
