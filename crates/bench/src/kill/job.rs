//! What writes under load, and what it knows of its own acts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tl_api::{enums, functions, types};
use tokio::sync::Mutex;

use crate::client::{CallError, Client, Identity, random};
use crate::server::Result;

/// Bytes of one part of a file.
pub(super) const PART: usize = 16 * 1024;
/// Parts of one file.
pub(super) const PARTS: i32 = 4;

/// Where and what a job writes.
#[derive(Clone)]
pub(super) enum Kind {
    /// Texts, to a person or into a channel.
    Text(enums::InputPeer),
    /// Files, in parts, to a person.
    File(enums::InputPeer),
    /// Titles of a basic group, each told by a service message.
    Title(i64),
}

/// An act whose answer has not come: done or not, but never twice.
#[derive(Clone)]
pub(super) struct Pending {
    pub(super) text: String,
    pub(super) random_id: i64,
    file_id: i64,
    parts: i32,
    /// The act itself was sent, and not only parts of its file.
    tried: bool,
}

/// What a job knows of its own acts.
#[derive(Default)]
pub(super) struct Ledger {
    /// Those whose answer came, in order.
    pub(super) acknowledged: Vec<String>,
    pub(super) pending: Option<Pending>,
    next: u64,
}

impl Ledger {
    fn take_up(&mut self, name: &str) -> Pending {
        if let Some(pending) = &self.pending {
            return pending.clone();
        }
        self.next += 1;
        let fresh = Pending {
            text: format!("{name} {:06}", self.next),
            random_id: random(),
            file_id: random(),
            parts: 0,
            tried: false,
        };
        self.pending = Some(fresh.clone());
        fresh
    }
}

/// One writer, in the name of one person, on a connection of its own.
pub(super) struct Job {
    pub(super) name: &'static str,
    pub(super) identity: Identity,
    pub(super) kind: Kind,
    pub(super) ledger: Mutex<Ledger>,
}

impl Job {
    pub(super) fn new(name: &'static str, identity: &Identity, kind: Kind) -> Arc<Self> {
        Arc::new(Self { name, identity: identity.clone(), kind, ledger: Mutex::default() })
    }

    /// Writes until the connection is lost. What is pending is done again first, under the same random id.
    pub(super) async fn work(self: Arc<Self>, address: SocketAddr) -> Result<()> {
        let end = Instant::now() + Duration::from_secs(20);
        let Ok(mut client) = Client::connect(address, &self.identity.key).await else {
            return Ok(());
        };
        while Instant::now() < end {
            let pending = self.ledger.lock().await.take_up(self.name);
            match self.act(&mut client, &pending).await {
                Ok(()) => {
                    let mut ledger = self.ledger.lock().await;
                    ledger.pending = None;
                    ledger.acknowledged.push(pending.text);
                }
                Err(CallError::Lost(_)) => return Ok(()),
                Err(refused) => return Err(format!("{} was refused: {refused}", pending.text)),
            }
        }
        Err("the server was not killed".to_owned())
    }

    async fn act(
        &self,
        client: &mut Client,
        pending: &Pending,
    ) -> std::result::Result<(), CallError> {
        match &self.kind {
            Kind::Text(peer) => {
                client.send_text(peer, &pending.text, pending.random_id).await.map(drop)
            }
            Kind::File(peer) => match self.send_file(client, peer, pending).await {
                // The send before the kill was done and took the parts. As official apps do: they upload them again.
                Err(CallError::Refused(400, text))
                    if pending.tried && text.starts_with("FILE_PART_") =>
                {
                    let again = Pending { parts: 0, ..pending.clone() };
                    self.send_file(client, peer, &again).await
                }
                answer => answer,
            },
            Kind::Title(chat_id) => {
                let request = functions::messages::EditChatTitle {
                    chat_id: *chat_id,
                    title: pending.text.clone(),
                };
                let tried = pending.tried;
                self.note(|pending| pending.tried = true).await;
                match client.call(&request).await {
                    // The one before the kill was done.
                    Err(CallError::Refused(400, text)) if tried && text == "CHAT_NOT_MODIFIED" => {
                        Ok(())
                    }
                    answer => answer.map(drop),
                }
            }
        }
    }

    async fn note(&self, change: impl FnOnce(&mut Pending)) {
        if let Some(pending) = &mut self.ledger.lock().await.pending {
            change(pending);
        }
    }

    /// Parts that were acknowledged are not sent again: the server has to have them after a kill.
    async fn send_file(
        &self,
        client: &mut Client,
        peer: &enums::InputPeer,
        pending: &Pending,
    ) -> std::result::Result<(), CallError> {
        for file_part in pending.parts..PARTS {
            let bytes = content(pending.file_id, file_part);
            let request =
                functions::upload::SaveFilePart { file_id: pending.file_id, file_part, bytes };
            client.call(&request).await?;
            self.note(|pending| pending.parts = file_part + 1).await;
        }
        let file = types::InputFile {
            id: pending.file_id,
            parts: PARTS,
            name: "load.bin".to_owned(),
            md5_checksum: String::new(),
        };
        let media = types::InputMediaUploadedDocument {
            force_file: true,
            file: file.into(),
            mime_type: "application/octet-stream".to_owned(),
            ..Default::default()
        };
        let request = functions::messages::SendMedia {
            peer: peer.clone(),
            media: media.into(),
            message: format!("{} {}", pending.text, pending.file_id),
            random_id: pending.random_id,
            ..Default::default()
        };
        self.note(|pending| pending.tried = true).await;
        client.call(&request).await.map(drop)
    }
}

/// The bytes of one part, made of the file's number.
pub(super) fn content(file_id: i64, part: i32) -> Vec<u8> {
    let mut state = file_id.unsigned_abs() ^ u64::from(part.unsigned_abs());
    let mut bytes = Vec::with_capacity(PART);
    while bytes.len() < PART {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}
