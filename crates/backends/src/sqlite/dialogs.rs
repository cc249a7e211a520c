//! Dialogs: what a person keeps about each chat. Top messages and counts are computed from boxes and logs.

mod list;
mod pins;
mod rows;

use async_trait::async_trait;
use model::account::{NotifyScope, NotifySettings};
use model::dialog::{Dialog, DialogOffset, DialogPage, Draft};
use model::event::AccountEntry;
use model::message::Action;
use model::{MessageId, Peer, UnixTime, UserId};
use store::Error;
use store::ports::DialogStore;
use store::ports::acts::box_message;
use store::ports::boxes::{BoxPeer, Sent};
use store::ports::dialogs::SeenReactions;

pub(super) use rows::{
    carry_place, channel_mark, clear_draft, clear_unread_mark, close_channel, list, list_sent,
    move_inbox_mark, move_outbox_mark, newest_read_by_others, open_channel, read_inbox, set_ttl,
    touch, ttl, unlist,
};

use super::{Sqlite, boxes, profile, unread_reactions};

#[async_trait]
impl DialogStore for Sqlite {
    async fn dialogs(
        &self,
        owner: UserId,
        folder: Option<i32>,
        exclude_pinned: bool,
        offset: DialogOffset,
        limit: i32,
    ) -> store::Result<DialogPage> {
        self.read(move |conn| list::page(conn, owner, folder, exclude_pinned, (offset, limit)))
            .await
    }

    async fn pinned_dialogs(&self, owner: UserId, folder: i32) -> store::Result<DialogPage> {
        self.read(move |conn| {
            let pinned = pins::pinned(conn, owner, folder)?;
            list::shown(conn, owner, &pinned)
        })
        .await
    }

    async fn peer_dialogs(&self, owner: UserId, peers: &[Peer]) -> store::Result<DialogPage> {
        let peers = peers.to_vec();
        self.read(move |conn| list::of_peers(conn, owner, &peers)).await
    }

    async fn dialog_peers(&self, owner: UserId) -> store::Result<Vec<Peer>> {
        self.read(move |conn| rows::peers(conn, owner, "listed = 1")).await
    }

    async fn set_dialog_pinned(
        &self,
        owner: UserId,
        peer: Peer,
        pinned: bool,
    ) -> store::Result<()> {
        self.write(move |tx| pins::set_pinned(tx, owner, peer, pinned)).await
    }

    async fn reorder_pinned_dialogs(
        &self,
        owner: UserId,
        folder: i32,
        order: &[Peer],
        force: bool,
    ) -> store::Result<Vec<Peer>> {
        let order = order.to_vec();
        self.write(move |tx| pins::reorder(tx, owner, folder, &order, force)).await
    }

    async fn set_dialog_folder(&self, owner: UserId, peers: &[(Peer, i32)]) -> store::Result<()> {
        let peers = peers.to_vec();
        self.write(move |tx| {
            peers.iter().try_for_each(|(peer, folder)| pins::set_folder(tx, owner, *peer, *folder))
        })
        .await
    }

    async fn set_unread_mark(&self, owner: UserId, peer: Peer, unread: bool) -> store::Result<()> {
        self.write(move |tx| rows::set_unread_mark(tx, owner, peer, unread)).await
    }

    async fn unread_marks(&self, owner: UserId) -> store::Result<Vec<Peer>> {
        self.read(move |conn| rows::peers(conn, owner, "unread_mark = 1")).await
    }

    async fn set_draft(
        &self,
        owner: UserId,
        peer: Peer,
        draft: Option<Draft>,
    ) -> store::Result<bool> {
        self.write(move |tx| rows::set_draft(tx, owner, peer, draft.as_ref())).await
    }

    async fn drafts(&self, owner: UserId) -> store::Result<Vec<(Peer, Draft)>> {
        self.read(move |conn| rows::drafts(conn, owner)).await
    }

    async fn set_dialog_ttl(
        &self,
        owner: UserId,
        peer: Peer,
        period_s: Option<i32>,
    ) -> store::Result<()> {
        let Peer::User(other) = peer else { return Err(Error::NotFound) };
        self.write(move |tx| {
            set_ttl(tx, owner, peer, period_s)?;
            set_ttl(tx, other, Peer::User(owner), period_s)
        })
        .await
    }

    async fn set_dialog_ttl_told(
        &self,
        owner: UserId,
        user: UserId,
        period_s: Option<i32>,
        action: Action,
        at: UnixTime,
    ) -> store::Result<Sent> {
        self.write(move |tx| {
            if ttl(tx, owner, Peer::User(user))?.unwrap_or(0) == period_s.unwrap_or(0) {
                return Err(Error::NotModified.into());
            }
            let message = box_message(BoxPeer::User(user), (owner, action), at);
            let sent = boxes::send(tx, &[message])?.pop().ok_or(Error::NotFound)?;
            for copy in &sent.copies {
                set_ttl(tx, copy.owner, copy.message.peer, period_s)?;
            }
            Ok(sent)
        })
        .await
    }

    async fn dialog_ttl(&self, owner: UserId, peer: Peer) -> store::Result<Option<i32>> {
        self.read(move |conn| ttl(conn, owner, peer)).await
    }

    async fn hide_peer_bar(&self, owner: UserId, peer: Peer) -> store::Result<()> {
        self.write(move |tx| rows::hide_bar(tx, owner, peer)).await
    }

    async fn is_peer_bar_hidden(&self, owner: UserId, peer: Peer) -> store::Result<bool> {
        self.read(move |conn| rows::is_bar_hidden(conn, owner, peer)).await
    }

    async fn dialog_notify(&self, owner: UserId, peer: Peer) -> store::Result<NotifySettings> {
        self.read(move |conn| profile::notify(conn, owner, NotifyScope::Peer(peer))).await
    }

    async fn unread_reactions(
        &self,
        owner: UserId,
        peer: Peer,
        thread: Option<MessageId>,
        limit: i32,
    ) -> store::Result<Vec<MessageId>> {
        self.read(move |conn| unread_reactions::of_chat(conn, owner, (peer, thread), limit)).await
    }

    async fn see_reactions(
        &self,
        owner: UserId,
        seen: SeenReactions,
        at: UnixTime,
    ) -> store::Result<Vec<AccountEntry>> {
        self.write(move |tx| unread_reactions::see(tx, owner, seen, at)).await
    }

    async fn read_channel(
        &self,
        owner: UserId,
        peer: Peer,
        max_id: MessageId,
        at: UnixTime,
    ) -> store::Result<Dialog> {
        let read = self.write(move |tx| list::read_channel(tx, owner, peer, max_id, at)).await?;
        read.ok_or(Error::NotModified)
    }
}
