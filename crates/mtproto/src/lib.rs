//! MTProto without I/O: framing, key exchange, sessions.
//!
//! Nothing here opens a socket, reads a clock, draws randomness or starts a thread. Bytes, [`Now`] and a
//! [`crypto::Random`] come in as arguments; packets, events and deadlines come out. The crate sees
//! `tl-codec` and `crypto` only and knows none of the API's types: a request's body leaves as bytes, an
//! answer's body comes back as bytes.
//!
//! # How a gateway drives it
//!
//! ```text
//! // once per process
//! let salts     = Salts::new(node_secret, boot_epoch);            // boot_epoch differs at every start
//! let keys      = Keys::new(rsa_key_pair, vec![]);                // shared by the pool's threads
//! let mut hands = Handshakes::new(HandshakeConfig::default(), keys.fingerprints());     // behind a mutex
//! let mut pairs = DhPool::new(64);                                // behind a mutex; idle cores: put(DhPair::generate(rng)?)
//!
//! // once per connection
//! let mut framer = Framer::new(&secrets);                         // Framer::websocket(&secrets) behind /apiws
//! let mut plain_ids = MsgIds::new();
//! framer.push(&bytes_read);
//! loop { match framer.next_outcome() {
//!     Outcome::Incomplete     => break,                           // read more
//!     Outcome::Http           => return serve_http(framer.into_buffered()),
//!     Outcome::Close(reason)  => return close(reason),
//!     Outcome::Packet(packet) => match PacketKind::of(&packet.bytes) {
//!         PacketKind::Malformed      => framer.encode_transport_error(TransportError::NOT_FOUND, rng, &mut out),
//!         PacketKind::Plain(message) => key_exchange(hands.handle(now, origin, message.body, rng)),
//!         PacketKind::Encrypted { auth_key_id } => encrypted(auth_key_id, packet),
//!     },
//! } }
//!
//! fn key_exchange(step: Step) { match step {
//!     Step::Reply(body)       => framer.encode(&plain::encode(plain_ids.answer(now.wall), &body), rng, &mut out),
//!     Step::Work(work)        => {                                // on a thread of a bounded pool:
//!         let pair = if work.wants_pair() { pairs.take() } else { None };
//!         let done = work.run(&keys, pair, rng);
//!         // back here, at the monotonic time answer_tick(now.mono):
//!         key_exchange(hands.finish(done, now))
//!     }
//!     Step::Established(made) => {                                // store first, answer then
//!         let verdict = match store(&made.auth_key, made.expires_in, made.dc, FirstSalt { salt: made.first_salt, made: now.wall }) {
//!             Ok(()) => Verdict::Stored, Err(IdTaken) => Verdict::Collision, Err(_) => Verdict::Failed };
//!         send_plain(hands.conclude(&made, verdict))
//!     }
//!     Step::Ignore            => {}                               // the answer to the same bytes is on its way
//!     Step::Refuse            => framer.encode_transport_error(TransportError::NOT_FOUND, rng, &mut out),
//! } }
//!
//! fn encrypted(auth_key_id, packet) {
//!     let Some(key) = find_key(auth_key_id)               else { return transport_error(TransportError::NOT_FOUND) };
//!     let Ok(incoming) = open_packet(&key, packet.bytes)  else { return transport_error(TransportError::NOT_FOUND) };
//!     if packet.quick_ack { framer.encode_quick_ack(incoming.quick_ack, &mut out) }
//!     let session = sessions.entry((auth_key_id, incoming.session_id))
//!         .or_insert_with(|| Session::new(auth_key_id, first_salt_of_this_boot, incoming.session_id, rng));
//!     // if it served another connection before: session.reconnected()
//!     for event in session.handle(now, incoming, &salts) { match event {
//!         Event::Request { msg_id, body }               => rpc(body).then(session.answer(now, msg_id, RpcAnswer::..)),
//!         Event::CloseAfter(deadline)                   => close_at = deadline,
//!         Event::DestroySession { msg_id, session_id }  => session.session_destroyed(now, msg_id, session_id, existed),
//!         Event::DestroyAuthKey { msg_id }              => session.auth_key_destroyed(now, msg_id, DestroyOutcome::Ok),
//!         Event::DropAnswer { msg_id }                  => cancel_if_easy(msg_id),
//!         Event::HttpWait(wait)                         => hold_http_answer(wait),
//!         Event::Refused(code)                          => count(code),          // many close the connection
//!     } }
//! }
//!
//! // whenever session.wants_flush(now.mono), at the latest at session.deadline():
//! while let Some(mut packet) = session.next_packet(now, &salts, rng) {
//!     crypto::seal(&key, Sender::Server, &mut packet)?;
//!     framer.encode(&packet, rng, &mut out);
//! }
//!
//! // fan-out of one body to many sessions; one seal_batch for all of them:
//! if session.may_write_push() {
//!     let mark = framer.open_frame(packet_len(body.len()), rng, &mut out)?;
//!     session.write_push(now, &salts, &body, rng, &mut out);       // the lane: the last packet_len bytes of `out`
//!     lanes.push(SealLane { key: &key, packet: &mut out[..] });    // seal_batch(Sender::Server, &mut lanes), then
//!     framer.close_frame(mark, rng, &mut out);
//! } else { session.push(now, body)? }                              // leaves in one container with what waits
//! ```
//!
//! `auth.bindTempAuthKey` is a request like others; its inner message is checked by [`bind::verify_bind`].
//! `invokeAfterMsg` asks [`session::Session::finished`].

pub mod bind;
pub mod client;
pub mod framing;
pub mod handshake;
pub mod plain;
pub mod schema;
pub mod session;
mod time;

pub use crypto::Random;
pub use time::{MsgIds, Now, WallTime};
