//! Live delivery: who is connected, and what they are told.
//!
//! After a commit the bus rings. A worker (always the same one for a user or a channel, so that order is kept) reads what
//! the connected sessions miss, has `rpc` turn it into updates once, `layers` narrow it once for each layer present, and
//! hands it to the sessions. A session whose own request caused an event learns of it from its answer instead.

mod burst;
mod channels;
mod directory;
mod fanout;
mod pending;
mod secret;
mod users;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::event::Ephemeral;
use model::message::Message;
use pending::{Moves, Pending, Work};
use store::ports::Notice;
use store::ports::bus::{Heard, OriginSession};
use tl_api::enums::Updates;
use tl_codec::Serialize as _;

pub(crate) use directory::Delivery;
pub(crate) use fanout::Lane;

use crate::metrics::{Metrics, count};
use crate::sessions::{LiveSession, Missing};
use crate::{Gateway, limits};

/// The bytes of an update, shared by all that get it.
type Body = Arc<[u8]>;

/// One update in the layers that are asked for, each made once.
pub(crate) struct Narrowed {
    canonical: Vec<u8>,
    made: Vec<(i32, Option<Body>)>,
}

impl Narrowed {
    pub(crate) fn new(updates: &Updates) -> Self {
        Self { canonical: updates.to_bytes(), made: Vec::new() }
    }

    /// The bytes for a layer; `None` if nothing of it can be said there.
    pub(crate) fn of(&mut self, layer: i32, metrics: &Metrics) -> Option<Body> {
        let layer = if layer == 0 { tl_api::LAYER } else { layer };
        if let Some((_, body)) = self.made.iter().find(|(known, _)| *known == layer) {
            return body.clone();
        }
        count(&metrics.encodings_total);
        let body = match layers::Layer::supported(layer)
            .and_then(|known| layers::downgrade_updates(known, &self.canonical))
        {
            Ok(body) => body.map(|body| Arc::from(body.as_ref())),
            Err(error) => {
                tracing::error!(layer, %error, "update not expressible in a client's layer");
                None
            }
        };
        self.made.push((layer, body.clone()));
        body
    }
}

impl Gateway {
    /// Listens to the bus and starts the workers.
    pub(crate) fn run_delivery(self: &Arc<Self>) {
        let mut subscription = self.core.stores.bus.subscribe();
        let workers: Vec<Arc<Pending>> =
            (0..limits::DELIVERY_WORKERS).map(|_| self.start_worker()).collect();
        let gateway = Arc::clone(self);
        tokio::spawn(async move {
            // Nothing here waits, so the bus is drained as fast as it is filled; what waits does so in the workers' bounded
            // queues.
            while let Some(heard) = subscription.recv().await {
                let notice = match heard {
                    Heard::Notice(notice) => notice,
                    Heard::Missed(count) => {
                        gateway.begin_anew(count);
                        continue;
                    }
                };
                if let Some(worker) = workers.get(owner(&notice) % workers.len()) {
                    gateway.sort(&notice, worker);
                }
            }
        });
        let gateway = Arc::clone(self);
        tokio::spawn(async move {
            let mut minute = tokio::time::interval(std::time::Duration::from_secs(60));
            loop {
                minute.tick().await;
                gateway.sweep();
            }
        });
        self.prepare_handshakes();
    }

    fn start_worker(self: &Arc<Self>) -> Arc<Pending> {
        let pending = Arc::new(Pending::default());
        let (gateway, queue) = (Arc::clone(self), Arc::clone(&pending));
        tokio::spawn(async move {
            loop {
                let mut work = queue.next().await;
                if let Work::Channel(channel, moves) = &mut work {
                    gateway.wait_for_burst(*channel, moves, &queue).await;
                }
                gateway.deliver(work).await;
            }
        });
        pending
    }

    /// Notices were lost. Who came or went, who was signed out and what was written is not known any more, so that nothing that is
    /// held here may be believed: every connection ends, keys are read anew, and clients come back and catch up by difference.
    fn begin_anew(&self, missed: u64) {
        tracing::warn!(count = missed, "notices lost, connections begin anew");
        self.metrics.notices_missed_total.fetch_add(missed, Ordering::Relaxed);
        // Before the sessions end: whoever comes in the middle of it is read anew, or ends as well.
        self.delivery.forget_all();
        let mono = self.clocks.now().mono;
        for key in self.keys.doubt_all() {
            let sessions: Vec<_> =
                key.sessions.lock().drain().map(|(_, session)| session).collect();
            for session in &sessions {
                key.retire(session, mono);
                session.close_connections();
                self.end_session(session);
            }
        }
    }

    /// Who may hear what changes at once; the rest waits for its worker, if anybody is connected who should hear it.
    fn sort(self: &Arc<Self>, notice: &Arc<Notice>, worker: &Pending) {
        match &**notice {
            Notice::Membership { user, channel, member, departures } => {
                self.delivery.set_member(*user, *channel, *member, *departures);
            }
            Notice::KeyRevoked { key } => self.revoke(*key),
            Notice::Box { user, pts, pts_count, origin } => {
                if self.delivery.is_connected(*user) {
                    worker.add_box(*user, Moves::new(*pts, *pts_count, *origin));
                }
            }
            Notice::Channel { channel, pts, pts_count, origin } => {
                if self.delivery.has_audience(*channel) {
                    worker.add_channel(*channel, Moves::new(*pts, *pts_count, *origin));
                }
            }
            Notice::Account { user, .. }
            | Notice::SecretChat { user, .. }
            | Notice::SecretQueue { user, .. } => {
                if self.delivery.is_connected(*user) && !worker.add_single(Arc::clone(notice)) {
                    for session in self.delivery.sessions(*user) {
                        session.note_missed(Missing::Account);
                    }
                }
            }
            // Of the moment: whoever misses it misses nothing that lasts.
            Notice::EphemeralToUsers { .. }
            | Notice::EphemeralToChannel { .. }
            | Notice::EphemeralToKey { .. } => {
                if !worker.add_single(Arc::clone(notice)) {
                    count(&self.metrics.pushes_dropped_total);
                }
            }
        }
    }

    async fn deliver(self: &Arc<Self>, work: Work) {
        let notice = match work {
            Work::Box(user, moves) => return self.deliver_box(user, &moves).await,
            Work::Channel(channel, moves) => return self.deliver_channel(channel, &moves).await,
            Work::Single(notice) => notice,
        };
        match &*notice {
            Notice::Account { user, entry, origin, .. } => {
                self.deliver_account(*user, entry, *origin).await;
            }
            Notice::EphemeralToUsers { users, event, origin } => {
                self.deliver_ephemeral(users, event, *origin).await;
            }
            Notice::EphemeralToChannel { channel, event, origin } => {
                let users = self.delivery.channel_users(*channel);
                if users.len() <= limits::MOMENT_AUDIENCE || !is_for_few(event) {
                    self.deliver_ephemeral(&users, event, *origin).await;
                }
            }
            Notice::EphemeralToKey { key, event } => self.deliver_to_key(*key, event).await,
            Notice::SecretChat { user, chat, origin } => {
                self.deliver_secret_chat(*user, *chat, *origin).await;
            }
            Notice::SecretQueue { user, key, qts } => {
                self.deliver_secret_message(*user, *key, *qts).await;
            }
            // Done when it was heard.
            Notice::Box { .. }
            | Notice::Channel { .. }
            | Notice::Membership { .. }
            | Notice::KeyRevoked { .. } => {}
        }
    }
}

/// Sessions by the DC that their clients dialled: files are named by it.
pub(crate) fn by_dc(
    sessions: impl IntoIterator<Item = Arc<LiveSession>>,
) -> Vec<(i32, Vec<Arc<LiveSession>>)> {
    grouped(sessions, |session| session.key.dc)
}

/// Items by a key of few values, in the order in which keys come.
pub(crate) fn grouped<K: PartialEq, T>(
    items: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> K,
) -> Vec<(K, Vec<T>)> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    for item in items {
        let key = key(&item);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(item),
            None => groups.push((key, vec![item])),
        }
    }
    groups
}

/// Whether each viewer reads for themselves what an event of the moment is about, or it is only of passing interest. Clients ask
/// again and again for reactions and polls in view, and so need not be told of each.
const fn is_for_few(event: &Ephemeral) -> bool {
    matches!(
        event,
        Ephemeral::Typing { .. } | Ephemeral::ChannelReactions { .. } | Ephemeral::Poll { .. }
    )
}

/// Whose notice it is: a number that chooses the worker.
fn owner(notice: &Notice) -> usize {
    let mut hasher = DefaultHasher::new();
    match notice {
        Notice::Box { user, .. }
        | Notice::Account { user, .. }
        | Notice::SecretChat { user, .. }
        | Notice::SecretQueue { user, .. } => user.hash(&mut hasher),
        Notice::Channel { channel, .. }
        | Notice::EphemeralToChannel { channel, .. }
        | Notice::Membership { channel, .. } => (1, channel).hash(&mut hasher),
        Notice::EphemeralToUsers { users, .. } => users.first().hash(&mut hasher),
        Notice::EphemeralToKey { key, .. } | Notice::KeyRevoked { key } => key.hash(&mut hasher),
    }
    usize::try_from(hasher.finish() >> 33).unwrap_or_default()
}

/// Whether this session caused the event itself.
pub(crate) fn is_origin(session: &LiveSession, origin: OriginSession) -> bool {
    origin.session == session.id && session.key.permanent() == Some(origin.key)
}

/// Cuts events into runs that make one update each: a message of this size is kept until acknowledged, and sent again on the
/// next connection.
pub(crate) fn runs<'a, T>(
    events: &'a [T],
    message: impl Fn(&'a T) -> Option<&'a Message>,
) -> Vec<&'a [T]> {
    let mut runs = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (at, event) in events.iter().enumerate() {
        let next = limits::EVENT_BYTES
            + message(event)
                .map_or(0, |message| message.body.text.len() + 16 * message.body.entities.len());
        if size + next > limits::RUN_BYTES && at > start {
            runs.extend(events.get(start..at));
            (start, size) = (at, 0);
        }
        size += next;
    }
    runs.extend(events.get(start..).filter(|rest| !rest.is_empty()));
    runs
}
