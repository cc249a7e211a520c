//! What somebody sees of a store.

use model::dialog::{DialogOffset, HistoryWindow};
use model::message::MediaClass;
use model::{MessageId, Peer, Pts, UnixTime, UserId};

use super::{Run, Step};
use crate::Stores;
use crate::ports::boxes::SearchQuery;

const ASKED: [&str; 6] = ["", "bi", "hoop", "blue b", "у", "FISH bird"];

impl Run {
    /// Everything that a viewer can ask of the ports, as text.
    pub(super) async fn look(&self, stores: &Stores, viewer: UserId, step: &Step) -> String {
        let [_, _, a, b, c, d] = *step;
        let peer = self.peer(a);
        let window = self.window(viewer, step);
        let offset = DialogOffset {
            date: if d.is_multiple_of(2) { UnixTime(0) } else { self.now() },
            message: self.id(viewer, c),
            peer: (!b.is_multiple_of(2)).then_some(peer),
        };
        let folder = (!b.is_multiple_of(3)).then_some(i32::from(b % 2));
        let after = Pts(i32::from(c) % 50);
        let limit = i32::from(d % 20);
        let id = self.id(viewer, b);
        format!(
            "{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}",
            stores.boxes.pts(viewer).await,
            stores.boxes.history(viewer, peer, window).await,
            stores.boxes.search(viewer, self.query(viewer, step)).await,
            stores.boxes.events(viewer, after, limit).await,
            stores.boxes.messages(viewer, &[id, MessageId(1), id]).await,
            stores.boxes.reactions(viewer, id, None, 0, 3).await,
            stores.boxes.outbox_read_date(viewer, id).await,
            stores.boxes.unread_total(viewer).await,
            stores.dialogs.dialogs(viewer, folder, c.is_multiple_of(2), offset, limit).await,
            stores.dialogs.pinned_dialogs(viewer, 0).await,
            stores.dialogs.peer_dialogs(viewer, &[peer]).await,
            stores.dialogs.dialog_peers(viewer).await,
            stores.dialogs.drafts(viewer).await,
            stores.dialogs.unread_marks(viewer).await,
            stores.dialogs.unread_reactions(viewer, peer, None, 3).await,
        )
    }

    fn window(&self, viewer: UserId, step: &Step) -> HistoryWindow {
        let [_, _, a, b, c, d] = *step;
        let bound = |number: u16| {
            if number.is_multiple_of(4) { self.id(viewer, number) } else { MessageId(0) }
        };
        HistoryWindow {
            offset_id: if b.is_multiple_of(3) { MessageId(0) } else { self.id(viewer, c) },
            offset_date: if c.is_multiple_of(3) { self.now() } else { UnixTime(0) },
            add_offset: i32::from(d % 12) - 6,
            limit: i32::from(c % 8),
            max_id: bound(a),
            min_id: bound(d),
        }
    }

    fn query(&self, viewer: UserId, step: &Step) -> SearchQuery {
        let [_, _, a, b, c, d] = *step;
        let classes: &[MediaClass] = match d % 5 {
            0 => &[MediaClass::Photo],
            1 => &[MediaClass::Voice, MediaClass::None],
            _ => &[],
        };
        SearchQuery {
            thread: (d % 7 == 4).then_some(MessageId(1)),
            saved: d.is_multiple_of(5).then(|| self.peer(b)),
            peer: (!c.is_multiple_of(3)).then(|| self.peer(a)),
            text: ASKED[usize::from(b) % ASKED.len()].to_owned(),
            from: a.is_multiple_of(4).then(|| Peer::User(super::person(b))),
            classes: classes.to_vec(),
            pinned: d.is_multiple_of(7),
            unread_mentions: d % 7 == 1,
            min_date: UnixTime(if d % 7 == 2 { self.now().0 - 9 } else { 0 }),
            max_date: UnixTime(if d % 7 == 3 { self.now().0 } else { 0 }),
            window: self.window(viewer, step),
        }
    }
}
