//! The methods of `messages`: private chats, saved messages, groups and channels; dialogs; links.

use tl_api::functions::messages as f;

use crate::dispatch::{Entry, Spec, entry};

mod accept_encryption;
mod add_chat_user;
mod check_chat_invite;
mod clear_all_drafts;
mod common;
mod create_chat;
mod delete_chat;
mod delete_chat_user;
mod delete_exported_chat_invite;
mod delete_history;
mod delete_messages;
mod delete_revoked_exported_chat_invites;
mod delete_scheduled_messages;
mod discard_encryption;
mod edit_chat_about;
mod edit_chat_admin;
mod edit_chat_creator;
mod edit_chat_default_banned_rights;
mod edit_chat_photo;
mod edit_chat_title;
mod edit_exported_chat_invite;
mod edit_message;
mod empty;
mod export_chat_invite;
mod filter;
mod forward_messages;
mod get_admins_with_invites;
mod get_all_drafts;
mod get_available_reactions;
mod get_chat_invite_importers;
mod get_chats;
mod get_common_chats;
mod get_default_history_ttl;
mod get_dh_config;
mod get_dialog_unread_marks;
mod get_dialogs;
mod get_discussion_message;
mod get_exported_chat_invite;
mod get_exported_chat_invites;
mod get_full_chat;
mod get_history;
mod get_message_edit_data;
mod get_message_reactions_list;
mod get_message_read_participants;
mod get_messages;
mod get_messages_reactions;
mod get_messages_views;
mod get_onlines;
mod get_outbox_read_date;
mod get_peer_dialogs;
mod get_peer_settings;
mod get_pinned_dialogs;
mod get_poll_results;
mod get_poll_votes;
mod get_replies;
mod get_scheduled_history;
mod get_scheduled_messages;
mod get_search_counters;
mod get_search_results_calendar;
mod get_search_results_positions;
mod get_unread_mentions;
mod get_unread_reactions;
mod hide_all_chat_join_requests;
mod hide_chat_join_request;
mod hide_peer_settings_bar;
mod import_chat_invite;
mod mark_dialog_unread;
mod migrate_chat;
mod read_discussion;
mod read_encrypted_history;
mod read_history;
mod read_mentions;
mod read_message_contents;
mod read_reactions;
mod received_messages;
mod received_queue;
mod reorder_pinned_dialogs;
mod report_encrypted_spam;
mod request_encryption;
mod save_default_send_as;
mod save_draft;
mod search;
mod search_global;
mod secret_answers;
mod send_encrypted;
mod send_encrypted_file;
mod send_encrypted_service;
mod send_media;
mod send_message;
mod send_multi_media;
mod send_reaction;
mod send_scheduled_messages;
mod send_vote;
mod set_chat_available_reactions;
mod set_default_history_ttl;
mod set_encrypted_typing;
mod set_history_ttl;
mod set_typing;
#[cfg(test)]
mod tests;
mod toggle_dialog_pin;
mod toggle_no_forwards;
mod unpin_all_messages;
mod update_pinned_message;
mod upload_encrypted_file;
mod upload_media;

pub(super) use get_messages::named;
pub(super) use search_global::slice;

pub(super) fn entries() -> Vec<Entry> {
    let mut rows = empty::entries();
    rows.extend(writing());
    rows.extend(reading());
    rows.extend(lists());
    rows.extend(groups());
    rows.extend(links());
    rows.extend(secret_chats());
    rows
}

fn writing() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::DeleteHistory, delete_history::handle),
        entry!(Spec::SIGNED_IN, f::DeleteMessages, delete_messages::handle),
        entry!(Spec::SIGNED_IN, f::DeleteScheduledMessages, delete_scheduled_messages::handle),
        entry!(Spec::SIGNED_IN, f::EditMessage, edit_message::handle),
        entry!(Spec::SIGNED_IN, f::ForwardMessages, forward_messages::handle),
        entry!(Spec::SIGNED_IN, f::SendMedia, send_media::handle),
        entry!(Spec::SIGNED_IN, f::SendMessage, send_message::handle),
        entry!(Spec::SIGNED_IN, f::SendMultiMedia, send_multi_media::handle),
        entry!(Spec::SIGNED_IN, f::SendReaction, send_reaction::handle),
        entry!(Spec::SIGNED_IN, f::SendScheduledMessages, send_scheduled_messages::handle),
        entry!(Spec::SIGNED_IN, f::SendVote, send_vote::handle),
        entry!(Spec::SIGNED_IN, f::SetHistoryTTL, set_history_ttl::handle),
        entry!(Spec::SIGNED_IN, f::SetDefaultHistoryTTL, set_default_history_ttl::handle),
        entry!(Spec::SIGNED_IN, f::GetDefaultHistoryTTL, get_default_history_ttl::handle),
        entry!(Spec::SIGNED_IN, f::SetTyping, set_typing::handle),
        entry!(Spec::SIGNED_IN, f::UnpinAllMessages, unpin_all_messages::handle),
        entry!(Spec::SIGNED_IN, f::UpdatePinnedMessage, update_pinned_message::handle),
        entry!(Spec::SIGNED_IN, f::UploadMedia, upload_media::handle),
    ]
}

fn reading() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::GetDiscussionMessage, get_discussion_message::handle),
        entry!(Spec::SIGNED_IN, f::GetHistory, get_history::handle),
        entry!(Spec::SIGNED_IN, f::GetMessageEditData, get_message_edit_data::handle),
        entry!(Spec::SIGNED_IN, f::GetMessageReactionsList, get_message_reactions_list::handle),
        entry!(Spec::SIGNED_IN, f::GetMessages, get_messages::handle),
        entry!(Spec::SIGNED_IN, f::GetMessagesReactions, get_messages_reactions::handle),
        entry!(Spec::SIGNED_IN, f::GetMessagesViews, get_messages_views::handle),
        entry!(
            Spec::SIGNED_IN,
            f::GetMessageReadParticipants,
            get_message_read_participants::handle
        ),
        entry!(Spec::SIGNED_IN, f::GetOutboxReadDate, get_outbox_read_date::handle),
        entry!(Spec::SIGNED_IN, f::GetPollResults, get_poll_results::handle),
        entry!(Spec::SIGNED_IN, f::GetPollVotes, get_poll_votes::handle),
        entry!(Spec::SIGNED_IN, f::GetReplies, get_replies::handle),
        entry!(Spec::SIGNED_IN, f::GetScheduledHistory, get_scheduled_history::handle),
        entry!(Spec::SIGNED_IN, f::GetScheduledMessages, get_scheduled_messages::handle),
        entry!(Spec::SIGNED_IN, f::GetSearchCounters, get_search_counters::handle),
        entry!(Spec::SIGNED_IN, f::GetSearchResultsCalendar, get_search_results_calendar::handle),
        entry!(Spec::SIGNED_IN, f::GetSearchResultsPositions, get_search_results_positions::handle),
        entry!(Spec::SIGNED_IN, f::GetUnreadMentions, get_unread_mentions::handle),
        entry!(Spec::SIGNED_IN, f::GetUnreadReactions, get_unread_reactions::handle),
        entry!(Spec::SIGNED_IN, f::ReadDiscussion, read_discussion::handle),
        entry!(Spec::SIGNED_IN, f::ReadHistory, read_history::handle),
        entry!(Spec::SIGNED_IN, f::ReadMentions, read_mentions::handle),
        entry!(Spec::SIGNED_IN, f::ReadMessageContents, read_message_contents::handle),
        entry!(Spec::SIGNED_IN, f::ReadReactions, read_reactions::handle),
        entry!(Spec::SIGNED_IN, f::ReceivedMessages, received_messages::handle),
        entry!(Spec::SIGNED_IN, f::Search, search::handle),
        entry!(Spec::SIGNED_IN, f::SearchGlobal, search_global::handle),
    ]
}

fn lists() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::ClearAllDrafts, clear_all_drafts::handle),
        entry!(Spec::SIGNED_IN, f::GetAllDrafts, get_all_drafts::handle),
        entry!(Spec::SIGNED_IN, f::GetDialogUnreadMarks, get_dialog_unread_marks::handle),
        entry!(Spec::SIGNED_IN, f::GetDialogs, get_dialogs::handle),
        entry!(Spec::SIGNED_IN, f::GetPeerDialogs, get_peer_dialogs::handle),
        entry!(Spec::SIGNED_IN, f::GetPeerSettings, get_peer_settings::handle),
        entry!(Spec::SIGNED_IN, f::GetPinnedDialogs, get_pinned_dialogs::handle),
        entry!(Spec::SIGNED_IN, f::HidePeerSettingsBar, hide_peer_settings_bar::handle),
        entry!(Spec::SIGNED_IN, f::MarkDialogUnread, mark_dialog_unread::handle),
        entry!(Spec::SIGNED_IN, f::ReorderPinnedDialogs, reorder_pinned_dialogs::handle),
        entry!(Spec::SIGNED_IN, f::ReportEncryptedSpam, report_encrypted_spam::handle),
        entry!(Spec::SIGNED_IN, f::SaveDefaultSendAs, save_default_send_as::handle),
        entry!(Spec::SIGNED_IN, f::SaveDraft, save_draft::handle),
        entry!(Spec::SIGNED_IN, f::ToggleDialogPin, toggle_dialog_pin::handle),
    ]
}

fn groups() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::AddChatUser, add_chat_user::handle),
        entry!(Spec::SIGNED_IN, f::CreateChat, create_chat::handle),
        entry!(Spec::SIGNED_IN, f::DeleteChat, delete_chat::handle),
        entry!(Spec::SIGNED_IN, f::DeleteChatUser, delete_chat_user::handle),
        entry!(Spec::SIGNED_IN, f::EditChatAbout, edit_chat_about::handle),
        entry!(Spec::SIGNED_IN, f::EditChatCreator, edit_chat_creator::handle),
        entry!(Spec::SIGNED_IN, f::EditChatAdmin, edit_chat_admin::handle),
        entry!(
            Spec::SIGNED_IN,
            f::EditChatDefaultBannedRights,
            edit_chat_default_banned_rights::handle
        ),
        entry!(Spec::SIGNED_IN, f::EditChatPhoto, edit_chat_photo::handle),
        entry!(Spec::SIGNED_IN, f::EditChatTitle, edit_chat_title::handle),
        entry!(Spec::SIGNED_IN, f::GetChats, get_chats::handle),
        entry!(Spec::SIGNED_IN, f::GetCommonChats, get_common_chats::handle),
        entry!(Spec::SIGNED_IN, f::GetFullChat, get_full_chat::handle),
        entry!(Spec::SIGNED_IN, f::GetOnlines, get_onlines::handle),
        entry!(Spec::SIGNED_IN, f::MigrateChat, migrate_chat::handle),
        entry!(Spec::SIGNED_IN, f::GetAvailableReactions, get_available_reactions::handle),
        entry!(Spec::SIGNED_IN, f::GetTopReactions, get_available_reactions::top),
        entry!(Spec::SIGNED_IN, f::SetChatAvailableReactions, set_chat_available_reactions::handle),
        entry!(Spec::SIGNED_IN, f::ToggleNoForwards, toggle_no_forwards::handle),
    ]
}

fn links() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::CheckChatInvite, check_chat_invite::handle),
        entry!(Spec::SIGNED_IN, f::DeleteExportedChatInvite, delete_exported_chat_invite::handle),
        entry!(
            Spec::SIGNED_IN,
            f::DeleteRevokedExportedChatInvites,
            delete_revoked_exported_chat_invites::handle
        ),
        entry!(Spec::SIGNED_IN, f::EditExportedChatInvite, edit_exported_chat_invite::handle),
        entry!(Spec::SIGNED_IN, f::ExportChatInvite, export_chat_invite::handle),
        entry!(Spec::SIGNED_IN, f::GetAdminsWithInvites, get_admins_with_invites::handle),
        entry!(Spec::SIGNED_IN, f::GetChatInviteImporters, get_chat_invite_importers::handle),
        entry!(Spec::SIGNED_IN, f::GetExportedChatInvite, get_exported_chat_invite::handle),
        entry!(Spec::SIGNED_IN, f::GetExportedChatInvites, get_exported_chat_invites::handle),
        entry!(Spec::SIGNED_IN, f::HideAllChatJoinRequests, hide_all_chat_join_requests::handle),
        entry!(Spec::SIGNED_IN, f::HideChatJoinRequest, hide_chat_join_request::handle),
        entry!(Spec::SIGNED_IN, f::ImportChatInvite, import_chat_invite::handle),
    ]
}

fn secret_chats() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::AcceptEncryption, accept_encryption::handle),
        entry!(Spec::SIGNED_IN, f::DiscardEncryption, discard_encryption::handle),
        entry!(Spec::SIGNED_IN, f::GetDhConfig, get_dh_config::handle),
        entry!(Spec::SIGNED_IN, f::ReadEncryptedHistory, read_encrypted_history::handle),
        entry!(Spec::SIGNED_IN, f::ReceivedQueue, received_queue::handle),
        entry!(Spec::SIGNED_IN, f::RequestEncryption, request_encryption::handle),
        entry!(Spec::SIGNED_IN, f::SendEncrypted, send_encrypted::handle),
        entry!(Spec::SIGNED_IN, f::SendEncryptedFile, send_encrypted_file::handle),
        entry!(Spec::SIGNED_IN, f::SendEncryptedService, send_encrypted_service::handle),
        entry!(Spec::SIGNED_IN, f::SetEncryptedTyping, set_encrypted_typing::handle),
        entry!(Spec::SIGNED_IN, f::UploadEncryptedFile, upload_encrypted_file::handle),
    ]
}
