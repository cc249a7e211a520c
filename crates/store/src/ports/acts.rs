//! Acts that a service message tells of. The act and its message are one transaction: neither is ever there without the other.

use std::collections::BTreeSet;

use model::channel::{Channel, named_by};
use model::chat::Chat;
use model::event::{AccountEntry, AccountEvent};
use model::message::{Action, Body};
use model::rights::BannedRights;
use model::{ChannelId, MessageId, Peer, PhotoId, UnixTime, UserId};

use super::boxes::{BoxPeer, NewBoxMessage, Sent};
use super::channels::{AdminGrant, ChannelChange, NewChannelMessage, Posted};
use super::chats::ChatChange;

/// What somebody does in a basic group. Each follows the rules of the method of the same sense in
/// [`ChatStore`](super::ChatStore).
#[derive(Clone, Debug)]
pub enum ChatAct {
    /// Gives it another title.
    Title(String),
    /// Gives it another photo, or none.
    Photo(Option<PhotoId>),
    /// Sets the timer of new messages.
    Timer(Option<i32>),
    /// Adds a member.
    Add(UserId),
    /// Removes a member, or leaves. The one removed gets the message too.
    Remove(UserId),
    /// Joins by a link's secret word.
    Join(String),
    /// Lets somebody in who asked; the request is taken, and the message is theirs. For somebody who came by another way
    /// meanwhile only the request is taken.
    Admit(UserId),
}

impl ChatAct {
    /// The message that tells of it, and whose it is. `inviter` made the link of somebody who came by one.
    #[must_use]
    pub fn told(&self, actor: UserId, inviter: UserId) -> (UserId, Action) {
        match self {
            Self::Join(_) => (actor, Action::ChatJoinedByLink { inviter }),
            Self::Title(title) => (actor, Action::ChatEditTitle { title: title.clone() }),
            Self::Photo(photo) => (actor, photo_action(*photo)),
            Self::Timer(period) => (actor, timer_action(*period)),
            Self::Add(user) => (actor, Action::ChatAddUser { users: vec![*user] }),
            Self::Remove(user) => (actor, Action::ChatDeleteUser { user: *user }),
            Self::Admit(user) => (*user, Action::ChatJoinedByRequest),
        }
    }

    /// The change of the description that it makes, if it is one.
    #[must_use]
    pub fn change(&self) -> Option<ChatChange> {
        match self {
            Self::Title(title) => {
                Some(ChatChange { title: Some(title.clone()), ..ChatChange::default() })
            }
            Self::Photo(photo) => Some(ChatChange { photo: Some(*photo), ..ChatChange::default() }),
            Self::Timer(period) => {
                Some(ChatChange { ttl_period: Some(*period), ..ChatChange::default() })
            }
            Self::Add(_) | Self::Remove(_) | Self::Join(_) | Self::Admit(_) => None,
        }
    }
}

/// What somebody does in a channel. Each follows the rules of the method of the same sense in
/// [`ChannelStore`](super::ChannelStore). Of people who come and go, only a supergroup's log tells.
#[derive(Clone, Debug)]
pub enum ChannelAct {
    /// Gives it another title.
    Title(String),
    /// Gives it another photo, or none.
    Photo(Option<PhotoId>),
    /// Sets the timer of new messages.
    Timer(Option<i32>),
    /// Joins, by a link's secret word or without one.
    Join(Option<String>),
    /// Adds people.
    Invite(Vec<UserId>),
    /// Lets somebody in who asked; the request is taken, and the message is theirs.
    Admit(UserId),
    /// Leaves.
    Leave,
    /// Gives or takes admin rights.
    Promote(AdminGrant),
    /// Restricts, removes or frees somebody, or a channel under `model::channel::row_of` it.
    Restrict(UserId, BannedRights),
    /// Makes a member the owner in the actor's place.
    HandOver(UserId),
}

/// An act in a channel that is about its people, as a store found it to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Who is a member now and was not.
    pub came: Vec<UserId>,
    /// Who is no member any more.
    pub gone: Vec<UserId>,
    /// The admin of the link by which they came.
    pub inviter: Option<UserId>,
}

impl Moved {
    /// Who came, and who went.
    pub fn everyone(&self) -> impl Iterator<Item = UserId> + '_ {
        self.came.iter().chain(&self.gone).copied()
    }
}

impl ChannelAct {
    /// The change of the description that it makes, if it is one.
    #[must_use]
    pub fn change(&self) -> Option<ChannelChange> {
        match self {
            Self::Title(title) => {
                Some(ChannelChange { title: Some(title.clone()), ..ChannelChange::default() })
            }
            Self::Photo(photo) => {
                Some(ChannelChange { photo: Some(*photo), ..ChannelChange::default() })
            }
            Self::Timer(period) => {
                Some(ChannelChange { ttl_period: Some(*period), ..ChannelChange::default() })
            }
            _ => None,
        }
    }

    /// The message that tells of it, and whose it is; none if there is nothing to tell in this kind of channel.
    #[must_use]
    pub fn told(
        &self,
        channel: &Channel,
        actor: UserId,
        moved: &Moved,
    ) -> Option<(UserId, Action)> {
        match self {
            Self::Title(title) => {
                return Some((actor, Action::ChatEditTitle { title: title.clone() }));
            }
            Self::Photo(photo) => return Some((actor, photo_action(*photo))),
            Self::Timer(period) => return Some((actor, timer_action(*period))),
            _ if channel.broadcast => return None,
            Self::HandOver(owner) => return Some((actor, Action::ChangeCreator { owner: *owner })),
            _ => {}
        }
        if let Some(user) = moved.gone.first() {
            return Some((actor, Action::ChatDeleteUser { user: *user }));
        }
        let first = *moved.came.first()?;
        Some(match (self, moved.inviter) {
            (Self::Admit(_), _) => (first, Action::ChatJoinedByRequest),
            (Self::Join(_), Some(inviter)) => (actor, Action::ChatJoinedByLink { inviter }),
            _ => (actor, Action::ChatAddUser { users: moved.came.clone() }),
        })
    }
}

/// What begins a group: its title and its people, the creator first.
#[must_use]
pub fn chat_created(chat: &Chat) -> Action {
    let users = chat.members.iter().map(|member| member.user).collect();
    Action::ChatCreate { title: chat.title.clone(), users }
}

fn timer_action(period_s: Option<i32>) -> Action {
    Action::SetMessagesTtl { period_s: period_s.unwrap_or(0), by_default_of: None }
}

fn photo_action(photo: Option<PhotoId>) -> Action {
    photo.map_or(Action::ChatDeletePhoto, |photo| Action::ChatEditPhoto { photo })
}

/// The members of a group hear that the list changed, and who was removed.
#[must_use]
pub fn members_changed(chat: &Chat, removed: Option<UserId>) -> Vec<(UserId, AccountEvent)> {
    let people = chat.members.iter().map(|member| member.user).chain(removed);
    people.map(|user| (user, AccountEvent::ChatParticipants { chat: chat.id })).collect()
}

/// Whose relation to a channel an act changed: those who came and went, whom it was about, and the devices of who did it.
#[must_use]
pub fn standing_changed(
    channel: ChannelId,
    actor: UserId,
    act: Option<&ChannelAct>,
    moved: &Moved,
) -> Vec<(UserId, AccountEvent)> {
    let about = match act {
        Some(ChannelAct::Promote(grant)) => vec![grant.user, actor],
        Some(ChannelAct::Restrict(user, _) | ChannelAct::HandOver(user)) => vec![*user, actor],
        Some(ChannelAct::Title(_) | ChannelAct::Photo(_)) | None => vec![actor],
        Some(_) => Vec::new(),
    };
    let people: BTreeSet<_> = about.into_iter().chain(moved.everyone()).collect();
    // A channel that was banned has no devices.
    let people = people.into_iter().filter(|user| named_by(*user).is_none());
    people.map(|user| (user, AccountEvent::Channel { channel })).collect()
}

/// Those who may let somebody in hear that somebody waits.
#[must_use]
pub fn request_kept(
    peer: Peer,
    approvers: impl IntoIterator<Item = UserId>,
) -> Vec<(UserId, AccountEvent)> {
    let approvers: BTreeSet<_> = approvers.into_iter().collect();
    approvers.into_iter().map(|user| (user, AccountEvent::PendingJoinRequests { peer })).collect()
}

/// A group after an act, and the service message.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatTold {
    /// The group.
    pub chat: Chat,
    /// The message in each box, that of its sender first; none if there was nothing to tell.
    pub sent: Option<Sent>,
    /// Joining needs approval: only the request was kept, and those who may approve were told.
    pub requested: bool,
    /// What was recorded for each account beside it.
    pub events: Vec<(UserId, AccountEntry)>,
}

/// A channel after an act, and the service message, where its log has one.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelTold {
    /// The channel, with the position after the message.
    pub channel: Channel,
    /// Who came and went.
    pub moved: Moved,
    /// The message.
    pub posted: Option<Posted>,
    /// Joining needs approval: only the request was kept, and those who may approve were told.
    pub requested: bool,
    /// What was recorded for each account beside it.
    pub events: Vec<(UserId, AccountEntry)>,
}

/// A pin that others see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldPin {
    /// Which message.
    pub id: MessageId,
    /// Without sound.
    pub silent: bool,
    /// When.
    pub at: UnixTime,
}

impl ToldPin {
    /// The body of the message that tells of it.
    #[must_use]
    pub fn body(self) -> Body {
        Body { action: Some(Action::PinMessage), silent: self.silent, ..Body::default() }
    }
}

/// The service message of an act in a box.
#[must_use]
pub fn box_message(
    peer: BoxPeer,
    (sender, action): (UserId, Action),
    date: UnixTime,
) -> NewBoxMessage {
    NewBoxMessage {
        sender,
        peer,
        random_id: None,
        date,
        body: Body { action: Some(action), ..Body::default() },
        reply_to: None,
        mentions: Vec::new(),
        clear_draft: false,
    }
}

/// The service message of an act in a log.
#[must_use]
pub fn log_message(
    channel: ChannelId,
    (sender, action): (UserId, Action),
    date: UnixTime,
) -> NewChannelMessage {
    NewChannelMessage {
        sender,
        channel,
        random_id: None,
        date,
        clock: date,
        body: Body { action: Some(action), ..Body::default() },
        reply_to: None,
        mentions: Vec::new(),
        clear_draft: false,
    }
}
