//! Cases of the boxes port: windows of histories, searches.

use model::dialog::{HistoryPage, HistoryWindow};
use model::media::Media;
use model::message::{Action, Body, Forward, MediaClass};
use model::{MessageId, Peer, PhotoId};

use super::support::{NOW, later};
use super::writing::{
    ANN, BEN, CAT, document, group, named, photo, query, say, say_in, send, text,
};
use crate::Stores;
use crate::ports::boxes::{BoxPeer, NewBoxMessage, SearchQuery};

/// The names of this file's cases.
#[macro_export]
macro_rules! box_search_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            box_search,
            $make,
            [
                a_history_begins_at_the_newest,
                a_history_goes_on_below_an_offset,
                a_history_is_asked_around_a_message,
                a_history_begins_before_a_date,
                bounds_thin_out_a_history,
                a_deleted_offset_still_leads_somewhere,
                words_are_found_by_their_beginnings,
                a_search_takes_plain_typing,
                a_search_stays_in_its_box,
                a_search_follows_edits_and_deletions,
                a_search_follows_edits_of_who_was_away,
                files_are_found_by_what_they_are_called,
                service_messages_and_fleeting_ones_are_not_found,
                a_search_is_filtered,
                saved_messages_are_searched_by_their_dialogs,
                a_search_has_a_window,
            ]
        );
    };
}

/// Ann writes "1" to "9" to Ben, a second apart; every second number goes to Cat.
async fn nine(stores: &Stores) {
    for number in 1..=9_i32 {
        let new = text(ANN, BoxPeer::User(BEN), &number.to_string());
        send(stores, NewBoxMessage { date: later(number.into()), ..new }).await;
        say(stores, ANN, CAT, "between").await;
    }
}

/// The number of the message that says so.
fn number(words: i32) -> MessageId {
    MessageId(words * 2 - 1)
}

async fn history(stores: &Stores, window: HistoryWindow) -> (Vec<i32>, i32) {
    let page = stores.boxes.history(ANN, Peer::User(BEN), window).await.expect("readable");
    assert_eq!(page.total, 9);
    (words(&page), page.offset_from_newest)
}

fn words(page: &HistoryPage) -> Vec<i32> {
    page.messages.iter().map(|message| message.body.text.parse().unwrap_or(0)).collect()
}

fn window(offset: i32, add_offset: i32, limit: i32) -> HistoryWindow {
    let offset_id = if offset == 0 { MessageId(0) } else { number(offset) };
    HistoryWindow { offset_id, add_offset, limit, ..HistoryWindow::default() }
}

/// No more than asked, no more than there is.
pub async fn a_history_begins_at_the_newest(stores: &Stores) {
    nine(stores).await;
    assert_eq!(history(stores, window(0, 0, 3)).await, (vec![9, 8, 7], 0));
    assert_eq!(history(stores, window(0, 2, 3)).await, (vec![7, 6, 5], 2));
    assert_eq!(history(stores, window(0, 0, 100)).await.0.len(), 9);
    assert_eq!(history(stores, window(0, 0, 0)).await, (vec![], 0));
}

/// Older ones than the offset, which itself is left out.
pub async fn a_history_goes_on_below_an_offset(stores: &Stores) {
    nine(stores).await;
    assert_eq!(history(stores, window(7, 0, 3)).await, (vec![6, 5, 4], 3));
    assert_eq!(history(stores, window(7, 2, 3)).await, (vec![4, 3, 2], 5));
    assert_eq!(history(stores, window(2, 0, 3)).await, (vec![1], 8));
    assert_eq!(history(stores, window(1, 0, 3)).await, (vec![], 9));
    assert_eq!(history(stores, window(99, 0, 2)).await, (vec![9, 8], 0));
}

/// A negative offset leads to newer ones, and is cut at the newest.
pub async fn a_history_is_asked_around_a_message(stores: &Stores) {
    nine(stores).await;
    assert_eq!(history(stores, window(5, -1, 1)).await, (vec![5], 4));
    assert_eq!(history(stores, window(5, -3, 5)).await, (vec![7, 6, 5, 4, 3], 2));
    assert_eq!(history(stores, window(5, -3, 3)).await, (vec![7, 6, 5], 2));
    assert_eq!(history(stores, window(8, -5, 5)).await, (vec![9, 8], 0));
    assert_eq!(history(stores, window(8, -5, 7)).await, (vec![9, 8, 7, 6], 0));
    assert_eq!(history(stores, window(8, -50, 5)).await, (vec![], 0));
}

/// An offset by number counts first.
pub async fn a_history_begins_before_a_date(stores: &Stores) {
    nine(stores).await;
    let before = HistoryWindow { offset_date: later(5), ..window(0, 0, 2) };
    assert_eq!(history(stores, before).await, (vec![4, 3], 5));
    let around = HistoryWindow { add_offset: -1, ..before };
    assert_eq!(history(stores, around).await, (vec![5, 4], 4));
    let by_id = HistoryWindow { offset_id: number(9), ..before };
    assert_eq!(history(stores, by_id).await, (vec![8, 7], 1));
}

/// They apply to what the window shows.
pub async fn bounds_thin_out_a_history(stores: &Stores) {
    nine(stores).await;
    let bounded = HistoryWindow { max_id: number(8), min_id: number(5), ..window(0, 0, 9) };
    assert_eq!(history(stores, bounded).await, (vec![7, 6], 2));
    let outside = HistoryWindow { max_id: number(3), ..window(0, 0, 3) };
    assert_eq!(history(stores, outside).await.0, Vec::<i32>::new());
}

/// Clients ask from numbers that are gone.
pub async fn a_deleted_offset_still_leads_somewhere(stores: &Stores) {
    nine(stores).await;
    stores.boxes.delete(ANN, &[number(5)], false).await.expect("hers");
    let page = stores.boxes.history(ANN, Peer::User(BEN), window(5, -1, 2)).await;
    let page = page.expect("readable");
    assert_eq!((words(&page), page.total, page.offset_from_newest), (vec![6, 4], 8, 3));
}

async fn found(stores: &Stores, query: SearchQuery) -> Vec<String> {
    let page = stores.boxes.search(ANN, query).await.expect("readable");
    assert_eq!(usize::try_from(page.total), Ok(page.messages.len()));
    page.messages.into_iter().map(|message| message.body.text).collect()
}

/// All words of the question, in any case and script, each by its beginning.
pub async fn words_are_found_by_their_beginnings(stores: &Stores) {
    for words in ["The Hoopoe flies", "hoop, o hoop!", "Удод летит", "été ÉTÉ", "x2000000"]
    {
        say(stores, ANN, BEN, words).await;
    }
    let cases: &[(&str, &[&str])] = &[
        ("hoop", &["hoop, o hoop!", "The Hoopoe flies"]),
        ("HOOPO", &["The Hoopoe flies"]),
        ("fli the", &["The Hoopoe flies"]),
        ("oop", &[]),
        ("удо", &["Удод летит"]),
        ("été", &["été ÉTÉ"]),
        ("ete", &["été ÉTÉ"]),
        ("\"hoop* OR", &[]),
        ("x2", &["x2000000"]),
        ("o", &["hoop, o hoop!"]),
    ];
    for (asked, expected) in cases {
        assert_eq!(found(stores, query(asked)).await, *expected, "{asked}");
    }
    assert_eq!(found(stores, query("?!")).await.len(), 5);
}

/// A message is found by a plainer spelling, until it is gone.
pub async fn a_search_takes_plain_typing(stores: &Stores) {
    let written = "وصل أحمد إلى المكتبةِ";
    let sent = say(stores, ANN, BEN, written).await;
    for asked in ["احمد", "المكتبه", "الى", "مكت"] {
        let expected: &[&str] = if asked == "مكت" { &[] } else { &[written] };
        assert_eq!(found(stores, query(asked)).await, expected, "{asked}");
    }
    stores.boxes.delete(ANN, &[sent.0], true).await.unwrap();
    assert_eq!(found(stores, query("احمد")).await, [""; 0]);
}

/// Nobody finds another's messages.
pub async fn a_search_stays_in_its_box(stores: &Stores) {
    say(stores, BEN, CAT, "secret of Ben and Cat").await;
    say(stores, BEN, ANN, "secret for Ann").await;
    assert_eq!(found(stores, query("secret")).await, ["secret for Ann"]);
    let page = stores.boxes.search(CAT, query("secret")).await.expect("readable");
    assert_eq!(page.messages[0].body.text, "secret of Ben and Cat");
    assert_eq!(page.total, 1);
}

/// Also of what was searched before.
pub async fn a_search_follows_edits_and_deletions(stores: &Stores) {
    let (first, _) = say(stores, ANN, BEN, "blue bird").await;
    assert_eq!(found(stores, query("bird")).await, ["blue bird"]);
    say(stores, ANN, BEN, "red bird").await;
    let edited = Body { text: "blue fish".to_owned(), ..Body::default() };
    stores.boxes.edit(ANN, first, edited, Some(NOW)).await.expect("hers");
    assert_eq!(found(stores, query("bird")).await, ["red bird"]);
    assert_eq!(found(stores, query("blue fi")).await, ["blue fish"]);
    stores.boxes.delete(ANN, &[first], false).await.expect("hers");
    assert!(found(stores, query("blue")).await.is_empty());
    assert_eq!(found(stores, query("re")).await, ["red bird"]);
    let theirs = stores.boxes.search(BEN, query("blue")).await.expect("readable");
    assert_eq!(theirs.total, 1);
}

/// Beside what is written with them, and no longer than they are there.
pub async fn files_are_found_by_what_they_are_called(stores: &Stores) {
    let mut new = text(ANN, BoxPeer::User(BEN), "for you");
    new.body.media = Some(named("Annual_Report 2026.pdf"));
    let id = send(stores, new).await.copies[0].message.id;
    say(stores, ANN, BEN, "report").await;
    assert_eq!(found(stores, query("report 2026")).await, ["for you"]);
    assert_eq!(found(stores, query("you annual")).await, ["for you"]);
    let edited = Body { text: "for you".to_owned(), ..Body::default() };
    stores.boxes.edit(ANN, id, edited, Some(NOW)).await.expect("hers");
    assert_eq!(found(stores, query("report")).await, ["report"]);
}

/// What destroys itself never enters an index.
pub async fn service_messages_and_fleeting_ones_are_not_found(stores: &Stores) {
    let mut fleeting = text(ANN, BoxPeer::User(BEN), "word fleeting");
    fleeting.body.ttl_period = Some(60);
    send(stores, fleeting).await;
    let mut service = text(ANN, BoxPeer::User(BEN), "word service");
    service.body.action = Some(Action::PinMessage);
    send(stores, service).await;
    say(stores, ANN, BEN, "word stays").await;
    assert_eq!(found(stores, query("word")).await, ["word stays"]);
    assert_eq!(found(stores, query("")).await.len(), 3);
}

/// By chat, author, kind and date.
pub async fn a_search_is_filtered(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN]).await;
    say(stores, ANN, BEN, "a").await;
    say(stores, BEN, ANN, "b").await;
    say_in(stores, BEN, chat, "c").await;
    for (words, media, second) in
        [("d", photo(), 1), ("e", document(MediaClass::Voice), 2), ("f", photo(), 3)]
    {
        let mut new = text(ANN, BoxPeer::User(BEN), words);
        new.body.media = Some(media);
        send(stores, NewBoxMessage { date: later(second), ..new }).await;
    }
    let peer = Some(Peer::User(BEN));
    let from_ben = SearchQuery { from: Some(Peer::User(BEN)), ..query("") };
    assert_eq!(found(stores, from_ben.clone()).await, ["c", "b"]);
    assert_eq!(found(stores, SearchQuery { peer, ..from_ben }).await, ["b"]);
    let photos = SearchQuery { classes: vec![MediaClass::Photo], peer, ..query("") };
    assert_eq!(found(stores, photos.clone()).await, ["f", "d"]);
    let classes = vec![MediaClass::Voice, MediaClass::Photo];
    assert_eq!(found(stores, SearchQuery { classes, ..query("") }).await, ["f", "e", "d"]);
    let classes = vec![MediaClass::None, MediaClass::Voice];
    assert_eq!(found(stores, SearchQuery { classes, peer, ..query("") }).await, ["e", "b", "a"]);
    let dated = SearchQuery { min_date: later(1), max_date: later(3), ..query("") };
    assert_eq!(found(stores, dated).await, ["e"]);
    assert_eq!(found(stores, SearchQuery { text: "f".to_owned(), ..photos }).await, ["f"]);
}

/// What was saved from a chat, and one's own notes. Only saved messages have such dialogs.
pub async fn saved_messages_are_searched_by_their_dialogs(stores: &Stores) {
    say(stores, ANN, BEN, "to Ben").await;
    let own = BoxPeer::User(ANN);
    send(stores, text(ANN, own, "note")).await;
    let channel = Peer::Channel(model::ChannelId(7));
    for (number, from) in (1..).zip([Peer::User(BEN), channel, Peer::User(BEN)]) {
        let mut new = text(ANN, own, &format!("saved {number}"));
        new.body.forward = Some(Forward {
            from: Some(from),
            from_name: None,
            date: NOW,
            channel_post: None,
            post_author: None,
            saved_from: Some((from, MessageId(number))),
        });
        send(stores, new).await;
    }
    let (peer, of) = (Some(Peer::User(ANN)), |saved| Some(saved));
    let from_ben = SearchQuery { peer, saved: of(Peer::User(BEN)), ..query("") };
    assert_eq!(found(stores, from_ben.clone()).await, ["saved 3", "saved 1"]);
    assert_eq!(
        found(stores, SearchQuery { text: "1".to_owned(), ..from_ben.clone() }).await,
        ["saved 1"]
    );
    assert_eq!(found(stores, SearchQuery { peer: None, ..from_ben.clone() }).await.len(), 2);
    let elsewhere = SearchQuery { peer: Some(Peer::User(BEN)), ..from_ben.clone() };
    assert_eq!(found(stores, elsewhere).await, [""; 0]);
    let saved = of(channel);
    assert_eq!(found(stores, SearchQuery { saved, ..from_ben.clone() }).await, ["saved 2"]);
    let saved = of(Peer::User(ANN));
    assert_eq!(found(stores, SearchQuery { saved, ..from_ben.clone() }).await, ["note"]);
    let saved = of(Peer::User(CAT));
    assert_eq!(found(stores, SearchQuery { saved, ..from_ben }).await, [""; 0]);
}

/// The window applies to what was found.
pub async fn a_search_has_a_window(stores: &Stores) {
    for (second, words) in (0..).zip(["bird one", "fish", "bird two", "bird three", "bird four"]) {
        let new = text(ANN, BoxPeer::User(BEN), words);
        send(stores, NewBoxMessage { date: later(second), ..new }).await;
    }
    let window = HistoryWindow { offset_id: MessageId(4), limit: 2, ..HistoryWindow::default() };
    let page = stores.boxes.search(ANN, SearchQuery { window, ..query("bird") }).await;
    let page = page.expect("readable");
    let texts: Vec<_> = page.messages.iter().map(|message| message.body.text.as_str()).collect();
    assert_eq!(texts, ["bird two", "bird one"]);
    assert_eq!((page.total, page.offset_from_newest), (4, 2));
}

/// The copies of a group's message differ when an edit did not reach somebody who had left: what each held is taken out, words and
/// photos alike.
pub async fn a_search_follows_edits_of_who_was_away(stores: &Stores) {
    let chat = group(stores, &[BEN, ANN]).await;
    for id in 1..=3 {
        stores.media.insert_photo(super::media::photo(id)).await.unwrap();
    }
    let pictured = |id, words: &str| {
        let media = Some(Media::Photo { photo: PhotoId(id), spoiler: false, ttl_s: None });
        Body { media, text: words.to_owned(), ..Body::default() }
    };
    let first = text(BEN, BoxPeer::Chat(chat), "");
    let first = NewBoxMessage { body: pictured(1, "apple"), ..first };
    let id = send(stores, first).await.copies[0].message.id;
    // Searched once, so that its words are in the index.
    assert_eq!(found(stores, query("apple")).await, ["apple"]);
    stores.chats.remove_member(chat, ANN, ANN).await.unwrap();
    stores.boxes.edit(BEN, id, pictured(2, "banana"), None).await.unwrap();
    stores.chats.add_member(chat, BEN, ANN, NOW).await.unwrap();
    stores.boxes.edit(BEN, id, pictured(3, "cherry"), None).await.unwrap();
    assert_eq!(found(stores, query("cherry")).await, ["cherry"]);
    for gone in ["apple", "banana"] {
        assert_eq!(found(stores, query(gone)).await, [""; 0]);
    }
    // Past the day after which an unused photo is abandoned.
    while stores.media.destroy_unneeded(later(100_000), 9).await.unwrap() > 0 {}
    let left = stores.media.photos(&[PhotoId(1), PhotoId(2), PhotoId(3)]).await.unwrap();
    assert_eq!(left.iter().map(|photo| photo.id).collect::<Vec<_>>(), [PhotoId(3)]);
}
