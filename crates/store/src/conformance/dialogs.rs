//! Cases of the dialogs port.

use model::dialog::{Dialog, DialogOffset, Draft};
use model::event::AccountEvent;
use model::limits::PINNED_DIALOGS;
use model::message::Action;
use model::rights::Denial;
use model::{ChannelId, ChatId, MessageId, Peer, UnixTime, UserId};

use super::support::{NOW, later, people};
use super::writing::{ANN, BEN, CAT, group, say, say_in, send, text};
use crate::ports::boxes::{BoxPeer, DeleteHistory, NewBoxMessage};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! dialogs_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            dialogs,
            $make,
            [
                a_first_message_makes_a_dialog_for_both,
                the_list_is_by_the_newest_message,
                the_list_is_read_in_pages,
                a_dialog_shows_counts_and_marks,
                an_unknown_chat_has_an_empty_dialog,
                pinned_ones_are_ordered_and_left_out,
                pinned_ones_stand_first_on_whatever_pages,
                only_listed_groups_and_channels_are_pinned,
                pins_have_a_limit,
                pins_are_reordered,
                the_archive_is_a_list_of_its_own,
                marks_by_hand_are_listed,
                drafts_are_kept_until_sent,
                a_timer_is_set_on_both_sides,
                the_bar_stays_hidden,
                settings_of_a_chat_are_shown,
                a_deleted_chat_leaves_the_list,
                a_cleared_chat_keeps_its_place,
                a_person_s_empty_chat_is_not_listed,
                only_channels_of_the_list_are_read,
            ]
        );
    };
}

async fn dialog(stores: &Stores, owner: UserId, peer: Peer) -> Dialog {
    let page = stores.dialogs.peer_dialogs(owner, &[peer]).await.expect("readable");
    assert_eq!((page.dialogs.len(), page.total), (1, 1));
    page.dialogs.into_iter().next().expect("one for each")
}

async fn peers(
    stores: &Stores,
    owner: UserId,
    folder: Option<i32>,
    exclude_pinned: bool,
) -> Vec<Peer> {
    let offset = DialogOffset::default();
    let page = stores.dialogs.dialogs(owner, folder, exclude_pinned, offset, 100).await;
    page.expect("readable").dialogs.iter().map(|dialog| dialog.peer).collect()
}

/// In each one's list, with the newest message.
pub async fn a_first_message_makes_a_dialog_for_both(stores: &Stores) {
    assert_eq!(stores.dialogs.dialog_peers(ANN).await, Ok(Vec::new()));
    say(stores, ANN, BEN, "one").await;
    say(stores, BEN, ANN, "two").await;
    for (owner, peer) in [(ANN, Peer::User(BEN)), (BEN, Peer::User(ANN))] {
        assert_eq!(stores.dialogs.dialog_peers(owner).await, Ok(vec![peer]));
        let page = stores.dialogs.dialogs(owner, None, false, DialogOffset::default(), 10).await;
        let page = page.expect("readable");
        assert_eq!((page.dialogs.len(), page.messages.len(), page.total), (1, 1, 1));
        assert_eq!((page.dialogs[0].peer, page.dialogs[0].top_message), (peer, MessageId(2)));
        assert_eq!(page.messages[0].body.text, "two");
    }
}

async fn three_chats(stores: &Stores) -> [Peer; 3] {
    let chat = group(stores, &[ANN, BEN]).await;
    for (second, peer) in
        [(1, BoxPeer::User(BEN)), (2, BoxPeer::Chat(chat)), (3, BoxPeer::User(CAT))]
    {
        send(stores, NewBoxMessage { date: later(second), ..text(ANN, peer, "hi") }).await;
    }
    [Peer::User(CAT), Peer::Chat(chat), Peer::User(BEN)]
}

/// A new message moves its chat to the front.
pub async fn the_list_is_by_the_newest_message(stores: &Stores) {
    let [cat, chat, ben] = three_chats(stores).await;
    assert_eq!(peers(stores, ANN, None, false).await, [cat, chat, ben]);
    let new = text(BEN, BoxPeer::User(ANN), "back");
    send(stores, NewBoxMessage { date: later(9), ..new }).await;
    assert_eq!(peers(stores, ANN, None, false).await, [ben, cat, chat]);
    assert_eq!(stores.dialogs.dialog_peers(ANN).await, Ok(vec![ben, cat, chat]));
}

/// Each page begins after the last dialog of the one before.
pub async fn the_list_is_read_in_pages(stores: &Stores) {
    let all = three_chats(stores).await;
    let mut offset = DialogOffset::default();
    for peer in all {
        let page = stores.dialogs.dialogs(ANN, Some(0), false, offset, 1).await.expect("readable");
        assert_eq!((page.dialogs.len(), page.total), (1, 3));
        let last = &page.dialogs[0];
        assert_eq!(last.peer, peer);
        offset = DialogOffset { date: last.date, message: last.top_message, peer: Some(last.peer) };
    }
    let page = stores.dialogs.dialogs(ANN, Some(0), false, offset, 1).await.expect("readable");
    assert_eq!((page.dialogs.len(), page.total), (0, 3));
}

/// Each side has its own.
pub async fn a_dialog_shows_counts_and_marks(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN]).await;
    for words in ["one", "two", "three"] {
        let mut new = text(ANN, BoxPeer::Chat(chat), words);
        new.mentions = vec![BEN];
        send(stores, new).await;
    }
    stores.boxes.read(BEN, Peer::Chat(chat), MessageId(1), NOW).await.expect("unread");
    let seen = dialog(stores, BEN, Peer::Chat(chat)).await;
    assert_eq!((seen.unread_count, seen.unread_mentions), (2, 3));
    assert_eq!((seen.read_inbox_max, seen.read_outbox_max), (MessageId(1), MessageId(0)));
    assert_eq!((seen.top_message, seen.date), (MessageId(3), NOW));
    let own = dialog(stores, ANN, Peer::Chat(chat)).await;
    assert_eq!((own.unread_count, own.unread_mentions), (0, 0));
    assert_eq!((own.read_inbox_max, own.read_outbox_max), (MessageId(0), MessageId(1)));
}

/// Clients open chats that have no message yet.
pub async fn an_unknown_chat_has_an_empty_dialog(stores: &Stores) {
    let page = stores.dialogs.peer_dialogs(ANN, &[Peer::User(BEN), Peer::User(CAT)]).await;
    let page = page.expect("readable");
    assert_eq!((page.dialogs.len(), page.messages.len(), page.total), (2, 0, 2));
    assert_eq!(
        (page.dialogs[1].peer, page.dialogs[1].top_message),
        (Peer::User(CAT), MessageId(0))
    );
    assert_eq!(stores.dialogs.dialog_peers(ANN).await, Ok(Vec::new()));
}

/// Whoever reads on after a page misses none of them, and gets none twice.
pub async fn pinned_ones_stand_first_on_whatever_pages(stores: &Stores) {
    let [cat, chat, ben] = three_chats(stores).await;
    stores.dialogs.set_dialog_pinned(ANN, chat, true).await.expect("few");
    stores.dialogs.set_dialog_pinned(ANN, ben, true).await.expect("few");
    for size in 1..=3 {
        let (mut offset, mut read) = (DialogOffset::default(), Vec::new());
        loop {
            let page = stores.dialogs.dialogs(ANN, Some(0), false, offset, size).await;
            let page = page.expect("readable");
            assert_eq!(page.total, 3);
            let Some(last) = page.dialogs.last() else { break };
            let (date, message, peer) = (last.date, last.top_message, Some(last.peer));
            offset = DialogOffset { date, message, peer };
            read.extend(page.dialogs.iter().map(|dialog| dialog.peer));
        }
        assert_eq!(read, [ben, chat, cat], "pages of {size}");
    }
    assert_eq!(peers(stores, ANN, None, true).await, [cat]);
}

/// The last pinned is the highest.
pub async fn pinned_ones_are_ordered_and_left_out(stores: &Stores) {
    let [cat, chat, ben] = three_chats(stores).await;
    for peer in [ben, cat] {
        stores.dialogs.set_dialog_pinned(ANN, peer, true).await.expect("few");
    }
    let again = stores.dialogs.set_dialog_pinned(ANN, cat, true).await;
    assert_eq!(again, Err(Error::NotModified));
    let page = stores.dialogs.pinned_dialogs(ANN, 0).await.expect("readable");
    let order: Vec<_> = page.dialogs.iter().map(|one| (one.peer, one.pinned_order)).collect();
    assert_eq!(order, [(cat, Some(2)), (ben, Some(1))]);
    assert_eq!(page.messages.len(), 2);
    assert_eq!(peers(stores, ANN, None, true).await, [chat]);
    assert_eq!(peers(stores, ANN, None, false).await, [cat, ben, chat]);
    stores.dialogs.set_dialog_pinned(ANN, ben, false).await.expect("pinned");
    assert_eq!(dialog(stores, ANN, cat).await.pinned_order, Some(1));
    let again = stores.dialogs.set_dialog_pinned(ANN, ben, false).await;
    assert_eq!(again, Err(Error::NotModified));
}

/// A pin lists a chat, and what is listed is shown with its newest message.
pub async fn only_listed_groups_and_channels_are_pinned(stores: &Stores) {
    for peer in [Peer::Chat(ChatId(77)), Peer::Channel(ChannelId(77))] {
        let refused = stores.dialogs.set_dialog_pinned(ANN, peer, true).await;
        assert_eq!(refused, Err(Error::NotFound));
    }
    stores.dialogs.set_dialog_pinned(ANN, Peer::User(BEN), true).await.expect("a person");
    // It is shown from its first message on.
    assert_eq!(peers(stores, ANN, None, false).await, []);
    say(stores, ANN, BEN, "hi").await;
    assert_eq!(dialog(stores, ANN, Peer::User(BEN)).await.pinned_order, Some(1));
    assert_eq!(peers(stores, ANN, None, false).await, [Peer::User(BEN)]);
}

fn person(n: usize) -> UserId {
    UserId(3_000_000 + i64::try_from(n).unwrap_or(0))
}

/// One more than allowed is refused.
pub async fn pins_have_a_limit(stores: &Stores) {
    for n in 0..=PINNED_DIALOGS {
        say(stores, ANN, person(n), "hi").await;
        let pinned = stores.dialogs.set_dialog_pinned(ANN, Peer::User(person(n)), true).await;
        let expected = if n < PINNED_DIALOGS { Ok(()) } else { Err(Denial::TooMany.into()) };
        assert_eq!(pinned, expected);
    }
    let all: Vec<_> = (0..=PINNED_DIALOGS).map(|n| Peer::User(person(n))).collect();
    let refused = stores.dialogs.reorder_pinned_dialogs(ANN, 0, &all, true).await;
    assert_eq!(refused, Err(Denial::TooMany.into()));
}

/// Named ones become pinned; without `force` the others follow, with it they are unpinned.
pub async fn pins_are_reordered(stores: &Stores) {
    let [cat, chat, ben] = three_chats(stores).await;
    for peer in [ben, cat] {
        stores.dialogs.set_dialog_pinned(ANN, peer, true).await.expect("few");
    }
    let unknown = Peer::User(person(7));
    let order = stores.dialogs.reorder_pinned_dialogs(ANN, 0, &[chat, unknown, ben], false).await;
    assert_eq!(order, Ok(vec![chat, ben, cat]));
    let order = stores.dialogs.reorder_pinned_dialogs(ANN, 0, &[cat, cat, chat], true).await;
    assert_eq!(order, Ok(vec![cat, chat]));
    let page = stores.dialogs.pinned_dialogs(ANN, 0).await.expect("readable");
    let order: Vec<_> = page.dialogs.iter().map(|one| (one.peer, one.pinned_order)).collect();
    assert_eq!(order, [(cat, Some(2)), (chat, Some(1))]);
}

/// Moving there unpins.
pub async fn the_archive_is_a_list_of_its_own(stores: &Stores) {
    let [cat, chat, ben] = three_chats(stores).await;
    stores.dialogs.set_dialog_pinned(ANN, cat, true).await.expect("few");
    stores.dialogs.set_dialog_folder(ANN, &[(cat, 1), (ben, 1)]).await.expect("known");
    assert_eq!(peers(stores, ANN, Some(0), false).await, [chat]);
    assert_eq!(peers(stores, ANN, Some(1), true).await, [cat, ben]);
    assert_eq!(peers(stores, ANN, None, false).await, [cat, chat, ben]);
    stores.dialogs.set_dialog_pinned(ANN, ben, true).await.expect("few");
    let page = stores.dialogs.pinned_dialogs(ANN, 1).await.expect("readable");
    assert_eq!(page.dialogs[0].peer, ben);
    assert!(stores.dialogs.pinned_dialogs(ANN, 0).await.expect("readable").dialogs.is_empty());
    stores.dialogs.set_dialog_folder(ANN, &[(cat, 0)]).await.expect("known");
    assert_eq!(peers(stores, ANN, Some(0), false).await, [cat, chat]);
}

/// Set and cleared.
pub async fn marks_by_hand_are_listed(stores: &Stores) {
    let [cat, _, ben] = three_chats(stores).await;
    for peer in [cat, ben] {
        stores.dialogs.set_unread_mark(ANN, peer, true).await.expect("known");
    }
    assert_eq!(stores.dialogs.unread_marks(ANN).await, Ok(vec![ben, cat]));
    assert!(dialog(stores, ANN, cat).await.unread_mark);
    stores.dialogs.set_unread_mark(ANN, cat, false).await.expect("known");
    assert_eq!(stores.dialogs.unread_marks(ANN).await, Ok(vec![ben]));
}

fn draft(words: &str) -> Draft {
    Draft { text: words.to_owned(), date: NOW, ..Draft::default() }
}

/// A message clears it when asked to; the other side never sees it.
pub async fn drafts_are_kept_until_sent(stores: &Stores) {
    let peer = Peer::User(BEN);
    let set = |draft| stores.dialogs.set_draft(ANN, peer, draft);
    assert_eq!(set(None).await, Ok(false));
    assert_eq!(set(Some(draft("wor"))).await, Ok(true));
    assert_eq!(set(Some(draft("wor"))).await, Ok(false));
    assert_eq!(set(Some(draft("word"))).await, Ok(true));
    assert_eq!(stores.dialogs.drafts(ANN).await, Ok(vec![(peer, draft("word"))]));
    assert_eq!(dialog(stores, ANN, peer).await.draft, Some(draft("word")));
    assert_eq!(stores.dialogs.drafts(BEN).await, Ok(Vec::new()));
    say(stores, ANN, BEN, "something else").await;
    assert_eq!(stores.dialogs.drafts(ANN).await.map(|drafts| drafts.len()), Ok(1));
    let new = NewBoxMessage { clear_draft: true, ..text(ANN, BoxPeer::User(BEN), "word") };
    let cleared = send(stores, new).await.cleared.expect("recorded");
    assert_eq!(cleared.event, AccountEvent::DraftMessage { peer, draft: None });
    assert_eq!(stores.accounts.account_events(ANN, NOW, 9).await, Ok(vec![cleared]));
    assert_eq!(stores.dialogs.drafts(ANN).await, Ok(Vec::new()));
    set(Some(draft("again"))).await.expect("may draft");
    assert_eq!(set(None).await, Ok(true));
}

/// Only private chats have one here.
pub async fn a_timer_is_set_on_both_sides(stores: &Stores) {
    stores.dialogs.set_dialog_ttl(ANN, Peer::User(BEN), Some(60)).await.expect("private");
    assert_eq!(dialog(stores, ANN, Peer::User(BEN)).await.ttl_period, Some(60));
    assert_eq!(dialog(stores, BEN, Peer::User(ANN)).await.ttl_period, Some(60));
    stores.dialogs.set_dialog_ttl(BEN, Peer::User(ANN), None).await.expect("private");
    assert_eq!(dialog(stores, ANN, Peer::User(BEN)).await.ttl_period, None);
    let chat = Peer::Chat(group(stores, &[ANN]).await);
    assert_eq!(stores.dialogs.set_dialog_ttl(ANN, chat, Some(1)).await, Err(Error::NotFound));
}

/// For one side and one chat.
pub async fn the_bar_stays_hidden(stores: &Stores) {
    let hidden = |owner, peer| stores.dialogs.is_peer_bar_hidden(owner, Peer::User(peer));
    assert_eq!(hidden(ANN, BEN).await, Ok(false));
    stores.dialogs.hide_peer_bar(ANN, Peer::User(BEN)).await.expect("may hide");
    assert_eq!(hidden(ANN, BEN).await, Ok(true));
    assert_eq!(hidden(BEN, ANN).await, Ok(false));
    assert_eq!(hidden(ANN, CAT).await, Ok(false));
}

/// As the account set them.
pub async fn settings_of_a_chat_are_shown(stores: &Stores) {
    use model::account::{NotifyScope, NotifySettings};
    let [ann, ben] = people(stores).await;
    let peer = Peer::User(ben);
    let settings = NotifySettings { silent: Some(true), ..NotifySettings::default() };
    let scope = NotifyScope::Peer(peer);
    stores.accounts.set_notify_settings(ann, scope, settings.clone()).await.expect("an account");
    assert_eq!(stores.dialogs.dialog_notify(ann, peer).await, Ok(settings.clone()));
    assert_eq!(dialog(stores, ann, peer).await.notify, settings);
    let other = stores.dialogs.dialog_notify(ben, Peer::User(ann)).await;
    assert_eq!(other, Ok(NotifySettings::default()));
}

fn all_of(owner: UserId, peer: Peer) -> DeleteHistory {
    DeleteHistory {
        owner,
        peer,
        max_id: MessageId(0),
        revoke: false,
        keep_dialog: false,
        min_date: None,
        max_date: None,
        limit: 100,
    }
}

/// With its draft and pin; a new message brings it back.
pub async fn a_deleted_chat_leaves_the_list(stores: &Stores) {
    let [cat, chat, ben] = three_chats(stores).await;
    stores.dialogs.set_dialog_pinned(ANN, cat, true).await.expect("few");
    stores.dialogs.set_draft(ANN, cat, Some(draft("w"))).await.expect("may draft");
    let half = DeleteHistory { limit: 0, ..all_of(ANN, cat) };
    stores.boxes.delete_history(half).await.expect("hers");
    assert_eq!(peers(stores, ANN, None, false).await, [cat, chat, ben]);
    stores.boxes.delete_history(all_of(ANN, cat)).await.expect("hers");
    assert_eq!(peers(stores, ANN, None, false).await, [chat, ben]);
    assert_eq!(stores.dialogs.drafts(ANN).await, Ok(Vec::new()));
    assert!(stores.dialogs.pinned_dialogs(ANN, 0).await.expect("readable").dialogs.is_empty());
    assert_eq!(peers(stores, CAT, None, false).await, [Peer::User(ANN)]);
    let new = text(CAT, BoxPeer::User(ANN), "back");
    send(stores, NewBoxMessage { date: later(9), ..new }).await;
    assert_eq!(peers(stores, ANN, None, false).await, [cat, chat, ben]);
}

/// Where it was, with a message that says so.
pub async fn a_cleared_chat_keeps_its_place(stores: &Stores) {
    let [cat, chat, ben] = three_chats(stores).await;
    say_in(stores, ANN, ChatId(chat.id()), "older than Cat's").await;
    let clear = DeleteHistory { keep_dialog: true, ..all_of(ANN, cat) };
    let (changes, left) = stores.boxes.delete_history(clear).await.expect("hers");
    assert_eq!((changes.len(), left), (2, 0));
    assert_eq!((changes[1].change.pts_count, changes[1].ids.len()), (1, 0));
    assert_eq!(stores.boxes.pts(ANN).await, Ok(changes[1].change.pts));
    assert_eq!(peers(stores, ANN, None, false).await[0], cat);
    let seen = dialog(stores, ANN, cat).await;
    let left = stores.boxes.messages(ANN, &[seen.top_message]).await.expect("hers");
    let left: Vec<_> = left.into_iter().map(|message| message.body.action).collect();
    assert_eq!(left, [Some(Action::HistoryClear)]);
    assert_eq!((seen.date, seen.unread_count), (later(3), 0));
    assert_eq!(peers(stores, CAT, None, false).await, [Peer::User(ANN)]);
    assert!(peers(stores, ANN, None, false).await.contains(&ben));
    assert_ne!(seen.date, UnixTime(0));
}

/// Nor among the pinned, until there is a message again; its draft and pin stay.
pub async fn a_person_s_empty_chat_is_not_listed(stores: &Stores) {
    let [cat, chat, ben] = three_chats(stores).await;
    stores.dialogs.set_dialog_pinned(ANN, cat, true).await.expect("few");
    let top = dialog(stores, ANN, cat).await.top_message;
    stores.boxes.delete(ANN, &[top], true).await.expect("hers");
    assert_eq!(peers(stores, ANN, None, false).await, [chat, ben]);
    assert_eq!(stores.dialogs.pinned_dialogs(ANN, 0).await.expect("readable").dialogs, []);
    assert_eq!(peers(stores, CAT, None, false).await, []);
    assert_eq!(dialog(stores, ANN, cat).await.top_message, MessageId(0));
    say(stores, ANN, CAT, "again").await;
    assert_eq!(stores.dialogs.pinned_dialogs(ANN, 0).await.expect("readable").dialogs.len(), 1);
    assert!(peers(stores, CAT, None, false).await.contains(&Peer::User(ANN)));
}

/// Boxes are read by their own port.
pub async fn only_channels_of_the_list_are_read(stores: &Stores) {
    say(stores, ANN, BEN, "hi").await;
    for peer in [Peer::User(ANN), Peer::Channel(ChannelId(99))] {
        let read = stores.dialogs.read_channel(BEN, peer, MessageId(1), NOW).await;
        assert_eq!(read, Err(Error::NotFound));
    }
}
