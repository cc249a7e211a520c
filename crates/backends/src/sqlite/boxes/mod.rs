//! Message boxes: a copy of each message for each reader, one pts a box.

mod change;
mod check;
mod events;
mod expiry;
mod history;
mod marks;
#[cfg(test)]
mod plans;
mod rows;
mod send;
mod words;

use async_trait::async_trait;
use model::dialog::{HistoryPage, HistoryWindow};
use model::event::BoxEntry;
use model::message::{Body, Message};
use model::reaction::Reaction;
use model::{MessageId, Peer, Pts, UnixTime, UserId};
use store::Error;
use store::ports::BoxStore;
use store::ports::acts::ToldPin;
use store::ports::boxes::{
    BoxPeer, DeleteHistory, Deleted, ExpiredCopies, MessageChange, NewBoxMessage, Pinned,
    ReadChange, SearchQuery, Sent,
};

pub(super) use check::check;
pub(super) use marks::forget_reader;
pub(super) use rows::{message, top, unread_after, unread_mentions};
pub(super) use send::send;

use super::Sqlite;

#[async_trait]
impl BoxStore for Sqlite {
    async fn send(&self, messages: Vec<NewBoxMessage>) -> store::Result<Vec<Sent>> {
        self.write_again(move |tx| send(tx, &messages)).await
    }

    async fn sent_before(
        &self,
        sender: UserId,
        random_ids: &[i64],
    ) -> store::Result<Vec<(i64, Message)>> {
        let random_ids = random_ids.to_vec();
        self.read(move |conn| {
            let mut found = Vec::new();
            for id in random_ids {
                found.extend(send::sent_before(conn, sender, id)?.map(|message| (id, message)));
            }
            Ok(found)
        })
        .await
    }

    async fn edit(
        &self,
        owner: UserId,
        id: MessageId,
        body: Body,
        edited: Option<UnixTime>,
    ) -> store::Result<Vec<MessageChange>> {
        self.write(move |tx| change::edit(tx, owner, id, &body, edited)).await
    }

    async fn delete(
        &self,
        owner: UserId,
        ids: &[MessageId],
        revoke: bool,
    ) -> store::Result<Vec<Deleted>> {
        let ids = ids.to_vec();
        self.write(move |tx| change::delete(tx, owner, &ids, revoke)).await
    }

    async fn delete_history(&self, request: DeleteHistory) -> store::Result<(Vec<Deleted>, i32)> {
        self.write(move |tx| change::delete_history(tx, request)).await
    }

    async fn read(
        &self,
        owner: UserId,
        peer: Peer,
        max_id: MessageId,
        at: UnixTime,
    ) -> store::Result<Vec<ReadChange>> {
        let changes = self.write_again(move |tx| marks::read(tx, owner, peer, max_id, at)).await?;
        if changes.is_empty() { Err(Error::NotModified) } else { Ok(changes) }
    }

    async fn read_contents(
        &self,
        owner: UserId,
        ids: &[MessageId],
        at: UnixTime,
        clock: UnixTime,
    ) -> store::Result<Vec<Deleted>> {
        let ids = ids.to_vec();
        self.write(move |tx| marks::read_contents(tx, owner, &ids, at, Some(clock))).await
    }

    async fn expire(&self, now: UnixTime, limit: i32) -> store::Result<ExpiredCopies> {
        // Usually nothing is due, and the writer is left alone.
        if !self.read(move |conn| expiry::is_due(conn, now)).await? {
            return Ok(ExpiredCopies::default());
        }
        self.write(move |tx| expiry::expire(tx, now, limit)).await
    }

    async fn read_mentions(
        &self,
        owner: UserId,
        peer: Peer,
        limit: i32,
        at: UnixTime,
    ) -> store::Result<Vec<Deleted>> {
        self.write(move |tx| {
            let ids = marks::unseen_mentions(tx, owner, peer, limit)?;
            marks::read_contents(tx, owner, &ids, at, None)
        })
        .await
    }

    async fn pin(
        &self,
        owner: UserId,
        peer: Peer,
        ids: &[MessageId],
        pinned: bool,
        for_others: bool,
    ) -> store::Result<Vec<Pinned>> {
        let ids = ids.to_vec();
        self.write(move |tx| marks::pin(tx, (owner, peer), &ids, pinned, for_others)).await
    }

    async fn pin_told(
        &self,
        owner: UserId,
        peer: BoxPeer,
        pin: ToldPin,
    ) -> store::Result<(Vec<Pinned>, Option<Sent>)> {
        self.write(move |tx| marks::pin_told(tx, owner, peer, pin)).await
    }

    async fn react(
        &self,
        owner: UserId,
        id: MessageId,
        emoji: Vec<String>,
        at: UnixTime,
    ) -> store::Result<Vec<(UserId, Message)>> {
        self.write(move |tx| change::react(tx, owner, id, emoji, at)).await
    }

    async fn reactions(
        &self,
        owner: UserId,
        id: MessageId,
        emoji: Option<&str>,
        offset: i32,
        limit: i32,
    ) -> store::Result<(Vec<Reaction>, i32)> {
        let emoji = emoji.map(str::to_owned);
        self.read(move |conn| {
            let all = rows::reactions_of(conn, owner, id)?;
            let fits = |one: &Reaction| emoji.as_ref().is_none_or(|emoji| one.emoji == *emoji);
            let fitting: Vec<_> = all.into_iter().rev().filter(fits).collect();
            let total = i32::try_from(fitting.len()).unwrap_or(i32::MAX);
            let page = fitting.into_iter().skip(usize::try_from(offset).unwrap_or(0));
            Ok((page.take(usize::try_from(limit).unwrap_or(0)).collect(), total))
        })
        .await
    }

    async fn messages(&self, owner: UserId, ids: &[MessageId]) -> store::Result<Vec<Message>> {
        let ids = ids.to_vec();
        self.look(ids.len(), move |conn| rows::messages(conn, owner, &ids)).await
    }

    async fn history(
        &self,
        owner: UserId,
        peer: Peer,
        window: HistoryWindow,
    ) -> store::Result<HistoryPage> {
        self.read(move |conn| history::history(conn, owner, peer, window)).await
    }

    async fn search(&self, owner: UserId, query: SearchQuery) -> store::Result<HistoryPage> {
        if !model::search::words(&query.text).is_empty() {
            // In pieces, so that senders do not wait for somebody's first search.
            while self.read(move |conn| words::is_behind(conn, owner)).await? {
                self.write(move |tx| words::catch_up(tx, owner)).await?;
            }
        }
        self.read(move |conn| history::search(conn, owner, &query)).await
    }

    async fn pts(&self, owner: UserId) -> store::Result<Pts> {
        self.look(1, move |conn| Ok(rows::place(conn, owner)?.pts)).await
    }

    async fn events(&self, owner: UserId, after: Pts, limit: i32) -> store::Result<Vec<BoxEntry>> {
        let rows = usize::try_from(limit).unwrap_or(0);
        self.look(rows, move |conn| events::events(conn, owner, after, limit)).await
    }

    async fn group_readers(
        &self,
        owner: UserId,
        id: MessageId,
    ) -> store::Result<Vec<(UserId, UnixTime)>> {
        self.read(move |conn| marks::group_readers(conn, owner, id)).await
    }

    async fn outbox_read_date(
        &self,
        owner: UserId,
        id: MessageId,
    ) -> store::Result<Option<UnixTime>> {
        self.read(move |conn| marks::outbox_read_date(conn, owner, id)).await
    }

    async fn unread_total(&self, owner: UserId) -> store::Result<i32> {
        self.read(move |conn| marks::unread_total(conn, owner)).await
    }
}
