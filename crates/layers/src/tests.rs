//! Every served type and method, at every layer.

use std::borrow::Cow;
use std::collections::BTreeSet;

use tl_codec::{Budget, Reader, Writer};

use crate::random::Random;
use crate::table::{CANONICAL, FORMS, Name, Ty, by_name};
use crate::value::Decoder;
use crate::{Error, Layer, by_hand, downgrade_answer, downgrade_updates, narrow, upgrade_request};

mod cases;
mod envelope;
mod oracle;

/// Reads bytes of a type with the table of one layer and nothing else.
fn check(layer: u16, ty: Ty, bytes: &[u8]) -> Result<(), tl_codec::Error> {
    let mut decoder = Decoder::strict(Reader::trusted(bytes), layer);
    decoder.walk(ty)?;
    decoder.reader().finish()
}

/// A request of one layer, with its id, read as [`check`] does.
fn check_request(layer: u16, bytes: &[u8]) -> Result<(), tl_codec::Error> {
    let mut reader = Reader::trusted(bytes);
    let id = reader.u32()?;
    let form = FORMS.iter().find(|form| form.id == id && form.is_function && form.is_at(layer));
    let form = form.ok_or(tl_codec::Error::UnknownConstructor { id, expected: "a method" })?;
    let mut decoder = Decoder::strict(reader, layer);
    decoder.walk_fields(form)?;
    decoder.reader().finish()
}

fn random_value(random: &mut Random, ty: Ty, depth: u32) -> Vec<u8> {
    let mut writer = Writer::new();
    random.value(ty, depth, &mut writer);
    writer.into_bytes()
}

/// Answers that mean nothing to some layer. None of them is sent to such a client: each answers a question that only newer
/// layers ask, or, random as it is here, lacks its own user.
const NO_OLD_ANSWER: &[&str] = &[
    "auth.sentCodeSuccess",
    "chatInvitePublicJoinRequests",
    "help.appConfigNotModified",
    "messages.exportedChatInvite",
    "messages.exportedChatInviteReplaced",
    "messages.stickerSetNotModified",
    "users.userFull",
];

/// Constructors that a layer knows, but not with every content that they may have today. Each stands in a list or an
/// optional place only, or in a request, and is left out there.
const NOT_WITH_ANY_CONTENT: &[&str] = &[
    "botInlineMediaResult",
    "botInlineResult",
    "channelAdminLogEvent",
    "channelAdminLogEventActionChangeAvailableReactions",
    "channelAdminLogEventActionExportedInviteDelete",
    "channelAdminLogEventActionExportedInviteEdit",
    "channelAdminLogEventActionExportedInviteRevoke",
    "channelAdminLogEventActionParticipantJoinByInvite",
    "channelAdminLogEventActionParticipantJoinByRequest",
    "dialogFilterSuggested",
    "inputMediaStory",
    "inputMediaUploadedDocument",
    "inputMediaUploadedPhoto",
    "inputReplyToStory",
    "inputSingleMedia",
    "keyboardButton",
    "messagePeerReaction",
    "messageReplyStoryHeader",
    "messages.exportedChatInvite",
    "messages.exportedChatInviteReplaced",
    "messages.searchCounter",
    "reactionCount",
    "todoCompletion",
    "topPeerCategoryPeers",
    "updateBotChatInviteRequester",
    "updateMessagePollVote",
    "updateNewStickerSet",
    "updateNotifySettings",
    "updatePrivacy",
    "userFull",
];

/// What could not be expressed, and at which layer.
type Missing = BTreeSet<(&'static str, u16)>;

/// Checks bytes that were narrowed to `ty` of a layer, or notes that there is no form for them.
fn note(missing: &mut Missing, layer: Layer, ty: Ty, narrowed: Result<Cow<'_, [u8]>, Error>) {
    match narrowed {
        Ok(bytes) => {
            let read = check(layer.number(), ty, &bytes);
            assert_eq!(read, Ok(()), "{ty:?} at {}", layer.number());
        }
        Err(Error::NotExpressible { name, .. }) => _ = missing.insert((name, layer.number())),
        Err(error) => panic!("{ty:?} at {}: {error}", layer.number()),
    }
}

#[test]
fn answer_of_every_method_reads_at_every_layer() {
    let mut missing = Missing::new();
    for layer in Layer::all() {
        let mut random = Random::new(CANONICAL, 0x5eed + u64::from(layer.number()));
        for form in FORMS.iter().filter(|form| form.is_function && form.is_at(CANONICAL)) {
            let Some(old) = by_hand::method(form.name, layer.number()) else { continue };
            if matches!(form.result, Ty::Any) {
                continue;
            }
            let answer = random_value(&mut random, form.result, 6);
            check(CANONICAL, form.result, &answer).unwrap();
            note(&mut missing, layer, old.result, downgrade_answer(layer, form.id, &answer));
        }
    }
    missing.retain(|(name, _)| !NO_OLD_ANSWER.contains(name));
    assert_eq!(missing, Missing::new());
}

#[test]
fn every_constructor_reads_at_every_layer_that_has_its_type() {
    let mut missing = Missing::new();
    for layer in Layer::all() {
        let mut random = Random::new(CANONICAL, 0xf00d + u64::from(layer.number())).full();
        let is_known = |ty| {
            FORMS
                .iter()
                .any(|form| !form.is_function && form.is_at(layer.number()) && form.result == ty)
        };
        for form in FORMS.iter().filter(|form| !form.is_function && form.is_at(CANONICAL)) {
            if !is_known(form.result) {
                continue;
            }
            let mut writer = Writer::new();
            writer.u32(form.id);
            random.fields(form, 4, &mut writer);
            let narrowed = narrow(layer, writer.as_bytes(), form.result, form.result);
            note(&mut missing, layer, form.result, narrowed);
        }
    }
    let is_known = |name: &str, layer| by_name(Name::find(name).unwrap(), false, layer).is_some();
    missing.retain(|(name, layer)| is_known(name, *layer) && !NOT_WITH_ANY_CONTENT.contains(name));
    assert_eq!(missing, Missing::new());
}

#[test]
fn request_of_every_method_at_every_layer_becomes_canonical() {
    let mut refused = BTreeSet::new();
    for layer in Layer::all() {
        let mut random =
            Random::new(layer.number(), 0xcafe + u64::from(layer.number())).for_requests();
        for form in FORMS.iter().filter(|form| form.is_function && form.is_at(layer.number())) {
            if matches!(form.result, Ty::Any) {
                continue;
            }
            let mut writer = Writer::new();
            writer.u32(form.id);
            random.fields(form, 5, &mut writer);
            let request = writer.into_bytes();
            let name = form.name.text();
            check_request(layer.number(), &request).unwrap();
            match upgrade_request(layer, &request, &mut Budget::for_request(request.len())) {
                Ok(canonical) => check_request(CANONICAL, &canonical)
                    .unwrap_or_else(|error| panic!("{name} at {}: {error}", layer.number())),
                Err(error) => _ = refused.insert((name, layer.number(), error.to_string())),
            }
        }
    }
    assert_eq!(refused, BTreeSet::new());
}

#[test]
fn updates_read_at_every_layer() {
    let ty = Ty::Named(Name::find("Updates").unwrap());
    for layer in Layer::all() {
        let mut random = Random::new(CANONICAL, 0xbeef + u64::from(layer.number()));
        for _ in 0..20 {
            let updates = random_value(&mut random, ty, 5);
            if let Some(narrowed) = downgrade_updates(layer, &updates).unwrap() {
                check(layer.number(), ty, &narrowed).unwrap();
            }
        }
    }
}
