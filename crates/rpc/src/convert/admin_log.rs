//! Entries of the admins' log.

use std::collections::BTreeMap;

use model::admin_log::{Happened, Kind, Turned};
use model::channel::{Channel, Participant};
use model::chat::Invite;
use model::media::Photo;
use model::{ChannelId, Peer, PhotoId};
use services::Core;
use services::access::FileOrigin;
use services::channels::admin_log::{Page, Told};
use services::views::PeerSet;
use tl_api::enums::ChannelAdminLogEventAction as Action;
use tl_api::{enums, types};

use super::media::{self, FileContext};
use super::{Viewer, channels_full, chats, date, participants};

/// Who an entry names, besides its messages.
pub fn add_people(people: &mut PeerSet, told: &Told) {
    people.add_user(told.entry.actor);
    match &told.entry.what {
        Happened::ParticipantInvite(row) => people.add_peers(channels_full::named(row)),
        Happened::ParticipantToggleBan(turned) | Happened::ParticipantToggleAdmin(turned) => {
            people.add_peers(channels_full::named(&turned.before));
            people.add_peers(channels_full::named(&turned.after));
        }
        Happened::ChangeLinkedChat(turned) => {
            [turned.before, turned.after]
                .into_iter()
                .flatten()
                .for_each(|channel| people.add_peer(Peer::Channel(channel)));
        }
        Happened::ParticipantJoinByInvite(invite)
        | Happened::ExportedInviteDelete(invite)
        | Happened::ExportedInviteRevoke(invite) => people.add_user(invite.admin),
        Happened::ExportedInviteEdit(turned) => people.add_user(turned.after.admin),
        Happened::ParticipantJoinByRequest(invite, approved_by) => {
            people.add_user(*approved_by);
            people.add_users(invite.iter().map(|invite| invite.admin));
        }
        _ => {}
    }
}

/// What entries are shown with.
pub struct Context<'a> {
    core: &'a Core,
    viewer: Viewer,
    channel: &'a Channel,
    photos: &'a BTreeMap<PhotoId, Photo>,
}

impl<'a> Context<'a> {
    /// Of a page.
    #[must_use]
    pub const fn new(core: &'a Core, viewer: Viewer, page: &'a Page) -> Self {
        Self { core, viewer, channel: &page.channel, photos: &page.photos }
    }

    /// `channelAdminLogEvent`. `messages` are those of `told`, converted, in order.
    #[must_use]
    pub fn event(&self, told: &Told, messages: Vec<enums::Message>) -> enums::ChannelAdminLogEvent {
        types::ChannelAdminLogEvent {
            id: told.entry.id,
            date: date(told.entry.date),
            user_id: told.entry.actor.0,
            action: self.action(&told.entry.what, messages),
        }
        .into()
    }

    fn action(&self, what: &Happened, messages: Vec<enums::Message>) -> Action {
        let mut messages = messages.into_iter();
        let mut message =
            || messages.next().unwrap_or_else(|| types::MessageEmpty::default().into());
        match what {
            Happened::UpdatePinned(..) => {
                types::ChannelAdminLogEventActionUpdatePinned { message: message() }.into()
            }
            Happened::EditMessage(..) => types::ChannelAdminLogEventActionEditMessage {
                prev_message: message(),
                new_message: message(),
            }
            .into(),
            Happened::DeleteMessage(_) => {
                types::ChannelAdminLogEventActionDeleteMessage { message: message() }.into()
            }
            Happened::StopPoll(_) => {
                types::ChannelAdminLogEventActionStopPoll { message: message() }.into()
            }
            other => self.of_people(other).unwrap_or_else(|| self.of_channel(other)),
        }
    }

    /// Of those who come, go and rule.
    fn of_people(&self, what: &Happened) -> Option<Action> {
        Some(match what {
            Happened::ParticipantJoin => Action::ChannelAdminLogEventActionParticipantJoin,
            Happened::ParticipantLeave => Action::ChannelAdminLogEventActionParticipantLeave,
            Happened::ParticipantInvite(row) => {
                let participant = self.participant(row);
                types::ChannelAdminLogEventActionParticipantInvite { participant }.into()
            }
            Happened::ParticipantToggleBan(turned) => {
                types::ChannelAdminLogEventActionParticipantToggleBan {
                    prev_participant: self.participant(&turned.before),
                    new_participant: self.participant(&turned.after),
                }
                .into()
            }
            Happened::ParticipantToggleAdmin(turned) => {
                types::ChannelAdminLogEventActionParticipantToggleAdmin {
                    prev_participant: self.participant(&turned.before),
                    new_participant: self.participant(&turned.after),
                }
                .into()
            }
            Happened::ParticipantJoinByInvite(invite) => {
                types::ChannelAdminLogEventActionParticipantJoinByInvite {
                    via_chatlist: false,
                    invite: self.invite(invite),
                }
                .into()
            }
            Happened::ParticipantJoinByRequest(invite, approved_by) => {
                let public = enums::ExportedChatInvite::ChatInvitePublicJoinRequests;
                types::ChannelAdminLogEventActionParticipantJoinByRequest {
                    invite: invite.as_ref().map_or(public, |invite| self.invite(invite)),
                    approved_by: approved_by.0,
                }
                .into()
            }
            Happened::ExportedInviteDelete(invite) => {
                types::ChannelAdminLogEventActionExportedInviteDelete {
                    invite: self.invite(invite),
                }
                .into()
            }
            Happened::ExportedInviteRevoke(invite) => {
                types::ChannelAdminLogEventActionExportedInviteRevoke {
                    invite: self.invite(invite),
                }
                .into()
            }
            Happened::ExportedInviteEdit(turned) => {
                types::ChannelAdminLogEventActionExportedInviteEdit {
                    prev_invite: self.invite(&turned.before),
                    new_invite: self.invite(&turned.after),
                }
                .into()
            }
            _ => return None,
        })
    }

    /// Of what it is called and how it is set.
    fn of_channel(&self, what: &Happened) -> Action {
        match what {
            Happened::ChangeAbout(Turned { before, after }) => {
                types::ChannelAdminLogEventActionChangeAbout {
                    prev_value: before.clone(),
                    new_value: after.clone(),
                }
                .into()
            }
            Happened::ChangeUsername(Turned { before, after }) => {
                types::ChannelAdminLogEventActionChangeUsername {
                    prev_value: before.clone().unwrap_or_default(),
                    new_value: after.clone().unwrap_or_default(),
                }
                .into()
            }
            Happened::ChangePhoto(turned) => types::ChannelAdminLogEventActionChangePhoto {
                prev_photo: self.photo(turned.before),
                new_photo: self.photo(turned.after),
            }
            .into(),
            Happened::DefaultBannedRights(turned) => {
                types::ChannelAdminLogEventActionDefaultBannedRights {
                    prev_banned_rights: chats::banned_rights(&turned.before),
                    new_banned_rights: chats::banned_rights(&turned.after),
                }
                .into()
            }
            Happened::ChangeLinkedChat(turned) => {
                let value = |channel: Option<ChannelId>| channel.unwrap_or_default().0;
                types::ChannelAdminLogEventActionChangeLinkedChat {
                    prev_value: value(turned.before),
                    new_value: value(turned.after),
                }
                .into()
            }
            Happened::ChangeAvailableReactions(turned) => {
                types::ChannelAdminLogEventActionChangeAvailableReactions {
                    prev_value: participants::available_reactions(turned.before.as_deref()),
                    new_value: participants::available_reactions(turned.after.as_deref()),
                }
                .into()
            }
            other => plain(other),
        }
    }

    fn participant(&self, row: &Participant) -> enums::ChannelParticipant {
        channels_full::participant(self.channel, row, self.viewer.user)
    }

    fn invite(&self, invite: &Invite) -> enums::ExportedChatInvite {
        participants::invite(self.core, invite)
    }

    fn photo(&self, photo: Option<PhotoId>) -> enums::Photo {
        let context = FileContext { core: self.core, viewer: self.viewer.user, dc: self.viewer.dc };
        let found = photo.and_then(|photo| self.photos.get(&photo));
        let origin = FileOrigin::PeerPhoto(Peer::Channel(self.channel.id));
        let empty = types::PhotoEmpty { id: photo.unwrap_or_default().0 };
        found.map_or_else(|| empty.into(), |photo| media::photo(&context, photo, origin))
    }
}

/// Of a switch or a number.
fn plain(what: &Happened) -> Action {
    match what {
        Happened::ChangeTitle(turned) => types::ChannelAdminLogEventActionChangeTitle {
            prev_value: turned.before.clone(),
            new_value: turned.after.clone(),
        }
        .into(),
        Happened::ToggleSignatures(new_value) => {
            types::ChannelAdminLogEventActionToggleSignatures { new_value: *new_value }.into()
        }
        Happened::ToggleSignatureProfiles(new_value) => {
            types::ChannelAdminLogEventActionToggleSignatureProfiles { new_value: *new_value }
                .into()
        }
        Happened::TogglePreHistoryHidden(new_value) => {
            types::ChannelAdminLogEventActionTogglePreHistoryHidden { new_value: *new_value }.into()
        }
        Happened::ToggleNoForwards(new_value) => {
            types::ChannelAdminLogEventActionToggleNoForwards { new_value: *new_value }.into()
        }
        Happened::ToggleSlowMode(turned) => types::ChannelAdminLogEventActionToggleSlowMode {
            prev_value: turned.before,
            new_value: turned.after,
        }
        .into(),
        Happened::ChangeHistoryTtl(turned) => types::ChannelAdminLogEventActionChangeHistoryTTL {
            prev_value: turned.before,
            new_value: turned.after,
        }
        .into(),
        // Everything else has its place above.
        _ => types::ChannelAdminLogEventActionChangeTitle::default().into(),
    }
}

/// The kinds that a client asks for.
#[must_use]
pub fn kinds(filter: &enums::ChannelAdminLogEventsFilter) -> Vec<Kind> {
    let enums::ChannelAdminLogEventsFilter::ChannelAdminLogEventsFilter(filter) = filter;
    [
        (filter.join, Kind::Join),
        (filter.leave, Kind::Leave),
        (filter.invite, Kind::Invite),
        (filter.ban, Kind::Ban),
        (filter.unban, Kind::Unban),
        (filter.kick, Kind::Kick),
        (filter.unkick, Kind::Unkick),
        (filter.promote, Kind::Promote),
        (filter.demote, Kind::Demote),
        (filter.info, Kind::Info),
        (filter.settings, Kind::Settings),
        (filter.pinned, Kind::Pinned),
        (filter.edit, Kind::Edit),
        (filter.delete, Kind::Delete),
        (filter.invites, Kind::Invites),
    ]
    .into_iter()
    .filter_map(|(wanted, kind)| wanted.then_some(kind))
    .collect()
}
