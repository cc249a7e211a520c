//! The methods of the tables of rights, each with one request.

use model::Peer;
use tl_api::functions::channels as f;
use tl_api::functions::{messages, stats, updates};
use tl_api::{enums, types};

use super::rights::{Method, Scene, rights};
use super::rights_more::OF_MORE;
use super::{admin_of, ban, kick, tea};
use crate::testing::Device;

macro_rules! methods {
    ($($name:literal: |$scene:ident, $by:ident| $request:expr;)*) => {
        &[$(($name, |$scene, $by| Box::pin(async move { $by.call($request).await.map(drop) }))),*]
    };
}
pub(super) use methods;

pub(super) fn here(scene: &Scene<'_>, by: &Device<'_>) -> enums::InputPeer {
    by.input_peer(Peer::Channel(scene.id))
}

/// Of channels, of messages in them, and what else takes a channel.
pub(super) const METHODS: [&[(&str, Method)]; 3] = [OF_CHANNELS, OF_MESSAGES, OF_MORE];

const OF_CHANNELS: &[(&str, Method)] = methods! {
    "channels.deactivateAllUsernames": |s, by| f::DeactivateAllUsernames {
        channel: by.input_channel(s.id),
    };
    "channels.deleteChannel": |s, by| f::DeleteChannel { channel: by.input_channel(s.id) };
    "channels.deleteHistory": |s, by| f::DeleteHistory {
        for_everyone: true,
        channel: by.input_channel(s.id),
        max_id: s.post,
    };
    "channels.deleteMessages": |s, by| f::DeleteMessages {
        channel: by.input_channel(s.id),
        id: vec![s.post],
    };
    "channels.deleteParticipantHistory": |s, by| f::DeleteParticipantHistory {
        channel: by.input_channel(s.id),
        participant: by.peer(&s.bystander),
    };
    "channels.deleteParticipantHistory of a channel": |s, by| f::DeleteParticipantHistory {
        channel: by.input_channel(s.id),
        participant: by.input_peer(Peer::Channel(s.news)),
    };
    "channels.editAdmin": |s, by| admin_of(by, s.id, &s.bystander, rights("invite_users"));
    "channels.editAdmin by the same right": |s, by| {
        admin_of(by, s.id, &s.bystander, rights("add_admins"))
    };
    "channels.editBanned": |s, by| ban(by, s.id, &s.bystander, kick());
    "channels.editBanned of a channel": |s, by| f::EditBanned {
        channel: by.input_channel(s.id),
        participant: by.input_peer(Peer::Channel(s.news)),
        banned_rights: kick().into(),
    };
    "channels.editPhoto": |s, by| f::EditPhoto {
        channel: by.input_channel(s.id),
        photo: enums::InputChatPhoto::InputChatPhotoEmpty,
    };
    "channels.editTitle": |s, by| f::EditTitle {
        channel: by.input_channel(s.id),
        title: "Other".to_owned(),
    };
    "channels.exportMessageLink": |s, by| f::ExportMessageLink {
        channel: by.input_channel(s.id),
        id: s.post,
        ..Default::default()
    };
    "channels.getAdminLog": |s, by| f::GetAdminLog {
        channel: by.input_channel(s.id),
        limit: 9,
        ..Default::default()
    };
    "channels.getChannelRecommendations": |s, by| f::GetChannelRecommendations {
        channel: Some(by.input_channel(s.id)),
    };
    "channels.getChannels": |s, by| f::GetChannels { id: vec![by.input_channel(s.id)] };
    "channels.getFullChannel": |s, by| f::GetFullChannel { channel: by.input_channel(s.id) };
    "channels.getMessages": |s, by| f::GetMessages {
        channel: by.input_channel(s.id),
        id: vec![types::InputMessageID { id: s.post }.into()],
    };
    "channels.getParticipant": |s, by| f::GetParticipant {
        channel: by.input_channel(s.id),
        participant: by.peer(&s.bystander),
    };
    "channels.getParticipant of a channel": |s, by| f::GetParticipant {
        channel: by.input_channel(s.id),
        participant: by.input_peer(Peer::Channel(s.news)),
    };
    "channels.getParticipants": |s, by| f::GetParticipants {
        channel: by.input_channel(s.id),
        filter: enums::ChannelParticipantsFilter::ChannelParticipantsRecent,
        limit: 9,
        ..Default::default()
    };
    "channels.getParticipants of admins": |s, by| f::GetParticipants {
        channel: by.input_channel(s.id),
        filter: enums::ChannelParticipantsFilter::ChannelParticipantsAdmins,
        limit: 9,
        ..Default::default()
    };
    "channels.getParticipants of removed": |s, by| f::GetParticipants {
        channel: by.input_channel(s.id),
        filter: types::ChannelParticipantsKicked::default().into(),
        limit: 9,
        ..Default::default()
    };
    "channels.getParticipants of restricted": |s, by| f::GetParticipants {
        channel: by.input_channel(s.id),
        filter: types::ChannelParticipantsBanned::default().into(),
        limit: 9,
        ..Default::default()
    };
    "channels.getSendAs": |s, by| f::GetSendAs { peer: here(s, by), ..Default::default() };
    "channels.inviteToChannel": |s, by| f::InviteToChannel {
        channel: by.input_channel(s.id),
        users: vec![by.input_user(&s.waiting)],
    };
    "channels.joinChannel": |s, by| f::JoinChannel { channel: by.input_channel(s.id) };
    "channels.leaveChannel": |s, by| f::LeaveChannel { channel: by.input_channel(s.id) };
    "channels.readHistory": |s, by| f::ReadHistory {
        channel: by.input_channel(s.id),
        max_id: s.post,
    };
    "channels.readMessageContents": |s, by| f::ReadMessageContents {
        channel: by.input_channel(s.id),
        id: vec![s.post],
    };
    "channels.reorderUsernames": |s, by| f::ReorderUsernames {
        channel: by.input_channel(s.id),
        order: vec!["another_name".to_owned()],
    };
    "channels.setDiscussionGroup to none": |s, by| f::SetDiscussionGroup {
        broadcast: by.input_channel(s.id),
        group: enums::InputChannel::InputChannelEmpty,
    };
    "channels.toggleJoinRequest": |s, by| f::ToggleJoinRequest {
        channel: by.input_channel(s.id),
        enabled: true,
        ..Default::default()
    };
    "channels.toggleJoinToSend": |s, by| f::ToggleJoinToSend {
        channel: by.input_channel(s.id),
        enabled: true,
    };
    "channels.toggleParticipantsHidden": |s, by| f::ToggleParticipantsHidden {
        channel: by.input_channel(s.id),
        enabled: true,
    };
    "channels.togglePreHistoryHidden": |s, by| f::TogglePreHistoryHidden {
        channel: by.input_channel(s.id),
        enabled: true,
    };
    "channels.toggleSignatures": |s, by| f::ToggleSignatures {
        signatures_enabled: true,
        profiles_enabled: false,
        channel: by.input_channel(s.id),
    };
    "channels.toggleSlowMode": |s, by| f::ToggleSlowMode {
        channel: by.input_channel(s.id),
        seconds: 30,
    };
    "channels.toggleUsername": |s, by| f::ToggleUsername {
        channel: by.input_channel(s.id),
        username: "another_name".to_owned(),
        active: true,
    };
    "channels.updateUsername": |s, by| f::UpdateUsername {
        channel: by.input_channel(s.id),
        username: "another_name".to_owned(),
    };
    "stats.getBroadcastStats": |s, by| stats::GetBroadcastStats {
        dark: false,
        channel: by.input_channel(s.id),
    };
    "stats.getMegagroupStats": |s, by| stats::GetMegagroupStats {
        dark: false,
        channel: by.input_channel(s.id),
    };
    "updates.getChannelDifference": |s, by| updates::GetChannelDifference {
        channel: by.input_channel(s.id),
        filter: enums::ChannelMessagesFilter::ChannelMessagesFilterEmpty,
        pts: 1,
        limit: 9,
        ..Default::default()
    };
};

const OF_MESSAGES: &[(&str, Method)] = methods! {
    "messages.deleteExportedChatInvite": |s, by| messages::DeleteExportedChatInvite {
        peer: here(s, by),
        link: s.link.clone(),
    };
    "messages.deleteRevokedExportedChatInvites": |s, by| messages::DeleteRevokedExportedChatInvites {
        peer: here(s, by),
        admin_id: enums::InputUser::InputUserSelf,
    };
    "messages.deleteScheduledMessages": |s, by| messages::DeleteScheduledMessages {
        peer: here(s, by),
        id: vec![1],
    };
    "messages.editChatAbout": |s, by| messages::EditChatAbout {
        peer: here(s, by),
        about: "About".to_owned(),
    };
    "messages.editChatCreator": |s, by| messages::EditChatCreator {
        peer: here(s, by),
        user_id: by.input_user(&s.bystander),
        password: enums::InputCheckPasswordSRP::InputCheckPasswordEmpty,
    };
    "messages.editChatDefaultBannedRights": |s, by| messages::EditChatDefaultBannedRights {
        peer: here(s, by),
        banned_rights: types::ChatBannedRights { send_polls: true, ..Default::default() }.into(),
    };
    "messages.editExportedChatInvite": |s, by| messages::EditExportedChatInvite {
        peer: here(s, by),
        link: s.link.clone(),
        title: Some("named".to_owned()),
        ..Default::default()
    };
    "messages.editExportedChatInvite to end it": |s, by| messages::EditExportedChatInvite {
        revoked: true,
        peer: here(s, by),
        link: s.link.clone(),
        ..Default::default()
    };
    "messages.editMessage": |s, by| messages::EditMessage {
        peer: here(s, by),
        id: s.post,
        message: Some("other".to_owned()),
        ..Default::default()
    };
    "messages.editMessage that stops a poll": |s, by| messages::EditMessage {
        peer: here(s, by),
        id: s.poll,
        media: Some(
            types::InputMediaPoll {
                poll: types::Poll { closed: true, ..tea(false) }.into(),
                ..Default::default()
            }
            .into(),
        ),
        ..Default::default()
    };
    "messages.exportChatInvite": |s, by| messages::ExportChatInvite {
        peer: here(s, by),
        ..Default::default()
    };
    "messages.forwardMessages from here": |s, by| messages::ForwardMessages {
        from_peer: here(s, by),
        id: vec![s.post],
        random_id: vec![78],
        to_peer: enums::InputPeer::InputPeerSelf,
        ..Default::default()
    };
    "messages.getAdminsWithInvites": |s, by| messages::GetAdminsWithInvites { peer: here(s, by) };
    "messages.getChatInviteImporters": |s, by| messages::GetChatInviteImporters {
        requested: true,
        peer: here(s, by),
        offset_user: enums::InputUser::InputUserEmpty,
        limit: 9,
        ..Default::default()
    };
    "messages.getDiscussionMessage": |s, by| messages::GetDiscussionMessage {
        peer: here(s, by),
        msg_id: s.post,
    };
    "messages.getExportedChatInvite": |s, by| messages::GetExportedChatInvite {
        peer: here(s, by),
        link: s.link.clone(),
    };
    "messages.getExportedChatInvites": |s, by| messages::GetExportedChatInvites {
        peer: here(s, by),
        admin_id: enums::InputUser::InputUserSelf,
        limit: 9,
        ..Default::default()
    };
    "messages.getHistory": |s, by| messages::GetHistory {
        peer: here(s, by),
        limit: 9,
        ..Default::default()
    };
    "messages.getMessageEditData": |s, by| messages::GetMessageEditData {
        peer: here(s, by),
        id: s.post,
    };
    "messages.getMessageReactionsList": |s, by| messages::GetMessageReactionsList {
        peer: here(s, by),
        id: s.post,
        limit: 9,
        ..Default::default()
    };
    "messages.getMessagesReactions": |s, by| messages::GetMessagesReactions {
        peer: here(s, by),
        id: vec![s.post],
    };
    "messages.getMessagesViews": |s, by| messages::GetMessagesViews {
        peer: here(s, by),
        id: vec![s.post],
        increment: true,
    };
    "messages.getOnlines": |s, by| messages::GetOnlines { peer: here(s, by) };
    "messages.getPeerDialogs": |s, by| messages::GetPeerDialogs {
        peers: vec![types::InputDialogPeer { peer: here(s, by) }.into()],
    };
    "messages.getPeerSettings": |s, by| messages::GetPeerSettings { peer: here(s, by) };
    "messages.getPollResults": |s, by| messages::GetPollResults {
        peer: here(s, by),
        msg_id: s.poll,
        poll_hash: 0,
    };
    "messages.getPollVotes": |s, by| messages::GetPollVotes {
        peer: here(s, by),
        id: s.poll,
        limit: 9,
        ..Default::default()
    };
    "messages.getReplies": |s, by| messages::GetReplies {
        peer: here(s, by),
        msg_id: s.post,
        limit: 9,
        ..Default::default()
    };
    "messages.getScheduledHistory": |s, by| messages::GetScheduledHistory {
        peer: here(s, by),
        hash: 0,
    };
    "messages.getScheduledMessages": |s, by| messages::GetScheduledMessages {
        peer: here(s, by),
        id: vec![1],
    };
    "messages.getSearchCounters": |s, by| messages::GetSearchCounters {
        peer: here(s, by),
        filters: vec![enums::MessagesFilter::InputMessagesFilterPhotos],
        ..Default::default()
    };
    "messages.getSearchResultsCalendar": |s, by| messages::GetSearchResultsCalendar {
        peer: here(s, by),
        filter: enums::MessagesFilter::InputMessagesFilterPhotos,
        ..Default::default()
    };
    "messages.getSearchResultsPositions": |s, by| messages::GetSearchResultsPositions {
        peer: here(s, by),
        filter: enums::MessagesFilter::InputMessagesFilterPhotos,
        limit: 9,
        ..Default::default()
    };
    "messages.getUnreadMentions": |s, by| messages::GetUnreadMentions {
        peer: here(s, by),
        limit: 9,
        ..Default::default()
    };
    "messages.hideAllChatJoinRequests": |s, by| messages::HideAllChatJoinRequests {
        approved: true,
        peer: here(s, by),
        link: None,
    };
    "messages.hideChatJoinRequest": |s, by| messages::HideChatJoinRequest {
        approved: true,
        peer: here(s, by),
        user_id: by.input_user(&s.waiting),
    };
    "messages.markDialogUnread": |s, by| messages::MarkDialogUnread {
        unread: true,
        peer: types::InputDialogPeer { peer: here(s, by) }.into(),
        ..Default::default()
    };
    "messages.readDiscussion": |s, by| messages::ReadDiscussion {
        peer: here(s, by),
        msg_id: s.post,
        read_max_id: s.poll,
    };
    "messages.readMentions": |s, by| messages::ReadMentions {
        peer: here(s, by),
        ..Default::default()
    };
    "messages.readReactions": |s, by| messages::ReadReactions {
        peer: here(s, by),
        ..Default::default()
    };
    "messages.saveDraft": |s, by| messages::SaveDraft {
        peer: here(s, by),
        message: "later".to_owned(),
        ..Default::default()
    };
    "messages.search": |s, by| messages::Search {
        peer: here(s, by),
        q: "first".to_owned(),
        filter: enums::MessagesFilter::InputMessagesFilterEmpty,
        limit: 9,
        ..Default::default()
    };
    "messages.search by a channel": |s, by| messages::Search {
        peer: here(s, by),
        from_id: Some(by.input_peer(Peer::Channel(s.news))),
        filter: enums::MessagesFilter::InputMessagesFilterEmpty,
        limit: 9,
        ..Default::default()
    };
    "messages.sendMedia": |s, by| messages::SendMedia {
        peer: here(s, by),
        media: types::InputMediaPoll {
            poll: tea(false).into(),
            ..Default::default()
        }
        .into(),
        random_id: 79,
        ..Default::default()
    };
    "messages.sendMessage": |s, by| messages::SendMessage {
        peer: here(s, by),
        message: "hello".to_owned(),
        random_id: 77,
        ..Default::default()
    };
    "messages.sendMessage for later": |s, by| messages::SendMessage {
        peer: here(s, by),
        message: "hello".to_owned(),
        random_id: 80,
        schedule_date: Some(i32::MAX / 10 * 8),
        ..Default::default()
    };
    "messages.sendReaction": |s, by| messages::SendReaction {
        peer: here(s, by),
        msg_id: s.post,
        reaction: Some(vec![types::ReactionEmoji { emoticon: "👍".to_owned() }.into()]),
        ..Default::default()
    };
    "messages.sendScheduledMessages": |s, by| messages::SendScheduledMessages {
        peer: here(s, by),
        id: vec![1],
    };
    "messages.sendVote": |s, by| messages::SendVote {
        peer: here(s, by),
        msg_id: s.poll,
        options: vec![b"yes".to_vec()],
    };
    "messages.setChatAvailableReactions": |s, by| messages::SetChatAvailableReactions {
        peer: here(s, by),
        available_reactions: enums::ChatReactions::ChatReactionsNone,
        ..Default::default()
    };
    "messages.setHistoryTTL": |s, by| messages::SetHistoryTTL { peer: here(s, by), period: 86400 };
    "messages.setTyping": |s, by| messages::SetTyping {
        peer: here(s, by),
        action: enums::SendMessageAction::SendMessageTypingAction,
        ..Default::default()
    };
    "messages.toggleDialogPin": |s, by| messages::ToggleDialogPin {
        pinned: true,
        peer: types::InputDialogPeer { peer: here(s, by) }.into(),
    };
    "messages.toggleNoForwards": |s, by| messages::ToggleNoForwards {
        peer: here(s, by),
        enabled: true,
        ..Default::default()
    };
    "messages.unpinAllMessages": |s, by| messages::UnpinAllMessages {
        peer: here(s, by),
        ..Default::default()
    };
    "messages.updatePinnedMessage": |s, by| messages::UpdatePinnedMessage {
        peer: here(s, by),
        id: s.post,
        ..Default::default()
    };
};
