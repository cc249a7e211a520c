//! What cases of channels start from.

use model::channel::{Channel, Participant};
use model::dialog::{Dialog, HistoryWindow};
use model::message::{Action, Body, Message};
use model::rights::{AdminRights, BannedRights};
use model::{ChannelId, MessageId, Peer, Pts, UserId};

use super::support::{NOW, people};
use crate::ports::channels::{AdminGrant, ChannelChange, NewChannel, NewChannelMessage, Posted};
use crate::{Result, Stores};

/// A channel or supergroup with an owner, an admin with every right, a member, and somebody outside.
pub struct Scene<'a> {
    /// Where it is kept.
    pub stores: &'a Stores,
    /// The channel.
    pub id: ChannelId,
    /// Made it.
    pub owner: UserId,
    /// Was given every right by the owner.
    pub admin: UserId,
    /// A plain member.
    pub member: UserId,
    /// Has nothing to do with it.
    pub stranger: UserId,
}

/// A new channel of nobody else.
pub async fn create(stores: &Stores, creator: UserId, broadcast: bool) -> Channel {
    let new = NewChannel {
        creator,
        title: "Title".to_owned(),
        about: String::new(),
        broadcast,
        now: NOW,
        ttl_period: None,
    };
    stores.channels.create_channel(new).await.expect("the owner has room for it")
}

async fn scene(stores: &Stores, broadcast: bool) -> Scene<'_> {
    let [owner, admin, member, stranger] = people(stores).await;
    let id = create(stores, owner, broadcast).await.id;
    let scene = Scene { stores, id, owner, admin, member, stranger };
    scene.add(&[admin, member]).await;
    scene.grant(owner, admin, AdminRights::all()).await.expect("the owner may");
    scene
}

/// A private supergroup.
pub async fn group(stores: &Stores) -> Scene<'_> {
    scene(stores, false).await
}

/// A private broadcast channel.
pub async fn broadcast(stores: &Stores) -> Scene<'_> {
    scene(stores, true).await
}

/// A text.
#[must_use]
pub fn text(words: &str) -> Body {
    Body { text: words.to_owned(), ..Body::default() }
}

/// A service message.
#[must_use]
pub fn service() -> Body {
    let action = Action::ChannelCreate { title: "Title".to_owned() };
    Body { action: Some(action), ..Body::default() }
}

/// A window of the newest.
#[must_use]
pub fn newest(limit: i32) -> HistoryWindow {
    HistoryWindow { limit, ..HistoryWindow::default() }
}

impl Scene<'_> {
    /// Brings people in.
    pub async fn add(&self, users: &[UserId]) {
        let added = self.stores.channels.invite_to_channel(self.id, self.owner, users, NOW).await;
        assert_eq!(added.expect("the owner may"), users);
    }

    /// Gives admin rights.
    ///
    /// # Errors
    /// The port's.
    pub async fn grant(
        &self,
        actor: UserId,
        user: UserId,
        rights: AdminRights,
    ) -> Result<Participant> {
        let grant = AdminGrant { user, rights, rank: None };
        self.stores.channels.set_channel_admin(self.id, actor, grant, NOW).await
    }

    /// Restricts by the owner.
    pub async fn ban(&self, user: UserId, rights: BannedRights) -> Participant {
        let banned =
            self.stores.channels.set_channel_ban(self.id, self.owner, user, rights, NOW).await;
        banned.expect("the owner may")
    }

    /// Changes the description by the owner.
    pub async fn change(&self, change: ChannelChange) -> Channel {
        let changed = self.stores.channels.change_channel(self.id, self.owner, change).await;
        changed.expect("the owner may")
    }

    /// Gives it a public name.
    pub async fn publish(&self, name: &str) {
        let named =
            self.stores.accounts.set_username(Peer::Channel(self.id), Some(name.to_owned()));
        named.await.expect("the name is free");
    }

    /// The channel as it is now.
    pub async fn channel(&self) -> Channel {
        self.stores.channels.channels(&[self.id]).await.expect("readable").remove(0)
    }

    /// Someone's row.
    pub async fn row(&self, user: UserId) -> Option<Participant> {
        self.stores.channels.participant(self.id, user).await.expect("the channel exists")
    }

    /// A message to be posted.
    #[must_use]
    pub fn written(&self, sender: UserId, body: Body) -> NewChannelMessage {
        NewChannelMessage {
            sender,
            channel: self.id,
            random_id: None,
            date: NOW,
            clock: NOW,
            body,
            reply_to: None,
            mentions: Vec::new(),
            clear_draft: false,
        }
    }

    /// Posts one message.
    ///
    /// # Errors
    /// The port's.
    pub async fn try_post(&self, new: NewChannelMessage) -> Result<Posted> {
        Ok(self.stores.channels.post(vec![new]).await?.remove(0))
    }

    /// Posts one message that may be posted.
    pub async fn post(&self, new: NewChannelMessage) -> Message {
        self.try_post(new).await.expect("may be posted").message
    }

    /// Posts a text.
    pub async fn say(&self, sender: UserId, words: &str) -> MessageId {
        self.post(self.written(sender, text(words))).await.id
    }

    /// Posts texts by the owner; answers their numbers.
    pub async fn say_many(&self, words: &[&str]) -> Vec<MessageId> {
        let mut ids = Vec::new();
        for words in words {
            ids.push(self.say(self.owner, words).await);
        }
        ids
    }

    /// One message, if the viewer may see it.
    pub async fn find(&self, viewer: UserId, id: MessageId) -> Option<Message> {
        self.stores.channels.posts(self.id, viewer, &[id]).await.expect("readable").pop()
    }

    /// One message that the viewer may see.
    pub async fn message(&self, viewer: UserId, id: MessageId) -> Message {
        self.find(viewer, id).await.expect("visible")
    }

    /// Deletes by the owner.
    pub async fn delete(&self, ids: &[MessageId]) {
        self.stores
            .channels
            .delete_posts(self.id, self.owner, ids, NOW)
            .await
            .expect("the owner may");
    }

    /// The texts of the history, newest first.
    pub async fn texts(&self, viewer: UserId) -> Vec<String> {
        let page = self.stores.channels.channel_history(self.id, viewer, newest(100)).await;
        page.expect("readable").messages.into_iter().map(|message| message.body.text).collect()
    }

    /// The person's dialog with the channel, whether or not it is in the list.
    pub async fn dialog(&self, user: UserId) -> Dialog {
        let page = self.stores.dialogs.peer_dialogs(user, &[Peer::Channel(self.id)]).await;
        page.expect("readable").dialogs.remove(0)
    }

    /// Whether the channel is in somebody's list.
    pub async fn is_listed(&self, user: UserId) -> bool {
        let peers = self.stores.dialogs.dialog_peers(user).await.expect("readable");
        peers.contains(&Peer::Channel(self.id))
    }

    /// The log's position.
    pub async fn pts(&self) -> Pts {
        self.channel().await.pts
    }
}

/// Nothing but reading.
#[must_use]
pub fn kicked() -> BannedRights {
    BannedRights { view_messages: true, ..BannedRights::default() }
}
