//! The model test of secret chats: two devices a side and an outsider, on a network that loses, repeats and reorders requests,
//! answers and updates.
//!
//! Each request is answered twice: by the server, and by the rules as [`truth`] has them. After each one, what the server keeps
//! is compared with what it ought to keep. When the network has healed, each device has what it ought to have.
//! The runs are the same every time: they are drawn from one seed.

mod client;
mod end;
mod truth;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use model::secret::QTS_START;
use model::{AuthKeyId, Qts, UnixTime, UserId};
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use store::ports::bus::Heard;
use store::ports::{Notice, Subscription};
use tl_api::{enums, functions};

use crate::testing::{START, World, list};
use client::{Client, content};
use truth::{Name, Truth, Who};

/// What a step is made of: its kind, who acts, and what the kind needs. Every combination means something.
type Step = [u16; 5];

const SEED: [u8; 32] = *b"hoopoe: two devices on each side";
const RUNS: u32 = 256;
const STEPS: usize = 160;
/// Numbers of chats: few, so that requests meet.
const CHATS: u16 = 4;
/// Requests on their way at most.
const FLYING: usize = 12;

/// Answers that some run has to have, or the runs prove nothing.
const SEEN: [&str; 15] = [
    "Request Chat",
    "Request RANDOM_ID_DUPLICATE",
    "Accept Chat",
    "Accept CHAT_ID_INVALID",
    "Accept ENCRYPTION_ALREADY_ACCEPTED",
    "Accept ENCRYPTION_ALREADY_DECLINED",
    "Send Sent",
    "Send CHAT_ID_INVALID",
    "Send ENCRYPTION_DECLINED",
    "Read Done",
    "Discard Done",
    "Discard ENCRYPTION_ID_INVALID",
    "Acknowledge Erased",
    "Acknowledge MAX_QTS_INVALID",
    "CatchUp Missed",
];

/// What a device sees of a chat; what comes later is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum View {
    Waiting,
    Requested,
    Open,
    Discarded,
}

/// An upload, and the message that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct File {
    id: i64,
}

#[derive(Clone, Copy, Debug)]
enum Ask {
    Request { to: UserId, id: i32 },
    Accept { id: i32 },
    Send { id: i32, random_id: i64, file: Option<File> },
    Read { id: i32, max_date: i32 },
    Type { id: i32 },
    Discard { id: i32, history: bool },
    Acknowledge { upto: i32 },
    CatchUp { qts: i32 },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    Chat(View),
    Sent { file: bool },
    Erased(Vec<i64>),
    Missed(Vec<Name>),
    Done,
}

/// A request on its way.
#[derive(Clone, Copy, Debug)]
struct Flying {
    from: AuthKeyId,
    ask: Ask,
}

struct Run<'w> {
    world: &'w World,
    /// Two of Anna, two of Ben, one of Carl, who is in no chat.
    clients: Vec<Client<'w>>,
    truth: Truth,
    flying: Vec<Flying>,
    /// Updates on their way, and to which device.
    updates: Vec<(AuthKeyId, enums::Update)>,
    notices: Subscription,
    /// The file that went with a message, when it was first accepted.
    files: BTreeMap<(UserId, Name), i64>,
    uploads: i64,
    /// Kinds of answers that the run has had.
    seen: BTreeSet<String>,
}

impl<'w> Run<'w> {
    async fn new(world: &'w World) -> Self {
        let mut clients = Vec::new();
        for name in ["Anna", "Ben"] {
            let device = world.sign_up(name).await;
            clients.extend([Client::new(device), Client::new(world.device(device.user()))]);
        }
        clients.push(Client::new(world.sign_up("Carl").await));
        Self {
            world,
            clients,
            truth: Truth::default(),
            flying: Vec::new(),
            updates: Vec::new(),
            notices: world.core.stores.bus.subscribe(),
            files: BTreeMap::new(),
            uploads: 0,
            seen: BTreeSet::new(),
        }
    }

    async fn step(&mut self, step: Step) {
        let [kind, who, a, ..] = step;
        match kind % 16 {
            0..=6 => self.depart(step).await,
            7..=11 => {
                if let Some(at) = pick(self.flying.len(), who) {
                    self.arrive(at, a).await;
                }
            }
            12..=14 => {
                if let Some(at) = pick(self.updates.len(), who) {
                    self.update(at, a);
                }
            }
            _ if a.is_multiple_of(5) => self.sign_out(usize::from(who) % 4).await,
            _ => self.world.pass(1),
        }
    }

    /// A device asks for something; the request is on its way.
    async fn depart(&mut self, step: Step) {
        let [_, who, a, b, c] = step;
        let seat = usize::from(who) % self.clients.len();
        let id = 1 + i32::from(a % CHATS);
        let ask = match b % 16 {
            // The outsider asks for nothing of his own.
            0 | 1 if seat < 4 => Ask::Request { to: self.clients[(seat + 2) % 4].who().user, id },
            0..=3 => Ask::Accept { id },
            4..=8 => {
                let random_id = i64::from(c % 40) + 1;
                let file = if c.is_multiple_of(5) { Some(self.upload(seat).await) } else { None };
                Ask::Send { id, random_id, file }
            }
            9 => Ask::Read { id, max_date: i32::try_from(START).unwrap() + i32::from(c % 50) },
            10 => Ask::Type { id },
            11 if c.is_multiple_of(3) => Ask::Discard { id, history: c.is_multiple_of(2) },
            11 | 12 => {
                let beyond = if c.is_multiple_of(8) { 1000 } else { 0 };
                Ask::Acknowledge { upto: self.clients[seat].qts + beyond }
            }
            _ => Ask::CatchUp { qts: self.clients[seat].qts },
        };
        let from = self.clients[seat].who().key;
        self.flying.push(Flying { from, ask });
        if self.flying.len() > FLYING {
            self.arrive(0, 0).await;
        }
    }

    async fn upload(&mut self, seat: usize) -> File {
        self.uploads += 1;
        let id = self.uploads;
        let part =
            functions::upload::SaveFilePart { file_id: id, file_part: 0, bytes: content(id) };
        self.clients[seat].device.ok(part).await;
        File { id }
    }

    /// A request arrives. It may be repeated, and its answer may be lost: then the device asks again.
    async fn arrive(&mut self, at: usize, fate: u16) {
        let flying = self.flying[at];
        let (is_lost, is_repeated) = (fate % 8 == 1, fate % 8 == 2);
        if !(is_lost || is_repeated) {
            self.flying.remove(at);
        }
        let Some(seat) = self.seat(flying.from) else { return };
        let who = self.clients[seat].who();
        let expected = self.truth.answer(who, &flying.ask);
        self.note(&flying.ask, &expected);
        let heard = self.clients[seat].ask(&flying.ask).await;
        let actual = heard.as_ref().map(client::Heard::answer).map_err(String::as_str);
        assert_eq!(actual, expected, "{:?}", flying.ask);
        if let (Ok(heard), Ask::Send { id, random_id, .. }) = (&heard, flying.ask)
            && let Some(file) = heard.file()
        {
            let first = *self.files.entry((who.user, (id, random_id))).or_insert(file);
            assert_eq!(first, file, "the same message with another file");
        }
        self.gather().await;
        self.assert_kept().await;
        if let Ok(heard) = heard
            && !is_lost
        {
            self.clients[seat].hear(heard, &self.truth);
        }
    }

    /// What kind of answer this was, for [`SEEN`].
    fn note(&mut self, ask: &Ask, answer: &Result<Answer, &str>) {
        let kind =
            |debug: String| debug.split([' ', '(', '{']).next().unwrap_or_default().to_owned();
        let answer = match answer {
            Ok(Answer::Missed(names)) if names.is_empty() => "nothing".to_owned(),
            Ok(answer) => kind(format!("{answer:?}")),
            Err(error) => (*error).to_owned(),
        };
        self.seen.insert(format!("{} {answer}", kind(format!("{ask:?}"))));
    }

    /// An update arrives, gets lost, or arrives and will do so again.
    fn update(&mut self, at: usize, fate: u16) {
        let (key, update) = self.updates[at].clone();
        if fate % 4 != 1 {
            self.updates.swap_remove(at);
        }
        let Some(seat) = self.seat(key) else { return };
        if fate % 4 != 2 {
            self.clients[seat].update(&update, &self.truth);
        }
    }

    async fn sign_out(&mut self, seat: usize) {
        let who = self.clients[seat].who();
        self.truth.sign_out(who);
        services::devices::destroy_key(&self.world.core, who.key).await.unwrap();
        self.clients[seat] = Client::new(self.world.device(who.user));
        self.gather().await;
        self.assert_kept().await;
    }

    fn seat(&self, key: AuthKeyId) -> Option<usize> {
        self.clients.iter().position(|client| client.who().key == key)
    }

    /// Builds the updates that gateways would, and puts them on their way.
    async fn gather(&mut self) {
        while let Some(Heard::Notice(notice)) = self.notices.try_recv() {
            for client in &self.clients {
                let (viewer, Who { user, key }) = (client.device.viewer(), client.who());
                let core = &self.world.core;
                let built = match &*notice {
                    Notice::SecretChat { user: of, chat, origin }
                        if *of == user && origin.is_none_or(|origin| origin.key != key) =>
                    {
                        crate::updates::secret_chat(core, viewer, key, *chat).await.unwrap()
                    }
                    Notice::SecretQueue { user: of, key: to, qts } if (*of, *to) == (user, key) => {
                        crate::updates::secret_message(core, viewer, key, *qts).await.unwrap()
                    }
                    Notice::EphemeralToKey { key: to, event } if *to == key => {
                        crate::updates::ephemeral(core, viewer, event).await.unwrap()
                    }
                    _ => None,
                };
                let built = built.map(list).unwrap_or_default();
                self.updates.extend(built.into_iter().map(|update| (key, update)));
            }
        }
    }

    /// The server keeps what waits, in its order, and nothing of what is acknowledged.
    async fn assert_kept(&self) {
        let secret = &self.world.core.stores.secret;
        for client in &self.clients {
            let key = client.who().key;
            let kept = secret.secret_messages(key, Qts(0), UnixTime(0), 1000).await.unwrap();
            let kept = kept
                .into_iter()
                .map(|message| (message.qts.0, (message.chat.0, message.random_id)));
            let expected = self.truth.queue(key).map(|queue| queue.waiting(0)).unwrap_or_default();
            assert_eq!(kept.collect::<Vec<_>>(), expected, "what waits for {key:?}");
            let end = self.truth.queue(key).map_or(QTS_START.0, truth::Queue::end);
            assert_eq!(secret.qts(key).await, Ok(Qts(end)));
        }
    }
}

fn pick(length: usize, number: u16) -> Option<usize> {
    usize::from(number).checked_rem(length)
}

fn play(steps: &[Step]) -> BTreeSet<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let world = World::new();
        let mut run = Run::new(&world).await;
        for step in steps {
            run.step(*step).await;
        }
        run.end().await
    })
}

#[test]
fn devices_have_their_chats_whatever_the_network_does() {
    let config = Config { cases: RUNS, failure_persistence: None, ..Config::default() };
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &SEED);
    let steps = proptest::collection::vec(any::<Step>(), STEPS / 2..STEPS);
    let mut runner = TestRunner::new_with_rng(config, seed);
    let seen = RefCell::new(BTreeSet::new());
    let result = runner.run(&steps, |steps| {
        seen.borrow_mut().extend(play(&steps));
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(why, steps)) => panic!("{why}\nsteps: {steps:?}"),
        Err(why) => panic!("{why}"),
    }
    let seen = seen.into_inner();
    for answer in SEEN {
        assert!(seen.contains(answer), "no run had {answer}: {seen:?}");
    }
}
