//! Whom an answer names.

use std::collections::BTreeSet;

use model::account::NotifyScope;
use model::channel::Replies;
use model::event::AccountEvent;
use model::media::Media;
use model::message::{Action, EntityKind, Message};
use model::reaction::Reaction;
use model::{ChannelId, ChatId, Peer, UserId};

/// The peers that an answer names, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerSet {
    pub(super) users: BTreeSet<UserId>,
    pub(super) chats: BTreeSet<ChatId>,
    pub(super) channels: BTreeSet<ChannelId>,
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
        replies.recent.iter().for_each(|peer| self.add_peer(*peer));
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

    /// Adds peers, as [`Self::add_peer`] does.
    pub fn add_peers(&mut self, peers: impl IntoIterator<Item = Peer>) {
        peers.into_iter().for_each(|peer| self.add_peer(peer));
    }

    /// Adds everyone that a message shows.
    pub fn add_message(&mut self, message: &Message) {
        self.add_peer(message.peer);
        let body = &message.body;
        // A post speaks as its channel: who published it stays hidden, unless the channel shows its authors.
        if !message.post || body.author_shown {
            self.add_peer(body.author(message.from));
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
            AccountEvent::NotifySettings { scope: NotifyScope::Peer(peer), .. } => {
                self.add_peer(*peer);
            }
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
