//! What the admins of a channel are told of each other and of its people, for two days.
//!
//! An entry holds no more of a message than its number, author and date: what it says is read from the channel. Only an edit
//! keeps the text before and after it, until the message is deleted. Posts are not told: they stand in the channel itself, and
//! are not to cost more rows for it.

use serde::{Deserialize, Serialize};

use crate::channel::{Channel, Participant, ParticipantState};
use crate::chat::Invite;
use crate::message::Body;
use crate::rights::BannedRights;
use crate::{ChannelId, MessageId, PhotoId, UnixTime, UserId};

/// Seconds for which entries are kept, as the official server has it.
pub const KEPT_S: i64 = 48 * 3600;
/// Entries of one channel; older ones make room.
pub const ENTRIES: i64 = 20_000;
/// Entries of one channel from which on what anybody can cause is not written down: a storm of people, or one who edits
/// their message without end, must not wash away what admins did.
pub const ENTRIES_OF_ANYBODY: i64 = 10_000;
/// Pins told of one act: all of a long list are unpinned at once.
pub const NOTED_PINS: usize = 100;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Number in the channel's log, rising.
    pub id: i64,
    /// When.
    pub date: UnixTime,
    /// Who did it.
    pub actor: UserId,
    /// What.
    pub what: Happened,
}

/// A message that an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Which.
    pub id: MessageId,
    /// Who wrote it.
    pub sender: UserId,
    /// In whose name.
    pub send_as: Option<ChannelId>,
    /// When.
    pub date: UnixTime,
}

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "said by the type")]
pub struct Turned<T> {
    pub before: T,
    pub after: T,
}

/// What happened, in the order of `ChannelAdminLogEventAction`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as the protocol's constructors")]
pub enum Happened {
    ChangeTitle(Turned<String>),
    ChangeAbout(Turned<String>),
    ChangeUsername(Turned<Option<String>>),
    ChangePhoto(Turned<Option<PhotoId>>),
    ToggleSignatures(bool),
    ToggleSignatureProfiles(bool),
    UpdatePinned(About, bool),
    /// The texts are taken out when the message is deleted.
    EditMessage(About, Option<Box<Turned<Body>>>),
    DeleteMessage(About),
    StopPoll(About),
    ParticipantJoin,
    ParticipantLeave,
    ParticipantInvite(Box<Participant>),
    ParticipantToggleBan(Box<Turned<Participant>>),
    ParticipantToggleAdmin(Box<Turned<Participant>>),
    DefaultBannedRights(Turned<BannedRights>),
    TogglePreHistoryHidden(bool),
    ChangeLinkedChat(Turned<Option<ChannelId>>),
    ToggleSlowMode(Turned<i32>),
    ParticipantJoinByInvite(Invite),
    ExportedInviteDelete(Invite),
    ExportedInviteRevoke(Invite),
    ExportedInviteEdit(Box<Turned<Invite>>),
    /// The link is missing if they asked without one, or it is gone.
    ParticipantJoinByRequest(Option<Invite>, UserId),
    ToggleNoForwards(bool),
    ChangeHistoryTtl(Turned<i32>),
    ChangeAvailableReactions(Turned<Option<Vec<String>>>),
}

/// The kinds that `channelAdminLogEventsFilter` tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the protocol's flags")]
pub enum Kind {
    Join,
    Leave,
    Invite,
    Ban,
    Unban,
    Kick,
    Unkick,
    Promote,
    Demote,
    Info,
    Settings,
    Pinned,
    Edit,
    Delete,
    Invites,
}

impl Happened {
    /// By which filter it is found.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::ChangeTitle(_)
            | Self::ChangeAbout(_)
            | Self::ChangeUsername(_)
            | Self::ChangePhoto(_) => Kind::Info,
            Self::ToggleSignatures(_)
            | Self::ToggleSignatureProfiles(_)
            | Self::DefaultBannedRights(_)
            | Self::TogglePreHistoryHidden(_)
            | Self::ChangeLinkedChat(_)
            | Self::ToggleSlowMode(_)
            | Self::ToggleNoForwards(_)
            | Self::ChangeHistoryTtl(_)
            | Self::ChangeAvailableReactions(_) => Kind::Settings,
            Self::UpdatePinned(..) => Kind::Pinned,
            Self::EditMessage(..) | Self::StopPoll(_) => Kind::Edit,
            Self::DeleteMessage(_) => Kind::Delete,
            Self::ParticipantJoin
            | Self::ParticipantJoinByInvite(_)
            | Self::ParticipantJoinByRequest(..) => Kind::Join,
            Self::ParticipantLeave => Kind::Leave,
            Self::ParticipantInvite(_) => Kind::Invite,
            Self::ParticipantToggleBan(turned) => of_ban(turned),
            Self::ParticipantToggleAdmin(turned) => match turned.after.admin {
                Some(_) => Kind::Promote,
                None => Kind::Demote,
            },
            Self::ExportedInviteDelete(_)
            | Self::ExportedInviteRevoke(_)
            | Self::ExportedInviteEdit(_) => Kind::Invites,
        }
    }

    /// Whether `actor` needed no right for it: they came or went by themselves, or edited what they wrote.
    #[must_use]
    pub fn is_anybodys(&self, actor: UserId) -> bool {
        match self {
            Self::ParticipantJoin | Self::ParticipantJoinByInvite(_) | Self::ParticipantLeave => {
                true
            }
            Self::EditMessage(about, _) => about.sender == actor,
            _ => false,
        }
    }

    /// The message whose texts are kept.
    #[must_use]
    pub const fn texts_of(&self) -> Option<MessageId> {
        match self {
            Self::EditMessage(about, Some(_)) => Some(about.id),
            _ => None,
        }
    }

    /// What is left when that message is gone.
    pub fn forget_texts(&mut self) {
        if let Self::EditMessage(_, texts) = self {
            *texts = None;
        }
    }

    /// The message it is about.
    #[must_use]
    pub const fn about(&self) -> Option<About> {
        match self {
            Self::UpdatePinned(about, _)
            | Self::EditMessage(about, _)
            | Self::DeleteMessage(about)
            | Self::StopPoll(about) => Some(*about),
            _ => None,
        }
    }

    /// The person it happened to.
    #[must_use]
    pub fn subject(&self) -> Option<UserId> {
        match self {
            Self::ParticipantInvite(row) => Some(row.user),
            Self::ParticipantToggleBan(turned) | Self::ParticipantToggleAdmin(turned) => {
                Some(turned.after.user)
            }
            _ => None,
        }
    }

    /// The words in which it is searched, besides those of the message it is about and of people's names.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        match self {
            Self::ChangeTitle(turned) | Self::ChangeAbout(turned) => {
                vec![turned.before.as_str(), turned.after.as_str()]
            }
            Self::ChangeUsername(turned) => {
                [&turned.before, &turned.after].into_iter().flatten().map(String::as_str).collect()
            }
            Self::EditMessage(_, Some(texts)) => {
                vec![texts.before.text.as_str(), texts.after.text.as_str()]
            }
            Self::ParticipantJoinByInvite(invite)
            | Self::ExportedInviteDelete(invite)
            | Self::ExportedInviteRevoke(invite) => invite.title.as_deref().into_iter().collect(),
            Self::ExportedInviteEdit(turned) => turned.after.title.as_deref().into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// Shown out for good is a kick, restricted a ban.
fn of_ban(turned: &Turned<Participant>) -> Kind {
    let shut_out = |row: &Participant| row.banned.is_some_and(|rights| rights.view_messages);
    match (shut_out(&turned.before), shut_out(&turned.after)) {
        (false, true) => Kind::Kick,
        (true, _) => Kind::Unkick,
        _ if turned.after.banned.is_some() => Kind::Ban,
        _ => Kind::Unban,
    }
}

fn turned<T: Clone + PartialEq>(before: &T, after: &T) -> Option<Turned<T>> {
    (before != after).then(|| Turned { before: before.clone(), after: after.clone() })
}

/// What a change of a channel's description and settings is told as.
#[must_use]
pub fn of_change(before: &Channel, after: &Channel) -> Vec<Happened> {
    let switched = |was: bool, is: bool, what: fn(bool) -> Happened| (was != is).then(|| what(is));
    let ttl = |channel: &Channel| channel.ttl_period.unwrap_or_default();
    [
        turned(&before.title, &after.title).map(Happened::ChangeTitle),
        turned(&before.about, &after.about).map(Happened::ChangeAbout),
        turned(&before.username, &after.username).map(Happened::ChangeUsername),
        turned(&before.photo, &after.photo).map(Happened::ChangePhoto),
        switched(before.signatures, after.signatures, Happened::ToggleSignatures),
        switched(
            before.signature_profiles,
            after.signature_profiles,
            Happened::ToggleSignatureProfiles,
        ),
        turned(&before.default_banned, &after.default_banned).map(Happened::DefaultBannedRights),
        switched(
            before.prehistory_hidden,
            after.prehistory_hidden,
            Happened::TogglePreHistoryHidden,
        ),
        turned(&before.linked, &after.linked).map(Happened::ChangeLinkedChat),
        turned(&before.slow_mode_s, &after.slow_mode_s).map(Happened::ToggleSlowMode),
        switched(before.noforwards, after.noforwards, Happened::ToggleNoForwards),
        turned(&ttl(before), &ttl(after)).map(Happened::ChangeHistoryTtl),
        turned(&before.reactions, &after.reactions).map(Happened::ChangeAvailableReactions),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What the change of somebody's standing by an admin is told as.
#[must_use]
pub fn of_standing(before: Option<&Participant>, after: &Participant) -> Option<Happened> {
    let was = before.cloned().unwrap_or_else(|| Participant {
        user: after.user,
        state: ParticipantState::Left,
        ..Participant::default()
    });
    let both = |before| Box::new(Turned { before, after: after.clone() });
    // Who is restricted is an admin no more, which goes without saying.
    if was.banned != after.banned && after.banned.is_some() {
        return Some(Happened::ParticipantToggleBan(both(was)));
    }
    if (was.admin, &was.rank) != (after.admin, &after.rank) {
        return Some(Happened::ParticipantToggleAdmin(both(was)));
    }
    if was.banned != after.banned || was.state != after.state {
        return Some(Happened::ParticipantToggleBan(both(was)));
    }
    None
}

/// Who is told as the doer when `actor` brings somebody in, and as what: those who asked come by themselves.
#[must_use]
pub fn of_bringing(
    actor: UserId,
    row: Participant,
    request: Option<&Option<Invite>>,
) -> (UserId, Happened) {
    match request {
        Some(invite) => (row.user, Happened::ParticipantJoinByRequest(invite.clone(), actor)),
        None => (actor, Happened::ParticipantInvite(Box::new(row))),
    }
}

/// What a change of an invite link is told as; making one is not told.
#[must_use]
pub fn of_invite(before: &Invite, after: &Invite) -> Option<Happened> {
    if after.revoked && !before.revoked {
        return Some(Happened::ExportedInviteRevoke(after.clone()));
    }
    let turned = turned(before, after)?;
    Some(Happened::ExportedInviteEdit(Box::new(turned)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_change_is_not_told() {
        let channel = Channel { title: "News".to_owned(), ..Channel::default() };
        assert_eq!(of_change(&channel, &channel), []);
        let quiet = Channel { noforwards: true, slow_mode_s: 30, ..channel.clone() };
        let told = of_change(&channel, &quiet);
        let slow = Turned { before: 0, after: 30 };
        assert_eq!(told, [Happened::ToggleSlowMode(slow), Happened::ToggleNoForwards(true)]);
        assert!(told.iter().all(|one| one.kind() == Kind::Settings));
    }

    #[test]
    fn anybody_may_come_and_edit_what_they_wrote() {
        let about = About { id: MessageId(1), sender: UserId(7), send_as: None, date: UnixTime(1) };
        let edit = Happened::EditMessage(about, None);
        assert!(edit.is_anybodys(UserId(7)) && !edit.is_anybodys(UserId(8)));
        assert!(Happened::ParticipantJoin.is_anybodys(UserId(8)));
        assert!(!Happened::ToggleNoForwards(true).is_anybodys(UserId(8)));
    }

    #[test]
    fn bans_and_kicks_are_told_apart() {
        let row = |banned| Participant { banned, ..Participant::default() };
        let mute = BannedRights { send_messages: true, ..BannedRights::default() };
        let out = BannedRights { view_messages: true, ..BannedRights::default() };
        let kind =
            |before, after| of_standing(Some(&row(before)), &row(after)).map(|told| told.kind());
        assert_eq!(kind(None, Some(mute)), Some(Kind::Ban));
        assert_eq!(kind(Some(mute), None), Some(Kind::Unban));
        assert_eq!(kind(None, Some(out)), Some(Kind::Kick));
        assert_eq!(kind(Some(out), None), Some(Kind::Unkick));
        assert_eq!(kind(Some(out), Some(out)), None);
    }

    #[test]
    fn who_had_nothing_to_do_with_it_was_not_in_it() {
        let out = BannedRights { view_messages: true, ..BannedRights::default() };
        let state = ParticipantState::Kicked;
        let after = Participant { state, banned: Some(out), ..Participant::default() };
        let Some(Happened::ParticipantToggleBan(told)) = of_standing(None, &after) else {
            panic!("a ban")
        };
        assert_eq!((told.before.state, told.after.state), (ParticipantState::Left, state));
        let free = Participant { state: ParticipantState::Left, ..Participant::default() };
        assert_eq!(of_standing(None, &free), None);
    }

    #[test]
    fn texts_go_with_their_message() {
        let about = About { id: MessageId(7), sender: UserId(1), send_as: None, date: UnixTime(9) };
        let texts = Turned { before: Body::default(), after: Body::default() };
        let mut told = Happened::EditMessage(about, Some(Box::new(texts)));
        assert_eq!(told.texts_of(), Some(MessageId(7)));
        told.forget_texts();
        assert_eq!((told.texts_of(), told.about()), (None, Some(about)));
    }
}
