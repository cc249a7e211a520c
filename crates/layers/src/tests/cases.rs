//! What is done by hand, one case each, with the generated types of the canonical layer as the oracle.

use tl_api::{Deserialize, Function, Serialize, enums, functions, types};
use tl_codec::{Budget, Reader, Writer};

use super::{check, check_request};
use crate::table::{Form, Name, Ty, by_name};
use crate::value::{Decoder, Object, Value};
use crate::{Error, Fault, Layer, downgrade_answer, downgrade_updates, narrow, upgrade_request};

fn at(layer: u16) -> Layer {
    Layer::supported(i32::from(layer)).unwrap()
}

fn form(name: &str, is_function: bool, layer: u16) -> &'static Form {
    by_name(Name::find(name).unwrap(), is_function, layer).unwrap()
}

/// A request of an old layer: its id, and then what `write` writes.
fn old_request(name: &str, layer: u16, write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.u32(form(name, true, layer).id);
    write(&mut writer);
    let request = writer.into_bytes();
    check_request(layer, &request).unwrap();
    request
}

fn id(name: &str, layer: u16) -> u32 {
    form(name, false, layer).id
}

fn upgraded<F: Function>(layer: u16, request: &[u8]) -> F {
    let canonical =
        upgrade_request(at(layer), request, &mut Budget::for_request(request.len())).unwrap();
    let (head, body) = canonical.split_first_chunk::<4>().unwrap();
    assert_eq!(u32::from_le_bytes(*head), F::ID);
    F::from_bytes(body).unwrap()
}

/// A canonical value as an object of `layer`, down to the last level.
fn narrowed(layer: u16, value: &impl Serialize, of: &str) -> Object<'static> {
    let bytes = value.to_bytes();
    let ty = Ty::Named(Name::find(of).unwrap());
    let narrowed = narrow(at(layer), &bytes, ty, ty).unwrap().into_owned();
    check(layer, ty, &narrowed).unwrap();
    let leaked: &'static [u8] = narrowed.leak();
    read(layer, ty, leaked)
}

fn read(layer: u16, ty: Ty, bytes: &'static [u8]) -> Object<'static> {
    match Decoder::strict(Reader::trusted(bytes), layer).value(ty).unwrap() {
        Value::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

fn object<'a>(object: &'a Object<'static>, field: &str) -> &'a Object<'static> {
    match object.named(field) {
        Some(Value::Object(object)) => object,
        other => panic!("{field}: {other:?}"),
    }
}

fn list<'a>(object: &'a Object<'static>, field: &str) -> &'a [Value<'static>] {
    match object.named(field) {
        Some(Value::Vector(items)) => items,
        other => panic!("{field}: {other:?}"),
    }
}

fn text(text: &str) -> enums::TextWithEntities {
    types::TextWithEntities { text: text.into(), entities: Vec::new() }.into()
}

fn message(media: Option<enums::MessageMedia>) -> enums::Message {
    types::Message {
        id: 9,
        peer_id: types::PeerUser { user_id: 5 }.into(),
        media,
        ..Default::default()
    }
    .into()
}

#[test]
fn number_between_two_layers_means_the_lower_one() {
    assert_eq!(Layer::supported(141).unwrap().number(), 140);
    assert_eq!(Layer::supported(226).unwrap().number(), 225);
    assert_eq!(Layer::supported(232).unwrap(), Layer::CANONICAL);
    assert_eq!(Layer::supported(i32::MAX).unwrap(), Layer::CANONICAL);
    for number in [132, 0, -1, i32::MIN] {
        assert_eq!(Layer::supported(number), Err(Error::LayerTooOld { layer: number }));
    }
}

#[test]
fn canonical_layer_and_unchanged_values_are_not_copied() {
    let request = functions::updates::GetState {}.to_bytes();
    for layer in Layer::all() {
        let canonical = upgrade_request(layer, &request, &mut Budget::for_request(4)).unwrap();
        assert!(matches!(canonical, std::borrow::Cow::Borrowed(_)), "{}", layer.number());
    }
    let answer = types::updates::State::default().to_bytes();
    let wire = [0xa56c_2a3eu32.to_le_bytes().as_slice(), &answer].concat();
    let narrowed = downgrade_answer(at(133), functions::updates::GetState::ID, &wire).unwrap();
    assert!(matches!(narrowed, std::borrow::Cow::Borrowed(_)));
}

#[test]
fn reply_by_number_becomes_an_object() {
    for layer in [133, 140, 148, 159] {
        let request = old_request("messages.sendMessage", layer, |w| {
            w.u32(1 | if layer >= 148 { 1 << 9 } else { 0 });
            w.u32(id("inputPeerSelf", layer));
            w.i32(77);
            if layer >= 148 {
                w.i32(70);
            }
            w.string("hello");
            w.i64(1);
        });
        let request: functions::messages::SendMessage = upgraded(layer, &request);
        let enums::InputReplyTo::InputReplyToMessage(reply) = request.reply_to.unwrap() else {
            panic!()
        };
        assert_eq!(reply.reply_to_msg_id, 77);
        assert_eq!(reply.top_msg_id, (layer >= 148).then_some(70));
        assert_eq!((request.message.as_str(), request.random_id), ("hello", 1));
    }
}

#[test]
fn reason_of_a_report_becomes_its_option() {
    let request = old_request("messages.report", 160, |w| {
        w.u32(id("inputPeerSelf", 160));
        vec![4i32].serialize(w);
        w.u32(id("inputReportReasonViolence", 160));
        w.string("why");
    });
    let request: functions::messages::Report = upgraded(160, &request);
    assert_eq!(
        (request.option.as_slice(), request.message.as_str()),
        (b"violence".as_slice(), "why")
    );
    assert_eq!(crate::report_option("inputReportReasonViolence"), Some("violence"));
    let reported = enums::ReportResult::ReportResultReported.to_bytes();
    let answer = downgrade_answer(at(160), functions::messages::Report::ID, &reported).unwrap();
    assert_eq!(bool::from_bytes(&answer), Ok(true));
}

#[test]
fn former_names_of_methods_lead_to_the_new_ones() {
    let request = old_request("channels.deleteUserHistory", 134, |w| {
        w.u32(id("inputChannel", 134));
        w.i64(1);
        w.i64(2);
        w.u32(id("inputUser", 134));
        w.i64(3);
        w.i64(4);
    });
    let request: functions::channels::DeleteParticipantHistory = upgraded(134, &request);
    assert_eq!(request.participant, types::InputPeerUser { user_id: 3, access_hash: 4 }.into());

    let request = old_request("channels.editCreator", 222, |w| {
        w.u32(id("inputChannel", 222));
        w.i64(1);
        w.i64(2);
        w.u32(id("inputUserSelf", 222));
        w.u32(id("inputCheckPasswordEmpty", 222));
    });
    let request: functions::messages::EditChatCreator = upgraded(222, &request);
    assert_eq!(request.peer, types::InputPeerChannel { channel_id: 1, access_hash: 2 }.into());
}

#[test]
fn flag_of_a_bool_follows_its_value() {
    for is_enabled in [true, false] {
        let request = old_request("channels.toggleSignatures", 150, |w| {
            w.u32(id("inputChannelEmpty", 150));
            w.bool(is_enabled);
        });
        let request: functions::channels::ToggleSignatures = upgraded(150, &request);
        assert_eq!(request.signatures_enabled, is_enabled);
    }
}

#[test]
fn reaction_of_text_becomes_a_list() {
    let request = old_request("messages.sendReaction", 140, |w| {
        w.u32(1);
        w.u32(id("inputPeerSelf", 140));
        w.i32(5);
        w.string("+");
    });
    let request: functions::messages::SendReaction = upgraded(140, &request);
    let plus = types::ReactionEmoji { emoticon: "+".into() };
    assert_eq!(request.reaction, Some(vec![plus.into()]));
}

#[test]
fn list_of_reactions_becomes_their_setting() {
    let request = old_request("messages.setChatAvailableReactions", 140, |w| {
        w.u32(id("inputPeerSelf", 140));
        vec![String::from("+"), String::from("-")].serialize(w);
    });
    let request: functions::messages::SetChatAvailableReactions = upgraded(140, &request);
    let enums::ChatReactions::ChatReactionsSome(some) = request.available_reactions else {
        panic!()
    };
    assert_eq!(some.reactions.len(), 2);
}

#[test]
fn sound_of_text_becomes_a_constructor() {
    for (name, sound) in [
        ("default", enums::NotificationSound::NotificationSoundDefault),
        ("", enums::NotificationSound::NotificationSoundNone),
        (
            "bell.mp3",
            types::NotificationSoundLocal { title: "bell.mp3".into(), data: "bell.mp3".into() }
                .into(),
        ),
    ] {
        let request = old_request("account.updateNotifySettings", 135, |w| {
            w.u32(id("inputNotifyUsers", 135));
            w.u32(id("inputPeerNotifySettings", 135));
            w.u32(1 << 3);
            w.string(name);
        });
        let request: functions::account::UpdateNotifySettings = upgraded(135, &request);
        let enums::InputPeerNotifySettings::InputPeerNotifySettings(settings) = request.settings;
        assert_eq!(settings.sound, Some(sound), "{name}");
    }
}

/// A request with an inline keyboard of one button that `write` writes.
fn with_button(layer: u16, markup: &str, write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    old_request("messages.sendMessage", layer, |w| {
        w.u32(1 << 2);
        w.u32(id("inputPeerSelf", layer));
        w.string("text");
        w.i64(1);
        w.u32(id(markup, layer));
        if markup == "replyKeyboardMarkup" {
            w.u32(0);
        }
        w.vector_len(1);
        w.u32(id("keyboardButtonRow", layer));
        w.vector_len(1);
        write(w);
    })
}

fn callback(layer: u16) -> impl FnOnce(&mut Writer) {
    move |w| {
        w.u32(id("keyboardButtonCallback", layer));
        w.u32(0);
        w.string("press");
        w.bytes(b"data");
    }
}

#[test]
fn inline_buttons_get_their_type() {
    for layer in [133, 160, 228] {
        let request = with_button(layer, "replyInlineMarkup", callback(layer));
        let request: functions::messages::SendMessage = upgraded(layer, &request);
        let enums::ReplyMarkup::ReplyInlineMarkup(markup) = request.reply_markup.unwrap() else {
            panic!()
        };
        let enums::KeyboardInlineButtonRow::KeyboardInlineButtonRow(row) = &markup.rows[0];
        let enums::KeyboardInlineButton::KeyboardInlineButton(button) = &row.buttons[0];
        assert_eq!(button.text, "press");
        let data =
            types::InlineButtonTypeCallback { requires_password: false, data: b"data".into() };
        assert_eq!(button.r#type, data.into());
    }
}

#[test]
fn inline_button_in_a_reply_keyboard_is_the_clients_fault() {
    let request = with_button(160, "replyKeyboardMarkup", callback(160));
    let error =
        upgrade_request(at(160), &request, &mut Budget::for_request(request.len())).unwrap_err();
    assert_eq!(error, Error::NotExpressible { name: "messages.sendMessage", layer: 230 });
    assert_eq!(error.fault(), Fault::Client);
}

#[test]
fn keyboards_go_back_to_constructors_of_their_own() {
    let button = |kind: enums::InlineButtonType| {
        enums::KeyboardInlineButton::from(types::KeyboardInlineButton {
            style: None,
            text: "go".into(),
            r#type: kind,
        })
    };
    let buttons = vec![
        button(types::InlineButtonTypeUrl { url: "https://example.org".into() }.into()),
        button(types::InlineButtonTypeCopy { copy_text: "x".into() }.into()),
    ];
    let row = types::KeyboardInlineButtonRow { buttons };
    let markup = enums::ReplyMarkup::from(types::ReplyInlineMarkup {
        rows: vec![row.into()],
        ..Default::default()
    });
    for (layer, count) in [(133, 1), (188, 1), (189, 2), (228, 2), (229, 2)] {
        let markup = narrowed(layer, &markup, "ReplyMarkup");
        let [Value::Object(row)] = list(&markup, "rows") else { panic!() };
        let buttons = list(row, "buttons");
        assert_eq!(buttons.len(), count, "{layer}");
        let Value::Object(first) = &buttons[0] else { panic!() };
        let name = if layer < 229 { "keyboardButtonUrl" } else { "keyboardInlineButton" };
        assert_eq!(first.name.text(), name);
        assert_eq!(first.named("text"), Some(&Value::Bytes(b"go")));
    }
}

#[test]
fn right_answers_of_a_quiz_change_from_options_to_places() {
    let request = old_request("messages.sendMedia", 150, |w| {
        w.u32(0);
        w.u32(id("inputPeerSelf", 150));
        w.u32(id("inputMediaPoll", 150));
        w.u32(1);
        w.u32(id("poll", 150));
        w.i64(0);
        w.u32(1 << 3);
        w.string("which?");
        w.vector_len(2);
        for (text, option) in [("this", b"a"), ("that", b"b")] {
            w.u32(id("pollAnswer", 150));
            w.string(text);
            w.bytes(option);
        }
        vec![b"b".to_vec()].serialize(w);
        w.string("");
        w.i64(2);
    });
    let request: functions::messages::SendMedia = upgraded(150, &request);
    let enums::InputMedia::InputMediaPoll(media) = request.media else { panic!() };
    assert_eq!(media.correct_answers, Some(vec![1]));
    let enums::Poll::Poll(poll) = media.poll;
    assert_eq!(poll.question, text("which?"));
    assert!(poll.quiz);
}

#[test]
fn action_and_media_that_a_client_does_not_know_are_stood_in_for() {
    let todo = types::MessageMediaToDo::default();
    let seen = narrowed(200, &message(Some(todo.into())), "Message");
    assert_eq!(object(&seen, "media").name.text(), "messageMediaUnsupported");
    let action = types::MessageActionNoForwardsToggle::default().into();
    let service = enums::Message::from(types::MessageService { action, ..Default::default() });
    let seen = narrowed(150, &service, "Message");
    assert_eq!(object(&seen, "action").name.text(), "messageActionEmpty");
}

#[test]
fn entity_that_a_client_does_not_know_is_left_out() {
    let entities = vec![
        types::MessageEntityBold { offset: 0, length: 1 }.into(),
        types::MessageEntitySpoiler { offset: 1, length: 1 }.into(),
    ];
    let spoken =
        enums::Message::from(types::Message { entities: Some(entities), ..Default::default() });
    assert_eq!(list(&narrowed(135, &spoken, "Message"), "entities").len(), 1);
    assert_eq!(list(&narrowed(136, &spoken, "Message"), "entities").len(), 2);
}

#[test]
fn poll_loses_its_formatting_before_layer_178() {
    let poll = types::Poll { question: text("which?"), ..Default::default() };
    let media = types::MessageMediaPoll { poll: poll.into(), ..Default::default() };
    let seen = narrowed(177, &message(Some(media.into())), "Message");
    let poll = object(object(&seen, "media"), "poll").clone();
    assert_eq!(poll.named("question"), Some(&Value::Bytes(b"which?")));
}

#[test]
fn duration_is_whole_before_layer_160() {
    let video = enums::DocumentAttribute::from(types::DocumentAttributeVideo {
        duration: 2.6,
        ..Default::default()
    });
    assert_eq!(narrowed(159, &video, "DocumentAttribute").named("duration"), Some(&Value::Int(3)));
    assert_eq!(
        narrowed(160, &video, "DocumentAttribute").named("duration"),
        Some(&Value::Double(2.6))
    );
}

#[test]
fn config_has_the_numbers_that_old_clients_use() {
    let config = enums::Config::from(types::Config::default());
    let old = narrowed(150, &config, "Config");
    assert_eq!(old.named("pinned_dialogs_count_max"), Some(&Value::Int(5)));
    assert_eq!(old.named("saved_gifs_limit"), Some(&Value::Int(200)));
}

#[test]
fn answers_that_became_objects_are_opened() {
    let updates = enums::Updates::from(types::Updates { date: 7, ..Default::default() });
    let invited = enums::messages::InvitedUsers::from(types::messages::InvitedUsers {
        updates: updates.clone(),
        missing_invitees: Vec::new(),
    });
    let joined =
        enums::messages::ChatInviteJoinResult::from(types::messages::ChatInviteJoinResultOk {
            updates: updates.clone(),
        });
    for (method, answer) in [
        (functions::messages::CreateChat::ID, invited.to_bytes()),
        (functions::channels::InviteToChannel::ID, invited.to_bytes()),
        (functions::channels::JoinChannel::ID, joined.to_bytes()),
        (functions::messages::ImportChatInvite::ID, joined.to_bytes()),
    ] {
        assert_eq!(downgrade_answer(at(176), method, &answer).unwrap(), updates.to_bytes());
    }
    let read =
        vec![enums::ReadParticipantDate::from(types::ReadParticipantDate { user_id: 5, date: 1 })]
            .to_bytes();
    let narrowed =
        downgrade_answer(at(150), functions::messages::GetMessageReadParticipants::ID, &read)
            .unwrap();
    assert_eq!(Vec::<i64>::from_bytes(&narrowed), Ok(vec![5]));
    let filters =
        enums::messages::DialogFilters::from(types::messages::DialogFilters::default()).to_bytes();
    let narrowed =
        downgrade_answer(at(174), functions::messages::GetDialogFilters::ID, &filters).unwrap();
    assert_eq!(narrowed, Vec::<i32>::new().to_bytes());
    let config = types::help::AppConfig { hash: 1, config: enums::JSONValue::JsonNull };
    let config = enums::help::AppConfig::from(config).to_bytes();
    let narrowed = downgrade_answer(at(152), functions::help::GetAppConfig::ID, &config).unwrap();
    assert_eq!(enums::JSONValue::from_bytes(&narrowed), Ok(enums::JSONValue::JsonNull));
}

#[test]
fn full_user_of_the_oldest_layers_holds_the_user() {
    let user = enums::User::from(types::User {
        id: 5,
        first_name: Some("Ada".into()),
        ..Default::default()
    });
    let full = types::UserFull { id: 5, ..Default::default() };
    let answer = enums::users::UserFull::from(types::users::UserFull {
        full_user: full.into(),
        chats: Vec::new(),
        users: vec![types::UserEmpty { id: 4 }.into(), user],
    })
    .to_bytes();
    let narrowed = downgrade_answer(at(134), functions::users::GetFullUser::ID, &answer).unwrap();
    let ty = Ty::Named(Name::find("UserFull").unwrap());
    check(134, ty, &narrowed).unwrap();
    let full = read(134, ty, narrowed.into_owned().leak());
    assert_eq!(object(&full, "user").named("first_name"), Some(&Value::Bytes(b"Ada")));
}

#[test]
fn update_that_a_client_does_not_know_is_left_out() {
    let unknown = || enums::Update::UpdateSavedReactionTags;
    let short = enums::Updates::from(types::UpdateShort { update: unknown(), date: 1 });
    assert_eq!(downgrade_updates(at(150), &short.to_bytes()), Ok(None));
    let updates = |seq, list| {
        enums::Updates::from(types::Updates { updates: list, seq, ..Default::default() })
    };
    assert_eq!(downgrade_updates(at(150), &updates(0, vec![unknown()]).to_bytes()), Ok(None));
    let with_seq = updates(9, vec![unknown()]).to_bytes();
    let advancing = downgrade_updates(at(150), &with_seq).unwrap().unwrap();
    assert_eq!(enums::Updates::from_bytes(&advancing), Ok(updates(9, Vec::new())));
}
