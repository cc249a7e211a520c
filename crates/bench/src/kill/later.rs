//! Posts that wait for their time while the server is killed: none is lost, none leaves early, none leaves twice.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tl_api::{enums, functions};
use tokio::sync::Mutex;

use super::read::{Line, line};
use crate::client::{CallError, Client, Identity, now, random};
use crate::server::Result;

/// From writing to sending, seconds.
const AHEAD_S: i32 = 13;
/// What is nearer than this is sent at once, as official servers do.
const AT_ONCE_S: i32 = 11;
/// Posts of one schedule at a time; the server takes a hundred.
const WAITING: usize = 80;
/// After its time a post may take so long while the server runs and is killed, seconds.
const LATE_S: i32 = 15;
/// What the texts begin with.
const NAME: &str = "later";

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn unix_s() -> i32 {
    i32::try_from(now().wall.unix_secs()).unwrap_or(i32::MAX)
}

/// A post and its time.
#[derive(Clone)]
struct Post {
    text: String,
    random_id: i64,
    date: i32,
}

#[derive(Default)]
struct Ledger {
    acknowledged: Vec<Post>,
    pending: Option<Post>,
    /// Their answers never came, and it is too late to ask again.
    given_up: Vec<Post>,
    /// Of the acknowledged ones, those that the log has.
    sent: usize,
    next: u64,
}

impl Ledger {
    fn take_up(&mut self) -> Post {
        match &self.pending {
            Some(pending) if pending.date > unix_s() + AT_ONCE_S => return pending.clone(),
            _ => self.given_up.extend(self.pending.take()),
        }
        self.next += 1;
        let date = unix_s() + AHEAD_S;
        let text = format!("{NAME} {:06} {date}", self.next);
        let fresh = Post { text, random_id: random(), date };
        self.pending = Some(fresh.clone());
        fresh
    }
}

/// Writes posts for later into one channel.
pub(super) struct Planner {
    identity: Identity,
    peer: enums::InputPeer,
    stopped: AtomicBool,
    ledger: Mutex<Ledger>,
}

impl Planner {
    pub(super) fn new(identity: &Identity, peer: enums::InputPeer) -> Arc<Self> {
        let (stopped, ledger) = (AtomicBool::new(false), Mutex::default());
        Arc::new(Self { identity: identity.clone(), peer, stopped, ledger })
    }

    /// Plans posts until the connection is lost.
    pub(super) async fn work(self: Arc<Self>, address: SocketAddr) -> Result<()> {
        let Ok(mut client) = Client::connect(address, &self.identity.key).await else {
            return Ok(());
        };
        loop {
            let post = {
                let mut ledger = self.ledger.lock().await;
                let waiting = ledger.acknowledged.len() - ledger.sent;
                let more = waiting < WAITING && !self.stopped.load(Ordering::Relaxed);
                more.then(|| ledger.take_up())
            };
            let Some(post) = post else {
                // The schedule is full, or planning is over: this ends when the server does.
                return client.read_to_end().await;
            };
            let request = functions::messages::SendMessage {
                peer: self.peer.clone(),
                message: post.text.clone(),
                random_id: post.random_id,
                schedule_date: Some(post.date),
                ..Default::default()
            };
            match client.call(&request).await {
                Ok(_) => {
                    let mut ledger = self.ledger.lock().await;
                    ledger.pending = None;
                    ledger.acknowledged.push(post);
                }
                Err(CallError::Lost(_)) => return Ok(()),
                Err(refused) => return Err(format!("{} was refused: {refused}", post.text)),
            }
        }
    }

    /// Every post is in the schedule or in the log, and in the log once and not before its time.
    pub(super) async fn check(
        &self,
        address: SocketAddr,
        log: impl AsyncFnOnce(&mut Client) -> Result<Vec<Line>>,
    ) -> Result<()> {
        let mut client = Client::connect(address, &self.identity.key).await?;
        // First what waits: what leaves meanwhile is in both, and not in neither.
        let at = unix_s();
        let waiting = self.waiting(&mut client).await?;
        let log = log(&mut client).await?;
        let mut sent: BTreeMap<&str, i32> = BTreeMap::new();
        for line in log.iter().filter(|line| line.text.split(' ').next() == Some(NAME)) {
            if sent.insert(&line.text, line.date).is_some() {
                return Err(format!("{} was sent twice", line.text));
            }
        }
        let mut ledger = self.ledger.lock().await;
        let unknown = ledger.given_up.iter().chain(&ledger.pending).map(|post| (post, false));
        for (post, known) in ledger.acknowledged.iter().map(|post| (post, true)).chain(unknown) {
            match sent.get(post.text.as_str()) {
                Some(date) if *date < post.date => {
                    return Err(format!("{} was sent {} s early", post.text, post.date - date));
                }
                Some(_) => {}
                None if waiting.contains(&post.text) && at <= post.date + LATE_S => {}
                None if waiting.contains(&post.text) => {
                    return Err(format!("{} waits {} s too long", post.text, at - post.date));
                }
                None if !known => {}
                None => return Err(format!("{} is lost", post.text)),
            }
        }
        ledger.sent =
            ledger.acknowledged.iter().filter(|post| sent.contains_key(post.text.as_str())).count();
        Ok(())
    }

    async fn waiting(&self, client: &mut Client) -> Result<Vec<String>> {
        let request = functions::messages::GetScheduledHistory { peer: self.peer.clone(), hash: 0 };
        let messages = match client.call(&request).await.map_err(text)? {
            enums::messages::Messages::Messages(list) => list.messages,
            enums::messages::Messages::MessagesSlice(list) => list.messages,
            enums::messages::Messages::ChannelMessages(list) => list.messages,
            enums::messages::Messages::MessagesNotModified(_) => Vec::new(),
        };
        let texts: Vec<String> = messages.iter().filter_map(line).map(|line| line.text).collect();
        let mut once = texts.clone();
        once.sort_unstable();
        once.dedup();
        if once.len() == texts.len() { Ok(texts) } else { Err("a post waits twice".to_owned()) }
    }

    /// Whether anything waits. The server runs.
    pub(super) async fn has_plans(&self, address: SocketAddr) -> Result<bool> {
        let mut client = Client::connect(address, &self.identity.key).await?;
        Ok(!self.waiting(&mut client).await?.is_empty())
    }

    /// Nothing more is planned.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// How many were planned, and how many have left.
    pub(super) async fn count(&self) -> (usize, usize) {
        let ledger = self.ledger.lock().await;
        (ledger.acknowledged.len(), ledger.sent)
    }
}
