//! Subscribers that are connected while the server is killed: what they heard live is in the log afterwards.

use std::net::SocketAddr;
use std::sync::Arc;

use mtproto::client::ClientEvent;
use tl_api::{enums, functions};
use tl_codec::{Deserialize as _, Reader};
use tokio::sync::Mutex;

use super::read::{Line, line};
use crate::client::{Client, Identity};
use crate::server::Result;

/// One who listens to a channel.
pub(super) struct Listener {
    identity: Identity,
    channel_id: i64,
    /// What the connections so far brought, each a list of its own.
    heard: Mutex<Vec<Vec<Line>>>,
}

impl Listener {
    pub(super) fn new(identity: &Identity, channel_id: i64) -> Arc<Self> {
        Arc::new(Self { identity: identity.clone(), channel_id, heard: Mutex::default() })
    }

    /// Listens until the connection is lost.
    pub(super) async fn work(self: Arc<Self>, address: SocketAddr) -> Result<()> {
        let Ok(mut client) = Client::connect(address, &self.identity.key).await else {
            return Ok(());
        };
        if client.call(&functions::updates::GetState {}).await.is_err() {
            return Ok(());
        }
        let mut updates = std::mem::take(&mut client.updates);
        while let Ok(events) = client.read().await {
            for event in events {
                if let ClientEvent::Update(body) = event {
                    updates.push(body);
                }
            }
            // Acknowledgements; that they no longer leave shows when the next packet is read.
            let _lost = client.flush().await;
        }
        let mut lines = Vec::new();
        for body in &updates {
            lines.extend(self.posts(body)?);
        }
        self.heard.lock().await.push(lines);
        Ok(())
    }

    fn posts(&self, body: &[u8]) -> Result<Vec<Line>> {
        let updates = enums::Updates::deserialize(&mut Reader::trusted(body));
        let enums::Updates::Updates(updates) = updates.map_err(|error| error.to_string())? else {
            return Ok(Vec::new());
        };
        let messages = updates.updates.iter().filter_map(|update| match update {
            enums::Update::UpdateNewChannelMessage(new) => Some(&new.message),
            _ => None,
        });
        let ours = messages.filter(|message| match message {
            enums::Message::Message(message) => {
                matches!(&message.peer_id, enums::Peer::PeerChannel(peer) if peer.channel_id == self.channel_id)
            }
            _ => false,
        });
        Ok(ours.filter_map(line).collect())
    }

    /// Everything heard since the last look is in the log under its number, and was heard once and in order. Answers how much.
    pub(super) async fn check(&self, log: &[Line]) -> Result<usize> {
        let heard = std::mem::take(&mut *self.heard.lock().await);
        let mut count = 0;
        for lines in heard {
            if lines.windows(2).any(|pair| pair[0].id >= pair[1].id) {
                return Err("a subscriber heard posts twice, or in another order".to_owned());
            }
            for heard in &lines {
                let at = log.binary_search_by_key(&heard.id, |line| line.id);
                let kept = at.ok().map(|at| &log[at]);
                if kept.is_none_or(|kept| kept.text != heard.text) {
                    return Err(format!("{} was delivered and is not in the log", heard.text));
                }
            }
            count += lines.len();
        }
        Ok(count)
    }
}
