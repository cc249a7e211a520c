//! Service messages (`MessageAction`) and what people are doing (`SendMessageAction`).

use model::event::TypingAction;
use model::message::Action;
use services::access::FileOrigin;
use services::media::Files;
use tl_api::{enums, types};

use super::media::{self, FileContext};

/// What happened. A photo that is gone shows as an empty one.
#[must_use]
pub fn action(
    context: &FileContext<'_>,
    files: &Files,
    action: &Action,
    origin: FileOrigin,
) -> enums::MessageAction {
    use enums::MessageAction as M;
    match action {
        Action::ChatCreate { title, users } => types::MessageActionChatCreate {
            title: title.clone(),
            users: users.iter().map(|user| user.0).collect(),
        }
        .into(),
        Action::ChatEditTitle { title } => {
            types::MessageActionChatEditTitle { title: title.clone() }.into()
        }
        Action::ChatEditPhoto { photo } => {
            let found = files.photos.get(photo).map(|found| media::photo(context, found, origin));
            let photo = found.unwrap_or_else(|| types::PhotoEmpty { id: photo.0 }.into());
            types::MessageActionChatEditPhoto { photo }.into()
        }
        Action::ChatDeletePhoto => M::MessageActionChatDeletePhoto,
        Action::ChatAddUser { users } => {
            types::MessageActionChatAddUser { users: users.iter().map(|user| user.0).collect() }
                .into()
        }
        Action::ChatDeleteUser { user } => {
            types::MessageActionChatDeleteUser { user_id: user.0 }.into()
        }
        Action::ChatJoinedByLink { inviter } => {
            types::MessageActionChatJoinedByLink { inviter_id: inviter.0 }.into()
        }
        Action::ChatJoinedByRequest => M::MessageActionChatJoinedByRequest,
        Action::ChangeCreator { owner } => {
            types::MessageActionChangeCreator { new_creator_id: owner.0 }.into()
        }
        Action::ChannelCreate { title } => {
            types::MessageActionChannelCreate { title: title.clone() }.into()
        }
        Action::ChatMigrateTo { channel } => {
            types::MessageActionChatMigrateTo { channel_id: channel.0 }.into()
        }
        Action::ChannelMigrateFrom { title, chat } => {
            types::MessageActionChannelMigrateFrom { title: title.clone(), chat_id: chat.0 }.into()
        }
        Action::PinMessage => M::MessageActionPinMessage,
        Action::HistoryClear => M::MessageActionHistoryClear,
        Action::ScreenshotTaken => M::MessageActionScreenshotTaken,
        Action::ContactSignUp => M::MessageActionContactSignUp,
        Action::SetMessagesTtl { period_s, by_default_of } => {
            let auto_setting_from = by_default_of.map(|user| user.0);
            types::MessageActionSetMessagesTTL { period: *period_s, auto_setting_from }.into()
        }
    }
}

/// What somebody is doing; `None` for nothing any more.
#[must_use]
pub fn typing(action: Option<&TypingAction>) -> enums::SendMessageAction {
    use enums::SendMessageAction as S;
    let Some(action) = action else { return S::SendMessageCancelAction };
    match *action {
        TypingAction::Typing => S::SendMessageTypingAction,
        TypingAction::RecordVideo => S::SendMessageRecordVideoAction,
        TypingAction::UploadVideo(progress) => {
            types::SendMessageUploadVideoAction { progress }.into()
        }
        TypingAction::RecordAudio => S::SendMessageRecordAudioAction,
        TypingAction::UploadAudio(progress) => {
            types::SendMessageUploadAudioAction { progress }.into()
        }
        TypingAction::UploadPhoto(progress) => {
            types::SendMessageUploadPhotoAction { progress }.into()
        }
        TypingAction::UploadDocument(progress) => {
            types::SendMessageUploadDocumentAction { progress }.into()
        }
        TypingAction::GeoLocation => S::SendMessageGeoLocationAction,
        TypingAction::ChooseContact => S::SendMessageChooseContactAction,
        TypingAction::GamePlay => S::SendMessageGamePlayAction,
        TypingAction::RecordRound => S::SendMessageRecordRoundAction,
        TypingAction::UploadRound(progress) => {
            types::SendMessageUploadRoundAction { progress }.into()
        }
        TypingAction::ChooseSticker => S::SendMessageChooseStickerAction,
        TypingAction::HistoryImport(progress) => {
            types::SendMessageHistoryImportAction { progress }.into()
        }
    }
}

/// What a client says its user is doing. `None` inside for nothing any more; `None` outside for what is not shown to others.
#[must_use]
pub fn from_typing(action: &enums::SendMessageAction) -> Option<Option<TypingAction>> {
    use enums::SendMessageAction as S;
    let percent = |progress: i32| progress.clamp(0, 100);
    Some(Some(match action {
        S::SendMessageCancelAction => return Some(None),
        S::SendMessageTypingAction => TypingAction::Typing,
        S::SendMessageRecordVideoAction => TypingAction::RecordVideo,
        S::SendMessageUploadVideoAction(a) => TypingAction::UploadVideo(percent(a.progress)),
        S::SendMessageRecordAudioAction => TypingAction::RecordAudio,
        S::SendMessageUploadAudioAction(a) => TypingAction::UploadAudio(percent(a.progress)),
        S::SendMessageUploadPhotoAction(a) => TypingAction::UploadPhoto(percent(a.progress)),
        S::SendMessageUploadDocumentAction(a) => TypingAction::UploadDocument(percent(a.progress)),
        S::SendMessageGeoLocationAction => TypingAction::GeoLocation,
        S::SendMessageChooseContactAction => TypingAction::ChooseContact,
        S::SendMessageGamePlayAction => TypingAction::GamePlay,
        S::SendMessageRecordRoundAction => TypingAction::RecordRound,
        S::SendMessageUploadRoundAction(a) => TypingAction::UploadRound(percent(a.progress)),
        S::SendMessageChooseStickerAction => TypingAction::ChooseSticker,
        S::SendMessageHistoryImportAction(a) => TypingAction::HistoryImport(percent(a.progress)),
        _ => return None,
    }))
}
