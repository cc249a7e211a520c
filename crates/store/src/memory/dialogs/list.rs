//! The list as it is shown: rows joined with the newest messages of boxes and logs.

use model::account::NotifyScope;
use model::dialog::{Dialog, DialogOffset, DialogPage};
use model::limits::DIALOG_PAGE;
use model::message::Message;
use model::{MessageId, Peer, UnixTime, UserId};

use super::super::{State, channels};
use crate::{Error, Result};

impl State {
    /// A chat as its owner sees it, known or not.
    pub(super) fn dialog(&self, owner: UserId, peer: Peer) -> Dialog {
        let row = self.dialogs.row(owner, peer).cloned().unwrap_or_default();
        let mut dialog = Dialog {
            peer,
            top_message: MessageId(0),
            date: row.date,
            read_inbox_max: row.read_inbox,
            read_outbox_max: row.read_outbox,
            unread_count: 0,
            unread_mentions: 0,
            unread_reactions: 0,
            unread_mark: row.unread_mark,
            pinned_order: row.pinned,
            folder: row.folder,
            draft: row.draft,
            notify: self.accounts.notify(owner, NotifyScope::Peer(peer)),
            ttl_period: row.ttl_period,
            channel_pts: None,
        };
        if let Peer::Channel(channel) = peer {
            let (pts, top, date) = channels::head_for(self, channel, owner);
            dialog.channel_pts = Some(pts);
            dialog.top_message = top;
            dialog.date = if top.0 > 0 { date } else { dialog.date };
            dialog.read_outbox_max =
                super::newest_read_by_others(&self.dialogs, channel, owner).min(top);
            if row.listed {
                dialog.unread_count =
                    channels::unread_after(self, channel, owner, dialog.read_inbox_max);
                dialog.unread_mentions = channels::unread_mentions(self, channel, owner);
                dialog.unread_reactions = self.count_unread_reactions(owner, peer);
            }
            return dialog;
        }
        if let Some((top, date)) = self.boxes.top(owner, peer) {
            (dialog.top_message, dialog.date) = (top, date);
        }
        dialog.unread_count = self.boxes.unread_after(owner, peer, dialog.read_inbox_max);
        dialog.unread_mentions = self.boxes.unread_mentions(owner, peer);
        dialog.unread_reactions = self.count_unread_reactions(owner, peer);
        dialog
    }

    fn count_unread_reactions(&self, owner: UserId, peer: Peer) -> i32 {
        i32::try_from(self.unread_reactions(owner, peer, None).len()).unwrap_or(i32::MAX)
    }

    fn top_of(&self, owner: UserId, dialog: &Dialog) -> Option<Message> {
        match dialog.peer {
            Peer::Channel(channel) => {
                channels::message_for(self, channel, owner, dialog.top_message)
            }
            Peer::User(_) | Peer::Chat(_) => self.boxes.message(owner, dialog.top_message),
        }
    }

    fn with_tops(&self, owner: UserId, dialogs: Vec<Dialog>, total: usize) -> DialogPage {
        let messages = dialogs.iter().filter_map(|dialog| self.top_of(owner, dialog)).collect();
        DialogPage { dialogs, messages, total: i32::try_from(total).unwrap_or(i32::MAX) }
    }

    /// The dialogs with these peers, one for each.
    pub(super) fn dialog_page(&self, owner: UserId, peers: &[Peer]) -> DialogPage {
        let dialogs = peers.iter().map(|peer| self.dialog(owner, *peer)).collect();
        self.with_tops(owner, dialogs, peers.len())
    }

    /// A page of the list.
    pub(super) fn dialog_list(
        &self,
        owner: UserId,
        folder: Option<i32>,
        exclude_pinned: bool,
        offset: DialogOffset,
        limit: i32,
    ) -> DialogPage {
        let rows = self.dialogs.of(owner).filter(|(_, row)| {
            row.listed
                && folder.is_none_or(|folder| row.folder == folder)
                && !(exclude_pinned && row.pinned.is_some())
        });
        let mut all: Vec<_> = rows.map(|(peer, _)| self.dialog(owner, peer)).collect();
        all.retain(Dialog::is_shown);
        let total = all.len();
        offset.cut(&mut all);
        all.truncate(usize::try_from(limit.clamp(0, DIALOG_PAGE)).unwrap_or(0));
        self.with_tops(owner, all, total)
    }

    /// Moves the read mark of a channel.
    pub(super) fn read_channel(
        &mut self,
        owner: UserId,
        peer: Peer,
        max_id: MessageId,
        at: UnixTime,
    ) -> Result<Dialog> {
        let Peer::Channel(channel) = peer else { return Err(Error::NotFound) };
        let (_, top, _) = channels::head(self, channel);
        let known = self.dialogs.row(owner, peer).is_some_and(|row| row.listed);
        if !known {
            return Err(Error::NotFound);
        }
        let row = self.dialogs.entry(owner, peer);
        row.unread_mark = false;
        let mark = if max_id.0 <= 0 { top } else { max_id.min(top) };
        if mark <= row.read_inbox {
            return Err(Error::NotModified);
        }
        row.read_inbox = mark;
        if channels::keeps_readers(self, channel) {
            self.dialogs.entry(owner, peer).read_dates.insert(mark, at);
        }
        Ok(self.dialog(owner, peer))
    }
}
