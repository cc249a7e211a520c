//! Whom an answer speaks of, as its reader may see them: the one place where privacy is applied to people.

use std::collections::{BTreeMap, BTreeSet};

use model::account::{Contact, Phone, PrivacyKey, PrivacyRule, User, privacy_allows};
use model::channel::{Channel, Participant, ParticipantState, Replies};
use model::chat::Chat;
use model::event::AccountEvent;
use model::ids::SERVICE_USER;
use model::media::{Media, Photo};
use model::message::{Action, EntityKind, Message};
use model::reaction::Reaction;
use model::{ChannelId, ChatId, Peer, PhotoId, UnixTime, UserId};

use crate::access::HashKind;
use crate::privacy::{self, Circle};
use crate::{Core, Result};

/// The peers that an answer names, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerSet {
    users: BTreeSet<UserId>,
    chats: BTreeSet<ChatId>,
    channels: BTreeSet<ChannelId>,
}

impl PeerSet {
    /// Adds a peer.
    pub fn add_peer(&mut self, peer: Peer) {
        match peer {
            Peer::User(user) => self.add_user(user),
            Peer::Chat(chat) => {
                self.chats.insert(chat);
            }
            Peer::Channel(channel) => {
                self.channels.insert(channel);
            }
        }
    }

    /// Adds a person. Id 0 (nobody) is passed over.
    pub fn add_user(&mut self, user: UserId) {
        if user.0 != 0 {
            self.users.insert(user);
        }
    }

    /// Adds the discussion group of a counter, and who replied last.
    pub fn add_replies(&mut self, replies: &Replies) {
        replies.comments_in.into_iter().for_each(|group| self.add_peer(Peer::Channel(group)));
        replies.recent.iter().for_each(|peer| self.add_peer_or_nobody(*peer));
    }

    fn add_peer_or_nobody(&mut self, peer: Peer) {
        match peer {
            Peer::User(user) => self.add_user(user),
            other => self.add_peer(other),
        }
    }

    /// Those in whose name reactions were given.
    pub fn add_givers(&mut self, given: &[Reaction]) {
        given.iter().for_each(|reaction| self.add_peer(reaction.by()));
    }

    /// Adds people.
    pub fn add_users(&mut self, users: impl IntoIterator<Item = UserId>) {
        for user in users {
            self.add_user(user);
        }
    }

    /// Adds everyone that a message shows.
    pub fn add_message(&mut self, message: &Message) {
        self.add_peer(message.peer);
        let body = &message.body;
        // A post speaks as its channel: who published it stays hidden, unless the channel shows its authors.
        if !message.post || body.author_shown {
            self.add_peer_or_nobody(body.author(message.from));
        }
        if let Some(replies) = &message.replies {
            self.add_replies(replies);
        }
        if let Some(forward) = &body.forward {
            forward.from.into_iter().for_each(|peer| self.add_peer(peer));
            forward.saved_from.into_iter().for_each(|(peer, _)| self.add_peer(peer));
        }
        if let Some(peer) = body.reply.as_ref().and_then(|reply| reply.from_peer) {
            self.add_peer(peer);
        }
        let quoted = body
            .reply
            .iter()
            .filter_map(|reply| reply.quote.as_ref())
            .flat_map(|quote| &quote.entities);
        for entity in body.entities.iter().chain(quoted) {
            if let EntityKind::MentionName { user } = entity.kind {
                self.add_user(user);
            }
        }
        if let Some(action) = &body.action {
            self.add_action(action);
        }
        if let Some(Media::Contact { user: Some(user), .. }) = body.media {
            self.add_user(user);
        }
        self.add_givers(&message.reactions.recent);
    }

    fn add_action(&mut self, action: &Action) {
        match action {
            Action::ChatCreate { users, .. } | Action::ChatAddUser { users } => {
                self.add_users(users.iter().copied());
            }
            Action::ChatDeleteUser { user } => self.add_user(*user),
            Action::ChatJoinedByLink { inviter } => self.add_user(*inviter),
            Action::ChatMigrateTo { channel } => self.add_peer(Peer::Channel(*channel)),
            Action::ChannelMigrateFrom { chat, .. } => self.add_peer(Peer::Chat(*chat)),
            _ => {}
        }
    }

    /// Adds everyone that an account event names.
    pub fn add_event(&mut self, event: &AccountEvent) {
        match event {
            AccountEvent::DraftMessage { peer, .. }
            | AccountEvent::DialogPinned { peer, .. }
            | AccountEvent::DialogUnreadMark { peer, .. }
            | AccountEvent::PeerSettings { peer }
            | AccountEvent::ChatDefaultBannedRights { peer }
            | AccountEvent::MessageReactions { peer, .. }
            | AccountEvent::PeerHistoryTtl { peer, .. }
            | AccountEvent::NewScheduledMessage { peer, .. }
            | AccountEvent::DeleteScheduledMessages { peer, .. }
            | AccountEvent::PendingJoinRequests { peer } => self.add_peer(*peer),
            AccountEvent::PinnedDialogs { order } => {
                order.iter().for_each(|peer| self.add_peer(*peer));
            }
            AccountEvent::FolderPeers { peers } => {
                peers.iter().for_each(|(peer, _)| self.add_peer(*peer));
            }
            AccountEvent::NotifySettings {
                scope: model::account::NotifyScope::Peer(peer), ..
            } => self.add_peer(*peer),
            AccountEvent::PeerBlocked { user, .. }
            | AccountEvent::User { user }
            | AccountEvent::UserName { user } => self.add_user(*user),
            AccountEvent::Channel { channel }
            | AccountEvent::ReadChannelInbox { channel, .. }
            | AccountEvent::ReadChannelOutbox { channel, .. }
            | AccountEvent::ChannelCleared { channel, .. }
            | AccountEvent::ReadDiscussionInbox { group: channel, .. }
            | AccountEvent::ReadDiscussionOutbox { group: channel, .. }
            | AccountEvent::ChannelReadMessagesContents { channel, .. } => {
                self.add_peer(Peer::Channel(*channel));
            }
            AccountEvent::ChatParticipants { chat } => self.add_peer(Peer::Chat(*chat)),
            AccountEvent::MessagePollVote { voter, .. } => self.add_user(*voter),
            AccountEvent::NotifySettings { .. }
            | AccountEvent::ContactsReset
            | AccountEvent::Privacy { .. }
            | AccountEvent::NewAuthorization { .. }
            | AccountEvent::MessagePoll { .. }
            | AccountEvent::ServiceNotification { .. } => {}
        }
    }

    /// Whether it names this peer.
    #[must_use]
    pub fn contains(&self, peer: Peer) -> bool {
        match peer {
            Peer::User(user) => self.users.contains(&user),
            Peer::Chat(chat) => self.chats.contains(&chat),
            Peer::Channel(channel) => self.channels.contains(&channel),
        }
    }
}

impl FromIterator<Peer> for PeerSet {
    fn from_iter<T: IntoIterator<Item = Peer>>(peers: T) -> Self {
        let mut set = Self::default();
        peers.into_iter().for_each(|peer| set.add_peer(peer));
        set
    }
}

/// When somebody was last seen, as far as the viewer may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "named as the protocol's UserStatus; `by_me`: hidden because the viewer hides theirs"
)]
pub enum StatusView {
    Empty,
    Online { expires: UnixTime },
    Offline { was: UnixTime },
    Recently { by_me: bool },
    LastWeek { by_me: bool },
    LastMonth { by_me: bool },
}

impl StatusView {
    /// Whether the viewer may know it to the second.
    #[must_use]
    pub const fn is_exact(self) -> bool {
        matches!(self, Self::Online { .. } | Self::Offline { .. })
    }
}

/// A person as the viewer sees them.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of user")]
pub struct UserView {
    /// The account; show [`UserView::names`] and [`UserView::phone`] instead of its own.
    pub user: User,
    /// For the viewer.
    pub access_hash: i64,
    /// The viewer's address book entry.
    pub contact: Option<Contact>,
    /// Both have each other in their books.
    pub mutual: bool,
    /// If it may be seen.
    pub phone: Option<Phone>,
    /// As far as it may be seen.
    pub status: StatusView,
    /// If it may be seen.
    pub photo: Option<Photo>,
    /// If it may be seen; empty otherwise.
    pub about: String,
    /// The viewer.
    pub is_self: bool,
    /// Blocked the viewer: status and photo are hidden.
    pub blocked_viewer: bool,
    /// May be added to groups by the viewer.
    pub invitable: bool,
    /// May be named as the author of forwards that the viewer sees.
    pub forwards_linked: bool,
    /// Takes voice and round video messages from the viewer.
    pub voice_allowed: bool,
}

impl UserView {
    /// First and last name: those of the viewer's address book, else the account's own.
    #[must_use]
    pub fn names(&self) -> (&str, &str) {
        match &self.contact {
            Some(contact) if !contact.first_name.is_empty() && !self.user.deleted => {
                (&contact.first_name, &contact.last_name)
            }
            _ => (&self.user.first_name, &self.user.last_name),
        }
    }
}

/// A basic group as the viewer sees it.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of chat")]
pub struct ChatView {
    /// The group.
    pub chat: Chat,
    /// Its photo.
    pub photo: Option<Photo>,
    /// The viewer is not in it.
    pub left: bool,
    /// The viewer may manage it.
    pub admin: bool,
    /// The viewer made it.
    pub creator: bool,
    /// The viewer is or was in it, or in the supergroup it became. Groups have no access hash, so strangers who name one by its
    /// number must not learn even its title.
    pub met: bool,
    /// For `migrated_to`: the supergroup's access hash for the viewer.
    pub migrated_hash: i64,
}

/// A channel as the viewer sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelView {
    /// The channel.
    pub channel: Channel,
    /// For the viewer.
    pub access_hash: i64,
    /// The viewer's relation to it.
    pub participant: Option<Participant>,
    /// Its photo.
    pub photo: Option<Photo>,
    /// Deleted, private to the viewer, or the viewer is banned: nothing but the title is shown.
    pub forbidden: bool,
}

/// A channel on the way to a view: it, the viewer's relation to it, and whether they are a guest there.
type Met = (Channel, Option<Participant>, bool);

impl ChannelView {
    /// Whether the viewer is in it.
    #[must_use]
    pub fn is_member(&self) -> bool {
        self.participant
            .as_ref()
            .is_some_and(|participant| participant.state == ParticipantState::Member)
    }
}

/// Everyone of a [`PeerSet`] that exists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Related {
    /// People.
    pub users: Vec<UserView>,
    /// Basic groups.
    pub chats: Vec<ChatView>,
    /// Channels.
    pub channels: Vec<ChannelView>,
}

/// Looks everyone up as `viewer` sees them.
///
/// # Errors
/// Those of the store.
pub async fn related(core: &Core, viewer: UserId, peers: &PeerSet) -> Result<Related> {
    let users = load_users(core, viewer, &peers.users).await?;
    let chats = load_chats(core, viewer, &peers.chats).await?;
    let channels = load_channels(core, viewer, &peers.channels).await?;

    let wanted = users.iter().filter_map(UserDraft::photo_id);
    let wanted = wanted.chain(chats.iter().filter_map(|(chat, met)| chat.photo.filter(|_| *met)));
    let wanted: Vec<PhotoId> =
        wanted.chain(channels.iter().filter_map(|(channel, ..)| channel.photo)).collect();
    let photos = load_photos(core, &wanted).await?;

    let photo_of = |id: Option<PhotoId>| id.and_then(|id| photos.get(&id).cloned());
    let users = users.into_iter().map(|draft| {
        let photo = photo_of(draft.photo_id());
        draft.finish(photo)
    });
    let chats = chats.into_iter().map(|(chat, met)| {
        let photo = photo_of(chat.photo).filter(|_| met);
        chat_view(core, viewer, photo, chat, met)
    });
    let channels = channels.into_iter().map(|(channel, participant, guest)| {
        let photo = photo_of(channel.photo);
        channel_view(core, viewer, (channel, participant, guest), photo)
    });
    Ok(Related { users: users.collect(), chats: chats.collect(), channels: channels.collect() })
}

/// One person.
///
/// # Errors
/// [`crate::Error::UserInvalid`] if there is none.
pub async fn user(core: &Core, viewer: UserId, user: UserId) -> Result<UserView> {
    let related = related(core, viewer, &PeerSet::from_iter([Peer::User(user)])).await?;
    related.users.into_iter().next().ok_or(crate::Error::UserInvalid)
}

/// Several people, in the order asked; unknown ones are left out.
///
/// # Errors
/// Those of the store.
pub async fn users(core: &Core, viewer: UserId, ids: &[UserId]) -> Result<Vec<UserView>> {
    let set = ids.iter().copied().map(Peer::User).collect();
    let found = related(core, viewer, &set).await?.users;
    let mut by_id: BTreeMap<UserId, UserView> =
        found.into_iter().map(|view| (view.user.id, view)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// Whether `viewer` can read, in message `id` of chat `peer`, something of `target`: the proof that the `...FromMessage`
/// forms of the protocol offer in place of an access hash.
///
/// # Errors
/// Those of the store.
pub async fn is_met_in_message(
    core: &Core,
    viewer: UserId,
    peer: Peer,
    id: model::MessageId,
    target: Peer,
) -> Result<bool> {
    let messages = match peer {
        Peer::Channel(channel) => {
            let found = load_channels(core, viewer, &BTreeSet::from([channel])).await?;
            let visible = found.iter().any(|(channel, participant, guest)| {
                channel.check_view_as(participant.as_ref(), *guest, core.now()).is_ok()
            });
            if !visible {
                return Ok(false);
            }
            core.stores.channels.posts(channel, viewer, &[id]).await?
        }
        Peer::User(_) | Peer::Chat(_) => core.stores.boxes.messages(viewer, &[id]).await?,
    };
    let mut set = PeerSet::default();
    messages
        .iter()
        .filter(|message| message.peer == peer)
        .for_each(|message| set.add_message(message));
    Ok(set.contains(target))
}

/// A person on the way to a view: the photo is fetched for all at once.
struct UserDraft {
    user: User,
    access_hash: i64,
    contact: Option<Contact>,
    circle: Circle,
    status: StatusView,
}

impl UserDraft {
    fn photo_id(&self) -> Option<PhotoId> {
        self.user.photo.filter(|_| self.circle.allows(PrivacyKey::ProfilePhoto))
    }

    fn finish(self, photo: Option<Photo>) -> UserView {
        let Self { user, access_hash, contact, circle, status } = self;
        let known = contact.as_ref().and_then(|contact| contact.phone.clone());
        let phone = if circle.allows(PrivacyKey::PhoneNumber) { user.phone.clone() } else { known };
        UserView {
            access_hash,
            mutual: contact.as_ref().is_some_and(|contact| contact.mutual),
            phone: phone.filter(|_| !user.deleted),
            status,
            photo,
            about: if circle.allows(PrivacyKey::About) {
                user.about.clone()
            } else {
                String::new()
            },
            is_self: circle.is_self,
            blocked_viewer: circle.blocked,
            invitable: circle.allows(PrivacyKey::ChatInvite) && !circle.blocked,
            forwards_linked: circle.allows(PrivacyKey::Forwards),
            voice_allowed: circle.allows(PrivacyKey::VoiceMessages),
            contact,
            user,
        }
    }
}

async fn load_users(core: &Core, viewer: UserId, ids: &BTreeSet<UserId>) -> Result<Vec<UserDraft>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<UserId> = ids.iter().copied().collect();
    let users = core.stores.accounts.users(&ids).await?;
    let others: Vec<UserId> =
        ids.iter().copied().filter(|id| *id != viewer && *id != SERVICE_USER).collect();
    let circles = privacy::circles(core, viewer, &others).await?;
    let contacts = core.stores.contacts.contacts_among(viewer, &ids).await?;
    let mut contacts: BTreeMap<UserId, Contact> =
        contacts.into_iter().map(|contact| (contact.user, contact)).collect();
    let own_rules = core.stores.accounts.privacy(viewer, PrivacyKey::StatusTimestamp).await?;
    let rules = own_rules.as_deref();
    let shared = privacy::named_chats_of(core, rules.unwrap_or_default(), &others).await?;
    let drafts = users.into_iter().map(|user| {
        let contact = contacts.remove(&user.id).filter(|_| user.id != viewer);
        let mut circle = circles.get(&user.id).cloned().unwrap_or_default();
        circle.is_self = user.id == viewer;
        let hides_own = hides_status(rules, user.id, contact.is_some(), shared.get(&user.id));
        let status = status(core, &user, &circle, hides_own);
        UserDraft {
            access_hash: core.access.hash(viewer, HashKind::User, user.id.0),
            user,
            contact,
            circle,
            status,
        }
    });
    Ok(drafts.collect())
}

/// Whether the viewer's own rules hide their status from `other`; then the other's is approximate too.
fn hides_status(
    rules: Option<&[PrivacyRule]>,
    other: UserId,
    is_contact: bool,
    shared: Option<&BTreeSet<i64>>,
) -> bool {
    let is_in = |chat| shared.is_some_and(|chats| chats.contains(&chat));
    rules.is_some_and(|rules| !privacy_allows(rules, other, is_contact, &is_in))
}

fn status(core: &Core, user: &User, circle: &Circle, hides_own: bool) -> StatusView {
    if user.deleted || user.id == SERVICE_USER {
        return StatusView::Empty;
    }
    let now = core.now();
    let online = crate::presence::online_until(core, user.id);
    let last_seen = user.last_seen;
    let by_me = hides_own && !circle.is_self;
    let visible = circle.allows(PrivacyKey::StatusTimestamp);
    if circle.blocked && !circle.is_self {
        return StatusView::Empty;
    }
    if visible && !by_me {
        return match online {
            Some(expires) => StatusView::Online { expires },
            None if last_seen.0 > 0 => StatusView::Offline { was: last_seen },
            None => StatusView::Empty,
        };
    }
    // Their own rules hide it first; `by_me` tells the viewer that lifting their own would help.
    let by_me = by_me && visible;
    let seen = if online.is_some() { now } else { last_seen };
    match now.0.saturating_sub(seen.0) / (24 * 3600) {
        ..3 => StatusView::Recently { by_me },
        3..7 => StatusView::LastWeek { by_me },
        7..30 => StatusView::LastMonth { by_me },
        _ => StatusView::Empty,
    }
}

/// Groups, and whether the viewer met each.
async fn load_chats(
    core: &Core,
    viewer: UserId,
    ids: &BTreeSet<ChatId>,
) -> Result<Vec<(Chat, bool)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ChatId> = ids.iter().copied().collect();
    let mut found = Vec::with_capacity(ids.len());
    for chat in core.stores.chats.chats(&ids).await? {
        let met = crate::chats::is_met(core, viewer, &chat).await?;
        found.push((chat, met));
    }
    Ok(found)
}

async fn load_channels(core: &Core, viewer: UserId, ids: &BTreeSet<ChannelId>) -> Result<Vec<Met>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ChannelId> = ids.iter().copied().collect();
    let channels = core.stores.channels.channels(&ids).await?;
    let relations = core.stores.channels.participations(viewer, &ids).await?;
    let mut relations: BTreeMap<ChannelId, Participant> = relations.into_iter().collect();
    let mut met = Vec::with_capacity(channels.len());
    for channel in channels {
        let participant = relations.remove(&channel.id);
        let guest = crate::channels::is_guest(core, viewer, &channel, participant.as_ref()).await?;
        met.push((channel, participant, guest));
    }
    Ok(met)
}

async fn load_photos(core: &Core, ids: &[PhotoId]) -> Result<BTreeMap<PhotoId, Photo>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let photos = core.stores.media.photos(ids).await?;
    Ok(photos.into_iter().map(|photo| (photo.id, photo)).collect())
}

fn chat_view(core: &Core, viewer: UserId, photo: Option<Photo>, chat: Chat, met: bool) -> ChatView {
    let migrated_hash = chat
        .migrated_to
        .map_or(0, |channel| core.access.hash(viewer, HashKind::Channel, channel.0));
    ChatView {
        photo,
        left: chat.member(viewer).is_none(),
        admin: chat.is_admin(viewer),
        creator: chat.creator == viewer,
        met,
        migrated_hash,
        chat,
    }
}

/// A channel that was fetched already, as `viewer` sees it.
#[must_use]
pub fn channel_view(
    core: &Core,
    viewer: UserId,
    (channel, participant, guest): Met,
    photo: Option<Photo>,
) -> ChannelView {
    let forbidden = channel.check_view_as(participant.as_ref(), guest, core.now()).is_err();
    ChannelView {
        access_hash: core.access.hash(viewer, HashKind::Channel, channel.id.0),
        participant,
        photo: photo.filter(|_| !forbidden),
        forbidden,
        channel,
    }
}
