//! Dialogs: the list of a person's chats, over boxes and channels alike.

use async_trait::async_trait;
use model::account::NotifySettings;
use model::dialog::{Dialog, DialogOffset, DialogPage, Draft};
use model::event::AccountEntry;
use model::message::Action;
use model::{ChannelId, MessageId, Peer, UnixTime, UserId};

use super::boxes::Sent;
use crate::Result;

/// The messages whose reactions their author saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenReactions {
    /// These of the author's box.
    InBox(Vec<MessageId>),
    /// These of a channel's log.
    InChannel(ChannelId, Vec<MessageId>),
    /// The oldest of a chat, or of a thread in it, at most so many.
    Oldest(Peer, Option<MessageId>, i32),
}

/// The list of a person's chats.
#[async_trait]
pub trait DialogStore: Send + Sync {
    /// A page of a folder's list, after `offset` as [`DialogOffset::cut`] has it: first the pinned ones in their order, unless
    /// `exclude_pinned`, then by date of the top message, newest first; without those that are not
    /// [`is_shown`](model::dialog::Dialog::is_shown).
    /// Channels that the person is in take part, with the top message of the channel's log.
    async fn dialogs(
        &self,
        owner: UserId,
        folder: Option<i32>,
        exclude_pinned: bool,
        offset: DialogOffset,
        limit: i32,
    ) -> Result<DialogPage>;

    /// The pinned ones of a folder that are shown, in order.
    async fn pinned_dialogs(&self, owner: UserId, folder: i32) -> Result<DialogPage>;

    /// The dialogs with these peers, one for each, also where the chat is empty or unknown.
    async fn peer_dialogs(&self, owner: UserId, peers: &[Peer]) -> Result<DialogPage>;

    /// Every chat that the person has a dialog with.
    async fn dialog_peers(&self, owner: UserId) -> Result<Vec<Peer>>;

    /// Pins to the top, or unpins. A person's chat may be empty and enters the list with it; groups and channels are pinned only
    /// where they are in the list, since whatever is listed is shown with its newest message.
    ///
    /// # Errors
    /// `NotFound` for a group or channel that is not listed; `Denied(TooMany)`; `NotModified`.
    async fn set_dialog_pinned(&self, owner: UserId, peer: Peer, pinned: bool) -> Result<()>;

    /// Sets the order of the pinned ones of a folder; with `force`, those not named are unpinned.
    async fn reorder_pinned_dialogs(
        &self,
        owner: UserId,
        folder: i32,
        order: &[Peer],
        force: bool,
    ) -> Result<Vec<Peer>>;

    /// Moves chats to the archive or back.
    async fn set_dialog_folder(&self, owner: UserId, peers: &[(Peer, i32)]) -> Result<()>;

    /// Marks a chat as unread by hand, or clears that mark.
    async fn set_unread_mark(&self, owner: UserId, peer: Peer, unread: bool) -> Result<()>;

    /// Chats that carry an unread mark.
    async fn unread_marks(&self, owner: UserId) -> Result<Vec<Peer>>;

    /// Saves or clears a draft. Answers whether anything changed.
    async fn set_draft(&self, owner: UserId, peer: Peer, draft: Option<Draft>) -> Result<bool>;

    /// All drafts.
    async fn drafts(&self, owner: UserId) -> Result<Vec<(Peer, Draft)>>;

    /// Sets the timer of a private chat, on both sides.
    async fn set_dialog_ttl(&self, owner: UserId, peer: Peer, period_s: Option<i32>) -> Result<()>;

    /// Sets the timer of a private chat, and sends the service message that tells of it. It holds for those who get a copy: not
    /// for a person who blocked the owner.
    ///
    /// # Errors
    /// `NotModified`.
    async fn set_dialog_ttl_told(
        &self,
        owner: UserId,
        user: UserId,
        period_s: Option<i32>,
        action: Action,
        at: UnixTime,
    ) -> Result<Sent>;

    /// The timer of a chat, 0 for none; `None` if the person never had this chat.
    async fn dialog_ttl(&self, owner: UserId, peer: Peer) -> Result<Option<i32>>;

    /// Whether the "add to contacts, block" bar was hidden for this peer.
    async fn hide_peer_bar(&self, owner: UserId, peer: Peer) -> Result<()>;

    /// See [`Self::hide_peer_bar`].
    async fn is_peer_bar_hidden(&self, owner: UserId, peer: Peer) -> Result<bool>;

    /// The notification settings a chat carries (the default if none).
    async fn dialog_notify(&self, owner: UserId, peer: Peer) -> Result<NotifySettings>;

    /// The owner's own messages of a chat with reactions of others that they did not see, newest first, at most `limit`. Only in
    /// private chats, and in groups and supergroups that the owner was in when the reaction came. With `thread`, only replies in this
    /// thread of a supergroup.
    async fn unread_reactions(
        &self,
        owner: UserId,
        peer: Peer,
        thread: Option<MessageId>,
        limit: i32,
    ) -> Result<Vec<MessageId>>;

    /// Marks reactions as seen by the author of the messages. Answers what was recorded for the author: one event for each message
    /// that had some.
    async fn see_reactions(
        &self,
        owner: UserId,
        seen: SeenReactions,
        at: UnixTime,
    ) -> Result<Vec<AccountEntry>>;

    /// Moves the person's read mark of a channel. Answers the dialog afterwards.
    ///
    /// # Errors
    /// `NotModified` if the mark was there already; `NotFound` if the person has no such dialog.
    async fn read_channel(
        &self,
        owner: UserId,
        peer: Peer,
        max_id: MessageId,
        at: UnixTime,
    ) -> Result<Dialog>;
}
