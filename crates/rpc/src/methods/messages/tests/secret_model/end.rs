//! What has to hold when the network has healed.

use std::collections::BTreeSet;

use model::secret::QTS_START;
use model::{Qts, UnixTime};
use tl_api::{enums, functions, types};

use super::client::{Client, content};
use super::truth::FIRST;
use super::{Ask, CHATS, File, Flying, Run, View};

/// A number that no chat of a run has.
const NO_CHAT: i32 = 999;
const DAY: i64 = 24 * 3600;

impl Run<'_> {
    /// The network heals: what was on its way arrives, and everybody catches up. Then what the devices have is what they should.
    pub(super) async fn end(mut self) -> BTreeSet<String> {
        while !self.flying.is_empty() {
            self.arrive(0, 0).await;
        }
        for seat in 0..self.clients.len() {
            loop {
                let qts = self.clients[seat].qts;
                let key = self.clients[seat].who().key;
                self.flying.push(Flying { from: key, ask: Ask::CatchUp { qts } });
                self.arrive(0, 0).await;
                if self.clients[seat].qts == qts {
                    break;
                }
            }
            self.assert_has_all(&self.clients[seat]);
            self.assert_files(&self.clients[seat]).await;
        }
        self.assert_outsiders_learn_nothing().await;
        self.assert_nothing_stays().await;
        self.seen
    }

    fn assert_has_all(&self, client: &Client<'_>) {
        let who = client.who();
        assert_eq!(client.views, self.truth.views(who), "the chats of {who:?}");
        let Some(queue) = self.truth.queue(who.key) else {
            assert_eq!((client.qts, client.inbox.as_slice()), (QTS_START.0, &[][..]));
            return;
        };
        assert_eq!(client.qts, queue.end());
        // What the end of a chat erased may have arrived before, or not.
        let mut inbox = client.inbox.iter().peekable();
        for (place, name) in (FIRST..).zip(&queue.log) {
            if inbox.peek() == Some(&name) {
                inbox.next();
            } else {
                assert!(queue.erased.contains(&place), "message {name:?} of {who:?} was lost");
            }
        }
        assert_eq!(inbox.next(), None, "more arrived than was sent, or in another order");
        for (id, _) in client.views.iter().filter(|(_, view)| **view == View::Open) {
            assert_eq!(
                client.marks.get(id).copied(),
                self.truth.mark(who, *id),
                "the read mark of {id}"
            );
        }
    }

    async fn assert_files(&self, client: &Client<'_>) {
        for (name, file) in &client.files {
            let (id, access_hash) = (file.id, file.access_hash);
            let location = types::InputEncryptedFileLocation { id, access_hash }.into();
            let get = functions::upload::GetFile { location, limit: 4096, ..Default::default() };
            match client.device.call(get).await {
                Ok(enums::upload::File::File(found)) => {
                    let upload = i64::from_le_bytes(found.bytes[..8].try_into().unwrap());
                    assert_eq!(found.bytes, content(upload));
                }
                Ok(other) => panic!("{other:?}"),
                Err(error) => {
                    assert!(self.truth.history_deleted(name.0), "{name:?}: {error}");
                }
            }
        }
    }

    /// A stranger, and a device that is in no chat, are answered as for a chat that there never was.
    async fn assert_outsiders_learn_nothing(&self) {
        let carl = &self.clients[4];
        assert_eq!((carl.views.len(), carl.inbox.len()), (0, 0));
        for id in 1..=i32::from(CHATS) {
            for (here, nowhere) in asks(id).into_iter().zip(asks(NO_CHAT)) {
                let (here, nowhere) = (carl.ask(&here).await.err(), carl.ask(&nowhere).await.err());
                assert!(here.is_some() && here == nowhere, "{here:?} and {nowhere:?}");
            }
        }
    }

    async fn assert_nothing_stays(&mut self) {
        for seat in 0..self.clients.len() {
            let Client { qts, .. } = self.clients[seat];
            let key = self.clients[seat].who().key;
            self.flying.push(Flying { from: key, ask: Ask::Acknowledge { upto: qts } });
            self.arrive(0, 0).await;
            let kept =
                self.world.core.stores.secret.secret_messages(key, Qts(0), UnixTime(0), 9).await;
            assert_eq!(kept.unwrap(), [], "ciphertext after the acknowledgement");
        }
        self.world.pass(8 * DAY);
        services::secret::sweep(&self.world.core).await.unwrap();
        services::media::destroy(&self.world.core).await.unwrap();
        services::media::sweep(&self.world.core).await.unwrap();
        assert_eq!(
            self.world.core.stores.blobs.list(None, 9).await.unwrap(),
            [],
            "files after seven days"
        );
    }
}

fn asks(id: i32) -> [Ask; 6] {
    [
        Ask::Accept { id },
        Ask::Send { id, random_id: 1, file: None },
        Ask::Send { id, random_id: 2, file: Some(File { id: 1 }) },
        Ask::Read { id, max_date: 1 },
        Ask::Type { id },
        Ask::Discard { id, history: true },
    ]
}
