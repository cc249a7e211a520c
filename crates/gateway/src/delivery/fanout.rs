//! One update to many sessions: brought into each layer once, sealed for eight recipients at a time, and written to their
//! sockets from here. Only what a socket does not take at once waits in that connection's bounded queue.
//!
//! Packets of many recipients are made first and written then, one right after the other: readers that are woken by the first
//! are still awake for the next, where waking each of them anew costs more than the packet.

use std::sync::Arc;

use crypto::{SealLane, Sender, seal_batch};
use mtproto::session::Session;
use parking_lot::MutexGuard;
use tl_api::enums::Updates;

use super::{Body, Narrowed, grouped};
use crate::clock::BatchRandom;
use crate::metrics::{add, count};
use crate::outbox::Outbox;
use crate::sessions::{LiveSession, Missing};
use crate::{Gateway, limits};

/// A recipient that can be written to at once. Its session is locked until it was, which keeps packets in the order of their
/// message ids.
pub(crate) struct Lane<'a> {
    session: &'a LiveSession,
    protocol: MutexGuard<'a, Session>,
    outbox: Arc<Outbox>,
}

impl<'a> Lane<'a> {
    pub(crate) const fn new(
        session: &'a LiveSession,
        protocol: MutexGuard<'a, Session>,
        outbox: Arc<Outbox>,
    ) -> Self {
        Self { session, protocol, outbox }
    }
}

impl Gateway {
    /// Pushes to each of these sessions in its layer.
    pub(crate) async fn push_all(
        self: &Arc<Self>,
        sessions: &[&Arc<LiveSession>],
        updates: &Updates,
        about: Missing,
    ) {
        let mut narrowed = Narrowed::new(updates);
        let mut packets = Vec::new();
        for (layer, sessions) in grouped(sessions.iter().copied(), |one| one.key.layer()) {
            let Some(body) = narrowed.of(layer, &self.metrics) else { continue };
            let batch = batch_of(body.len());
            packets.resize_with(batch.min(sessions.len()), Vec::new);
            for turn in sessions.chunks(limits::RECIPIENTS_PER_TURN) {
                for batch in turn.chunks(batch) {
                    self.push_batch(batch, &body, about, &mut packets);
                }
                if turn.len() == limits::RECIPIENTS_PER_TURN {
                    // Readers have their turn.
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    /// Pushes one body to as many sessions as there are packets.
    fn push_batch(
        self: &Arc<Self>,
        sessions: &[&Arc<LiveSession>],
        body: &Body,
        about: Missing,
        packets: &mut [Vec<u8>],
    ) {
        let mut lanes = Vec::with_capacity(sessions.len());
        let mut others = Vec::new();
        for session in sessions {
            match session.lane(body.len()) {
                Some(lane) => lanes.push(lane),
                None => others.push(session),
            }
        }
        self.write_lanes(&mut lanes, body, packets);
        // Busy, slow, over HTTP, or with something that waits: one by one, and with no other session locked.
        drop(lanes);
        others.into_iter().for_each(|session| self.push(session, body, about));
    }

    fn write_lanes(&self, lanes: &mut [Lane<'_>], body: &Body, packets: &mut [Vec<u8>]) {
        let (now, mut rng, mut ready) = (self.clocks.now(), BatchRandom::default(), 0);
        for (lanes, packets) in
            lanes.chunks_mut(limits::SEAL_BATCH).zip(packets.chunks_mut(limits::SEAL_BATCH))
        {
            let mut sealed = Vec::with_capacity(limits::SEAL_BATCH);
            for (lane, packet) in lanes.iter_mut().zip(packets) {
                packet.clear();
                lane.protocol.write_push(now, &self.salts, body, &mut rng, packet);
                sealed.push(SealLane { key: &lane.session.key.key, packet });
            }
            if seal_batch(Sender::Server, &mut sealed).is_err() {
                // A packet of whole blocks always seals; unsent ones would be resent on the next connection.
                break;
            }
            count(&self.metrics.seal_batches_total);
            ready += lanes.len();
        }
        add(&self.metrics.pushes_total, ready);
        for (lane, packet) in lanes.iter().zip(packets.iter()).take(ready) {
            lane.outbox.send(packet);
        }
    }
}

/// Recipients whose packets are made before the first is written.
fn batch_of(body: usize) -> usize {
    let fit = limits::WRITE_BATCH_BYTES / body.max(1);
    fit.clamp(limits::SEAL_BATCH, limits::WRITE_BATCH)
}
