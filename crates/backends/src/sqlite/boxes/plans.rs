//! No statement of boxes reads more than what it is after.

use std::cell::RefCell;
use std::collections::BTreeSet;

use model::dialog::HistoryWindow;
use model::message::{Body, MediaClass};
use model::{MessageId, Peer, Pts, UnixTime, UserId};
use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use store::ports::boxes::{BoxPeer, DeleteHistory, NewBoxMessage, SearchQuery};

use super::super::migrations;
use super::{change, events, history, marks, rows, send};

const ANN: UserId = UserId(1);
const BEN: UserId = UserId(2);
const CHAT: Peer = Peer::User(BEN);

thread_local! {
    static SEEN: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

#[expect(clippy::needless_pass_by_value, reason = "the form that a trace is called in")]
fn note(event: TraceEvent<'_>) {
    if let TraceEvent::Stmt(_, sql) = event {
        SEEN.with_borrow_mut(|seen| seen.insert(sql.to_owned()));
    }
}

fn message(n: i64) -> NewBoxMessage {
    NewBoxMessage {
        sender: if n % 2 == 0 { ANN } else { BEN },
        peer: BoxPeer::User(if n % 2 == 0 { BEN } else { ANN }),
        random_id: Some(n),
        date: UnixTime(n),
        body: Body { text: "bird".to_owned(), ..Body::default() },
        reply_to: Some(MessageId(1)),
        mentions: Vec::new(),
        clear_draft: n % 3 == 0,
    }
}

/// Everything that the hot ports ask of a box.
fn ask(conn: &Connection) {
    let messages: Vec<_> = (1..30).map(message).collect();
    send(conn, &messages).unwrap();
    let window = HistoryWindow { limit: 10, offset_id: MessageId(9), ..HistoryWindow::default() };
    let by_date = HistoryWindow { limit: 10, offset_date: UnixTime(9), ..HistoryWindow::default() };
    for window in [window, by_date] {
        history::history(conn, ANN, CHAT, window).unwrap();
    }
    let peer = Some(CHAT);
    let all = SearchQuery { peer, window, ..SearchQuery::default() };
    let from = SearchQuery { from: Some(Peer::User(BEN)), ..all.clone() };
    let photos = SearchQuery { classes: vec![MediaClass::Photo], ..all.clone() };
    let pinned = SearchQuery { pinned: true, ..all.clone() };
    let words = SearchQuery { text: "bi".to_owned(), ..all.clone() };
    let unseen = SearchQuery { unread_mentions: true, ..all.clone() };
    let saved = SearchQuery { peer: Some(Peer::User(ANN)), saved: Some(CHAT), ..all.clone() };
    for query in [all, from, photos, pinned, words, unseen, saved] {
        history::search(conn, ANN, &query).unwrap();
    }
    events::events(conn, ANN, Pts(5), 10).unwrap();
    marks::read(conn, ANN, CHAT, MessageId(9), UnixTime(9)).unwrap();
    marks::read_contents(conn, ANN, &[MessageId(2)], UnixTime(9), Some(UnixTime(9))).unwrap();
    marks::unseen_mentions(conn, ANN, CHAT, 5).unwrap();
    marks::pin(conn, (ANN, CHAT), &[MessageId(2)], true, true).unwrap();
    marks::pin(conn, (ANN, CHAT), &[], false, true).unwrap();
    marks::outbox_read_date(conn, ANN, MessageId(2)).unwrap();
    marks::unread_total(conn, ANN).unwrap();
    rows::unread_mentions(conn, ANN, CHAT).unwrap();
    change::react(conn, ANN, MessageId(2), vec!["👍".to_owned()], UnixTime(9)).unwrap();
    let body = Body { text: "fish".to_owned(), ..Body::default() };
    change::edit(conn, ANN, MessageId(2), &body, None).unwrap();
    change::delete(conn, ANN, &[MessageId(2)], true).unwrap();
    let (min_date, max_date) = (None, None);
    let max_id = MessageId(4);
    let part = DeleteHistory {
        owner: ANN,
        peer: CHAT,
        max_id,
        revoke: true,
        keep_dialog: false,
        min_date,
        max_date,
        limit: 5,
    };
    change::delete_history(conn, part).unwrap();
    rows::top(conn, ANN, CHAT).unwrap();
    rows::unread_after(conn, ANN, CHAT, MessageId(1)).unwrap();
}

#[test]
fn no_statement_reads_a_whole_box() {
    let mut conn = Connection::open_in_memory().unwrap();
    migrations::run(&mut conn, &|_, _| {}).unwrap();
    conn.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(note)).unwrap();
    ask(&conn);
    let statements = SEEN.with_borrow(Clone::clone);
    let ours = |sql: &&String| sql.contains("box_") && !sql.starts_with("--");
    let ours: Vec<_> = statements.iter().filter(ours).collect();
    assert!(ours.len() > 25, "{} statements", ours.len());
    for sql in ours {
        let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut plan = explain.raw_query();
        while let Some(row) = plan.next().unwrap() {
            let step: String = row.get(3).unwrap();
            let whole = step.starts_with("SCAN box_messages")
                || step.starts_with("SCAN box_events")
                || step.starts_with("SCAN dialogs")
                || step.ends_with("box_messages USING PRIMARY KEY (owner_id=?)");
            assert!(!whole, "{step}: {sql}");
        }
    }
}
