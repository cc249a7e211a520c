//! What mapping by name does not cover. Tables first; the few cases that need code are in [`rules`].

mod buttons;
mod rules;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::table::{Field, Form, Name, Ty, by_name};
use crate::transcode::Transcoder;
use crate::value::{Object, Value};

/// Another name for an object where another type is wanted: the object, the wanted type, the new name.
const RENAMED: &[(&str, &str, &str)] = &[
    ("inputChannel", "InputPeer", "inputPeerChannel"),
    ("inputChannelEmpty", "InputPeer", "inputPeerEmpty"),
    ("inputChannelFromMessage", "InputPeer", "inputPeerChannelFromMessage"),
    ("inputUser", "InputPeer", "inputPeerUser"),
    ("inputUserEmpty", "InputPeer", "inputPeerEmpty"),
    ("inputUserFromMessage", "InputPeer", "inputPeerUserFromMessage"),
    ("inputUserSelf", "InputPeer", "inputPeerSelf"),
    ("keyboardButtonRow", "KeyboardInlineButtonRow", "keyboardInlineButtonRow"),
    ("keyboardInlineButtonRow", "KeyboardButtonRow", "keyboardButtonRow"),
    ("account.themes", "account.ChatThemes", "account.chatThemes"),
    ("account.themesNotModified", "account.ChatThemes", "account.chatThemesNotModified"),
    ("messagePeerReaction", "MessageUserReaction", "messageUserReaction"),
    ("messagePeerVote", "MessageUserVote", "messageUserVote"),
    ("messagePeerVoteInputOption", "MessageUserVote", "messageUserVoteInputOption"),
    ("messagePeerVoteMultiple", "MessageUserVote", "messageUserVoteMultiple"),
];

/// Methods under a former name.
const RENAMED_METHODS: &[(&str, &str)] = &[
    ("channels.deleteUserHistory", "channels.deleteParticipantHistory"),
    ("channels.editCreator", "messages.editChatCreator"),
];

/// Another name for a field: the object's first name, its field, the name on the other layer. Both are offered; the form
/// that is written takes the one it knows.
const ALIASES: &[(&str, &str, &str)] = &[
    ("channels.deleteUserHistory", "user_id", "participant"),
    ("channels.editCreator", "channel", "peer"),
    ("channels.reportSpam", "user_id", "participant"),
    ("channels.toggleSignatures", "enabled", "signatures_enabled"),
    ("inputMediaStory", "user_id", "peer"),
    ("inputReplyToStory", "user_id", "peer"),
    ("messageActionRequestedPeer", "peers", "peer"),
    ("messagePeerReaction", "peer_id", "user_id"),
    ("messagePeerVote", "peer", "user_id"),
    ("messagePeerVoteInputOption", "peer", "user_id"),
    ("messagePeerVoteMultiple", "peer", "user_id"),
    ("messageReplyStoryHeader", "peer", "user_id"),
    ("messages.report", "reason", "option"),
    ("updateMessagePollVote", "peer", "user_id"),
    ("updateUserName", "usernames", "username"),
];

/// Objects that were, or became, one of their fields.
const CONTENT: &[(&str, &str)] = &[
    ("help.appConfig", "config"),
    ("messages.chatInviteJoinResultOk", "updates"),
    ("messages.dialogFilters", "filters"),
    ("messages.invitedUsers", "updates"),
    ("messages.peerSettings", "settings"),
    ("messages.webPage", "webpage"),
    ("messages.webPagePreview", "media"),
    ("chatReactionsSome", "reactions"),
    ("peerColor", "color"),
    ("peerUser", "user_id"),
    ("reactionEmoji", "emoticon"),
    ("readParticipantDate", "user_id"),
    ("sendAsPeer", "peer"),
    ("textWithEntities", "text"),
    ("username", "username"),
];

/// Constructors around a value that older layers had bare: the type, the constructor, the field.
const WRAPPERS: &[(&str, &str, &str)] = &[
    ("ChatReactions", "chatReactionsSome", "reactions"),
    ("Reaction", "reactionEmoji", "emoticon"),
    ("TextWithEntities", "textWithEntities", "text"),
];

/// What older layers had as numbers in `config`, and clients used as limits.
const CONFIG: &[(&str, i32)] = &[
    ("pinned_dialogs_count_max", 5),
    ("pinned_infolder_count_max", 100),
    ("saved_gifs_limit", 200),
    ("stickers_faved_limit", 5),
];

/// Objects whose presence alone is the `Bool` of older layers.
const SUCCESSES: &[&str] =
    &["auth.loggedOut", "reportResultReported", "updates", "updatesCombined", "updateShort"];

/// The reasons of a report, and the option that `messages.report` gets in their place.
pub(crate) const REASONS: &[(&str, &str)] = &[
    ("inputReportReasonChildAbuse", "child_abuse"),
    ("inputReportReasonCopyright", "copyright"),
    ("inputReportReasonFake", "fake"),
    ("inputReportReasonGeoIrrelevant", "geo_irrelevant"),
    ("inputReportReasonIllegalDrugs", "illegal_drugs"),
    ("inputReportReasonOther", "other"),
    ("inputReportReasonPersonalDetails", "personal_details"),
    ("inputReportReasonPornography", "pornography"),
    ("inputReportReasonSpam", "spam"),
    ("inputReportReasonViolence", "violence"),
];

/// Constructors that stand for any other of their type which a client does not know.
const STAND_INS: &[(&str, &str)] = &[
    ("InputStickerSet", "inputStickerSetEmpty"),
    ("MessageAction", "messageActionEmpty"),
    ("MessageMedia", "messageMediaUnsupported"),
    ("auth.SentCodeType", "auth.sentCodeTypeApp"),
    ("help.PromoData", "help.promoDataEmpty"),
];

/// Constructors that fill a required field which the canonical layer does not have any more.
const DEFAULTS: &[(&str, &str)] = &[("BotMenuButton", "botMenuButtonDefault")];

/// Required fields without which an object means nothing: no zero stands in for them.
const INDISPENSABLE: &[(&str, &str)] = &[
    ("help.promoData", "peer"),
    ("messageActionRequestedPeer", "peer"),
    ("messageReplyHeader", "reply_to_msg_id"),
    ("messageReplyStoryHeader", "user_id"),
    ("messageUserVote", "user_id"),
    ("updateMessagePollVote", "user_id"),
];

/// The tables above under the numbers of names.
struct Tables {
    renamed: BTreeMap<(Name, Name), Name>,
    methods: BTreeMap<Name, Name>,
    aliases: BTreeMap<Name, Vec<(Name, Name)>>,
    content: BTreeMap<Name, Name>,
    wrappers: BTreeMap<Name, (Name, Name)>,
    reasons: BTreeMap<Name, &'static [u8]>,
    successes: Vec<Name>,
    stand_ins: BTreeMap<Name, Name>,
    defaults: BTreeMap<Name, Name>,
    indispensable: Vec<(Name, Name)>,
    rules: BTreeMap<Name, rules::Rule>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    renamed: RENAMED
        .iter()
        .filter_map(|(a, of, b)| Some(((find(a)?, find(of)?), find(b)?)))
        .collect(),
    methods: pairs(RENAMED_METHODS),
    aliases: {
        let mut aliases: BTreeMap<Name, Vec<(Name, Name)>> = BTreeMap::new();
        for (object, field, alias) in ALIASES {
            if let (Some(object), Some(field), Some(alias)) =
                (find(object), find(field), find(alias))
            {
                aliases.entry(object).or_default().push((field, alias));
            }
        }
        aliases
    },
    content: pairs(CONTENT),
    wrappers: WRAPPERS
        .iter()
        .filter_map(|(of, name, field)| Some((find(of)?, (find(name)?, find(field)?))))
        .collect(),
    reasons: REASONS
        .iter()
        .filter_map(|(name, option)| Some((find(name)?, option.as_bytes())))
        .collect(),
    successes: SUCCESSES.iter().filter_map(|name| find(name)).collect(),
    stand_ins: pairs(STAND_INS),
    defaults: pairs(DEFAULTS),
    indispensable: INDISPENSABLE
        .iter()
        .filter_map(|(name, field)| Some((find(name)?, find(field)?)))
        .collect(),
    rules: rules::RULES.iter().filter_map(|(name, rule)| Some((find(name)?, *rule))).collect(),
});

fn find(name: &str) -> Option<Name> {
    Name::find(name)
}

fn pairs(table: &[(&str, &str)]) -> BTreeMap<Name, Name> {
    table.iter().filter_map(|(a, b)| Some((find(a)?, find(b)?))).collect()
}

/// The object as the other layer would name it; none if it stays as it is.
pub(crate) fn rewritten<'a>(way: Transcoder, object: &Object<'a>, ty: Ty) -> Option<Object<'a>> {
    let tables = &*TABLES;
    let ruled = tables.rules.get(&object.name).and_then(|rule| rule(way, object, ty));
    let aliases = tables.aliases.get(&object.name);
    let renamed = match ty {
        Ty::Named(of) => tables.renamed.get(&(object.name, of)),
        _ => tables.methods.get(&object.name),
    };
    if ruled.is_none() && aliases.is_none() && renamed.is_none() {
        return None;
    }
    let mut object = ruled.unwrap_or_else(|| object.clone());
    for (field, alias) in aliases.into_iter().flatten() {
        if let Some(value) = object.get(*field).cloned() {
            object.fields.push((*alias, value));
        }
    }
    if let Some(name) = renamed {
        object.name = *name;
    }
    Some(object)
}

/// What an object becomes where the other layer has its content, or only whether it is there.
pub(crate) fn content<'a>(object: &Object<'a>, ty: Ty) -> Option<Value<'a>> {
    let tables = &*TABLES;
    match ty {
        Ty::Bool => Some(Value::Bool(tables.successes.contains(&object.name))),
        Ty::Bytes => tables.reasons.get(&object.name).map(|option| Value::Bytes(option)),
        Ty::Vector(_) if object.name.text() == "chatReactionsNone" => {
            Some(Value::Vector(Vec::new()))
        }
        _ => object.get(*tables.content.get(&object.name)?).cloned(),
    }
}

/// The object that newer layers have around a bare value.
pub(crate) fn wrapped<'a>(value: &Value<'a>, of: Name) -> Option<Object<'a>> {
    if of.text() == "NotificationSound" {
        return rules::sound(value);
    }
    let (name, field) = TABLES.wrappers.get(&of)?;
    let is_list = of.text() == "ChatReactions";
    (is_list == matches!(value, Value::Vector(_)))
        .then(|| Object { name: *name, fields: vec![(*field, value.clone())] })
}

/// What a client of an older layer gets in place of something it does not know.
pub(crate) fn stand_in<'a>(way: Transcoder, object: &Object<'a>, of: Name) -> Option<Object<'a>> {
    match of.text() {
        "Update" => rules::advance(way, object),
        "Updates" => rules::empty_updates(object),
        "auth.SentCodeType" => rules::sent_code(object),
        _ => TABLES
            .stand_ins
            .get(&of)
            .map(|name| Object { name: *name, fields: object.fields.clone() }),
    }
}

/// What fills a required field of a type with constructors.
pub(crate) fn default_of<'a>(of: Name) -> Option<Object<'a>> {
    TABLES.defaults.get(&of).map(|name| Object { name: *name, fields: Vec::new() })
}

/// Whether a zero or an empty value may stand in for a field.
pub(crate) fn is_dispensable(form: &Form, field: &Field) -> bool {
    !TABLES.indispensable.contains(&(form.name, field.name))
}

/// The canonical method for a name that a client's layer has.
pub(crate) fn method(name: Name, layer: u16) -> Option<&'static Form> {
    by_name(TABLES.methods.get(&name).copied().unwrap_or(name), true, layer)
}

#[cfg(test)]
mod tests {
    use super::{
        ALIASES, CONFIG, CONTENT, DEFAULTS, INDISPENSABLE, REASONS, RENAMED, RENAMED_METHODS,
        STAND_INS, SUCCESSES, WRAPPERS,
    };
    use crate::by_hand::rules::RULES;
    use crate::table::Name;

    #[test]
    fn every_name_in_the_tables_occurs_in_the_schema() {
        let mut names: Vec<&str> = SUCCESSES.to_vec();
        for (a, b, c) in RENAMED.iter().chain(ALIASES).chain(WRAPPERS) {
            names.extend([a, b, c]);
        }
        for (a, b) in [RENAMED_METHODS, CONTENT, DEFAULTS, INDISPENSABLE, STAND_INS].concat() {
            names.extend([a, b]);
        }
        names.extend(CONFIG.iter().map(|(name, _)| name));
        names.extend(REASONS.iter().map(|(name, _)| name));
        names.extend(RULES.iter().map(|(name, _)| name));
        let unknown: Vec<&str> =
            names.into_iter().filter(|name| Name::find(name).is_none()).collect();
        assert_eq!(unknown, Vec::<&str>::new());
    }
}
