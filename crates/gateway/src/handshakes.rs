//! Key exchanges: the table of those under way, and the bounded pool of threads that does RSA and powers.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use mtproto::framing::TransportError;
use mtproto::handshake::{
    DhPool, Established, HandshakeConfig, Handshakes, Keys, RsaForm, Step, Verdict, Work, WorkDone,
    answer_tick,
};
use mtproto::{MsgIds, plain};
use parking_lot::Mutex;
use tokio::sync::{OnceCell, Semaphore};

use crate::clock::SystemRandom;
use crate::config::{GatewayConfig, KeysToCome};
use crate::flood::Flood;
use crate::metrics::count;
use crate::{Gateway, limits};

/// Key exchanges of this node.
pub(crate) struct Handshaker {
    /// Set once the server has its keys.
    exchanges: OnceCell<Exchanges>,
    keys: KeysToCome,
    settings: HandshakeConfig,
    pool: Arc<Mutex<DhPool>>,
    /// Threads that may work at the same time.
    workers: Arc<Semaphore>,
    /// Exchanges that may work or wait.
    places: Arc<Semaphore>,
    msg_ids: Mutex<MsgIds>,
    origin_secret: [u8; 16],
    flood: Mutex<Flood>,
}

/// Those under way, and the keys that they are made with.
struct Exchanges {
    table: Mutex<Handshakes>,
    keys: Arc<Keys>,
}

/// What to send back on the connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HandshakeAnswer {
    Packet(Vec<u8>),
    Error(TransportError),
    Nothing,
}

impl Handshaker {
    pub(crate) fn new(config: &GatewayConfig) -> Self {
        let settings = HandshakeConfig { old_rsa: config.old_rsa, ..HandshakeConfig::default() };
        let mut origin_secret = [0; 16];
        crypto::Random::fill(&mut SystemRandom, &mut origin_secret);
        Self {
            exchanges: OnceCell::new(),
            keys: config.keys.clone(),
            settings,
            pool: Arc::new(Mutex::new(DhPool::new(limits::DH_PAIRS))),
            workers: Arc::new(Semaphore::new(
                std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            )),
            places: Arc::new(Semaphore::new(limits::WAITING_HANDSHAKES)),
            msg_ids: Mutex::new(MsgIds::new()),
            origin_secret,
            flood: Mutex::default(),
        }
    }

    /// Waits for the keys, at the very first start. `None` if there will be none.
    async fn exchanges(&self) -> Option<&Exchanges> {
        let made = self.exchanges.get_or_try_init(async || {
            let mut coming = self.keys.clone();
            let keys = coming.wait_for(Option::is_some).await.ok().and_then(|keys| keys.clone());
            let keys = keys.ok_or(())?;
            let table = Handshakes::new(self.settings.clone(), keys.fingerprints());
            Ok::<_, ()>(Exchanges { table: Mutex::new(table), keys })
        });
        made.await.ok()
    }

    /// A keyed number for an address: the IPv4 address or the IPv6 /56.
    fn origin(&self, ip: IpAddr) -> u64 {
        let bytes = match ip.to_canonical() {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets()[..7].to_vec(),
        };
        let mac = crypto::hmac_sha256(&self.origin_secret, &[&bytes]);
        mac.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
    }

    fn framed(&self, wall: mtproto::WallTime, body: &[u8]) -> HandshakeAnswer {
        HandshakeAnswer::Packet(plain::encode(self.msg_ids.lock().answer(wall), body))
    }

    /// Makes pairs ahead of time while nothing else waits. Runs on its own thread for the life of the process.
    fn fill_pool(pool: &Mutex<DhPool>) {
        while pool.lock().wants_more() {
            match crypto::DhPair::generate(&mut SystemRandom) {
                Ok(pair) => pool.lock().put(pair),
                Err(_) => return,
            }
        }
    }
}

impl Gateway {
    /// Answers one message of a key exchange.
    pub(crate) async fn key_exchange(
        self: &Arc<Self>,
        ip: IpAddr,
        packet: &[u8],
    ) -> HandshakeAnswer {
        let refused = HandshakeAnswer::Error(TransportError::NOT_FOUND);
        let Some(message) = plain::parse(packet) else { return refused };
        let shaker = &self.handshaker;
        let now = self.clocks.now();
        let origin = shaker.origin(ip);
        // From this machine come tests, and everyone if a proxy stands before us.
        if !ip.to_canonical().is_loopback() && !shaker.flood.lock().takes(origin, now.mono) {
            count(&self.metrics.handshakes_shed_total);
            return HandshakeAnswer::Error(TransportError::FLOOD);
        }
        let Ok(place) = Arc::clone(&shaker.places).try_acquire_owned() else {
            count(&self.metrics.handshakes_shed_total);
            return HandshakeAnswer::Error(TransportError::FLOOD);
        };
        let Some(exchanges) = shaker.exchanges().await else { return refused };
        let now = self.clocks.now();
        let step = exchanges.table.lock().handle(now, origin, message.body, &mut SystemRandom);
        match step {
            Step::Reply(body) => shaker.framed(now.wall, &body),
            Step::Ignore => HandshakeAnswer::Nothing,
            Step::Work(work) => {
                let answer = self.work(exchanges, *work).await;
                drop(place);
                // The duration of RSA is not visible: answers leave on the tick.
                tokio::time::sleep_until(self.clocks.at(answer_tick(self.clocks.now().mono))).await;
                if answer == refused {
                    count(&self.metrics.handshakes_refused_total);
                }
                answer
            }
            Step::Refuse | Step::Established(_) => {
                count(&self.metrics.handshakes_refused_total);
                refused
            }
        }
    }

    async fn work(self: &Arc<Self>, exchanges: &Exchanges, work: Work) -> HandshakeAnswer {
        let shaker = &self.handshaker;
        let refused = HandshakeAnswer::Error(TransportError::NOT_FOUND);
        let pair = if work.wants_pair() { shaker.pool.lock().take() } else { None };
        let keys = Arc::clone(&exchanges.keys);
        let Some(done) = self.on_pool(work, keys, pair).await else { return refused };
        let step = exchanges.table.lock().finish(done, self.clocks.now());
        match step {
            Step::Reply(body) => shaker.framed(self.clocks.now().wall, &body),
            Step::Established(made) => self.establish(exchanges, &made).await,
            _ => refused,
        }
    }

    /// Runs a piece of work on a thread of the bounded pool.
    async fn on_pool(
        &self,
        work: Work,
        keys: Arc<Keys>,
        pair: Option<crypto::DhPair>,
    ) -> Option<WorkDone> {
        let shaker = &self.handshaker;
        let permit = Arc::clone(&shaker.workers).acquire_owned().await.ok()?;
        let pool = Arc::clone(&shaker.pool);
        let (sender, receiver) = tokio::sync::oneshot::channel();
        tokio::task::spawn_blocking(move || {
            let done = work.run(&keys, pair, &mut SystemRandom);
            // A connection that went away needs no answer.
            drop(sender.send(done));
            drop(permit);
            if pool.lock().wants_more() {
                Handshaker::fill_one(&pool);
            }
        });
        receiver.await.ok()
    }

    async fn establish(&self, exchanges: &Exchanges, made: &Established) -> HandshakeAnswer {
        let now = self.clocks.now();
        let verdict = match self.keys.insert(made, now.mono).await {
            Ok(true) => Verdict::Stored,
            Ok(false) => Verdict::Collision,
            Err(error) => {
                tracing::warn!(%error, "auth key not stored");
                Verdict::Failed
            }
        };
        if verdict == Verdict::Stored {
            count(match made.form {
                RsaForm::Pad => &self.metrics.handshakes_pad_total,
                RsaForm::Old => &self.metrics.handshakes_old_total,
            });
        }
        let body = exchanges.table.lock().conclude(made, verdict);
        self.handshaker.framed(now.wall, &body)
    }

    /// Fills the pool of pairs once, at start.
    pub(crate) fn prepare_handshakes(&self) {
        let pool = Arc::clone(&self.handshaker.pool);
        tokio::task::spawn_blocking(move || {
            // Start-up comes first.
            std::thread::sleep(Duration::from_millis(500));
            Handshaker::fill_pool(&pool);
        });
    }
}

impl Handshaker {
    fn fill_one(pool: &Mutex<DhPool>) {
        if let Ok(pair) = crypto::DhPair::generate(&mut SystemRandom) {
            pool.lock().put(pair);
        }
    }
}
