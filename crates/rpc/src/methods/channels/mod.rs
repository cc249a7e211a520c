//! The methods of `channels`: broadcast channels and supergroups.

use model::Peer;
use tl_api::enums;
use tl_api::functions::channels as f;

use crate::convert::peers;
use crate::dispatch::{Entry, Spec, entry};
use crate::{Call, RpcError};

mod answers;
mod check_username;
mod create_channel;
mod deactivate_all_usernames;
mod delete_channel;
mod delete_history;
mod delete_messages;
mod delete_participant_history;
mod edit_admin;
mod edit_banned;
mod edit_photo;
mod edit_title;
mod export_message_link;
mod get_admin_log;
mod get_admined_public_channels;
mod get_channel_recommendations;
mod get_channels;
mod get_full_channel;
mod get_groups_for_discussion;
mod get_inactive_channels;
mod get_left_channels;
mod get_messages;
mod get_participant;
mod get_participants;
mod get_send_as;
mod invite_to_channel;
mod join_channel;
mod leave_channel;
mod read_history;
mod read_message_contents;
mod reorder_usernames;
mod search_posts;
mod set_discussion_group;
mod toggle_join_request;
mod toggle_join_to_send;
mod toggle_participants_hidden;
mod toggle_pre_history_hidden;
mod toggle_signatures;
mod toggle_slow_mode;
mod toggle_username;
mod update_username;

#[cfg(test)]
mod tests;

pub(super) fn entries() -> Vec<Entry> {
    let mut rows = managing();
    rows.extend(reading());
    rows
}

fn managing() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::CheckUsername, check_username::handle),
        entry!(Spec::SIGNED_IN, f::CreateChannel, create_channel::handle),
        entry!(Spec::SIGNED_IN, f::DeactivateAllUsernames, deactivate_all_usernames::handle),
        entry!(Spec::SIGNED_IN, f::DeleteChannel, delete_channel::handle),
        entry!(Spec::SIGNED_IN, f::EditAdmin, edit_admin::handle),
        entry!(Spec::SIGNED_IN, f::EditBanned, edit_banned::handle),
        entry!(Spec::SIGNED_IN, f::EditPhoto, edit_photo::handle),
        entry!(Spec::SIGNED_IN, f::EditTitle, edit_title::handle),
        entry!(Spec::SIGNED_IN, f::ReorderUsernames, reorder_usernames::handle),
        entry!(Spec::SIGNED_IN, f::SetDiscussionGroup, set_discussion_group::handle),
        entry!(Spec::SIGNED_IN, f::ToggleJoinRequest, toggle_join_request::handle),
        entry!(Spec::SIGNED_IN, f::ToggleJoinToSend, toggle_join_to_send::handle),
        entry!(Spec::SIGNED_IN, f::ToggleParticipantsHidden, toggle_participants_hidden::handle),
        entry!(Spec::SIGNED_IN, f::TogglePreHistoryHidden, toggle_pre_history_hidden::handle),
        entry!(Spec::SIGNED_IN, f::ToggleSignatures, toggle_signatures::handle),
        entry!(Spec::SIGNED_IN, f::ToggleSlowMode, toggle_slow_mode::handle),
        entry!(Spec::SIGNED_IN, f::ToggleUsername, toggle_username::handle),
        entry!(Spec::SIGNED_IN, f::UpdateUsername, update_username::handle),
    ]
}

fn reading() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::DeleteHistory, delete_history::handle),
        entry!(Spec::SIGNED_IN, f::DeleteMessages, delete_messages::handle),
        entry!(Spec::SIGNED_IN, f::DeleteParticipantHistory, delete_participant_history::handle),
        entry!(Spec::SIGNED_IN, f::ExportMessageLink, export_message_link::handle),
        entry!(Spec::SIGNED_IN, f::GetAdminLog, get_admin_log::handle),
        entry!(Spec::SIGNED_IN, f::GetAdminedPublicChannels, get_admined_public_channels::handle),
        entry!(Spec::SIGNED_IN, f::GetChannelRecommendations, get_channel_recommendations::handle),
        entry!(Spec::SIGNED_IN, f::GetChannels, get_channels::handle),
        entry!(Spec::SIGNED_IN, f::GetFullChannel, get_full_channel::handle),
        entry!(Spec::SIGNED_IN, f::GetGroupsForDiscussion, get_groups_for_discussion::handle),
        entry!(Spec::SIGNED_IN, f::GetInactiveChannels, get_inactive_channels::handle),
        entry!(Spec::SIGNED_IN, f::GetLeftChannels, get_left_channels::handle),
        entry!(Spec::SIGNED_IN, f::GetMessages, get_messages::handle),
        entry!(Spec::SIGNED_IN, f::GetParticipant, get_participant::handle),
        entry!(Spec::SIGNED_IN, f::GetParticipants, get_participants::handle),
        entry!(Spec::SIGNED_IN, f::GetSendAs, get_send_as::handle),
        entry!(Spec::SIGNED_IN, f::InviteToChannel, invite_to_channel::handle),
        entry!(Spec::SIGNED_IN, f::JoinChannel, join_channel::handle),
        entry!(Spec::SIGNED_IN, f::LeaveChannel, leave_channel::handle),
        entry!(Spec::SIGNED_IN, f::ReadHistory, read_history::handle),
        entry!(Spec::SIGNED_IN, f::ReadMessageContents, read_message_contents::handle),
        entry!(Spec::SIGNED_IN, f::SearchPosts, search_posts::handle),
    ]
}

/// A participant that a client names: a person, or a channel that people write as.
async fn participant_of(call: &Call, participant: &enums::InputPeer) -> Result<Peer, RpcError> {
    match peers::input_peer(call, participant).await? {
        Peer::Chat(_) => Err(RpcError::bad_request("PARTICIPANT_ID_INVALID")),
        participant => Ok(participant),
    }
}
