//! One session of one auth key, whatever connection it speaks on: requests, acknowledgements as official clients send them.

use std::time::{Duration, Instant};

use mtproto::client::{ClientEvent, ClientSession};
use tl_api::Function;
use tl_codec::Writer;

use crate::client::{Random, introduction, now, random};
use crate::server::Result;

/// A client acknowledges after this many messages.
const ACKS: usize = 16;
/// Or after this time.
const ACK_DELAY: Duration = Duration::from_secs(1);

/// What a client hears that the load has to know.
#[derive(Debug)]
pub(crate) enum Heard {
    /// The answer to the request of this number.
    Answer(u32, Vec<u8>),
    /// The server refused a request.
    Refused(String),
    /// An update.
    Update(Vec<u8>),
}

struct Request {
    msg_id: i64,
    number: u32,
    body: Vec<u8>,
}

/// A session.
pub(super) struct Seat {
    session: ClientSession,
    /// Requests without an answer.
    open: Vec<Request>,
    introduced: bool,
    /// Requests wait to be packed.
    queued: bool,
    unacknowledged: usize,
    /// Messages that are acknowledged together, and how long the first of them waits.
    together: usize,
    patience: Duration,
    oldest: Option<Instant>,
}

impl Seat {
    pub(super) fn new(key: &crypto::AuthKey) -> Self {
        Self {
            // The salt is not known yet: the server names it in its first answer.
            session: ClientSession::new(key.clone(), random(), 0),
            open: Vec::new(),
            introduced: false,
            queued: false,
            unacknowledged: 0,
            together: ACKS,
            patience: ACK_DELAY,
            oldest: None,
        }
    }

    /// Queues a request, to be told apart by `number`.
    pub(super) fn request<F: Function>(&mut self, number: u32, request: &F) {
        let mut query = Writer::new();
        if !self.introduced {
            self.introduced = true;
            query.raw(&introduction());
        }
        request.serialize(&mut query);
        self.queue(number, query.into_bytes());
    }

    fn queue(&mut self, number: u32, body: Vec<u8>) {
        let msg_id = self.session.request(now(), body.clone());
        self.open.push(Request { msg_id, number, body });
        self.queued = true;
    }

    /// All that waits in one packet, acknowledgements included.
    pub(super) fn pack(&mut self) -> Result<Option<Vec<u8>>> {
        let packet = self.session.next_packet(now(), &mut Random);
        let packet = packet.map_err(|error| error.to_string())?;
        if packet.is_some() {
            self.queued = false;
            (self.together, self.patience) = (ACKS, ACK_DELAY);
            self.unacknowledged = 0;
            self.oldest = None;
        }
        Ok(packet)
    }

    /// Opens a packet.
    pub(super) fn take(&mut self, packet: Vec<u8>, heard: &mut Vec<Heard>) -> Result<()> {
        let messages = self.session.open_messages(packet).map_err(|error| error.to_string())?;
        for message in messages {
            if message.seq_no % 2 != 0 {
                self.unacknowledged += 1;
                self.oldest.get_or_insert_with(Instant::now);
            }
            let event =
                self.session.understand(&message.body).map_err(|error| error.to_string())?;
            self.hear(event, heard);
        }
        Ok(())
    }

    /// Acknowledges sooner the next time. A crowd that begins with the same post would acknowledge at the same moments for ever;
    /// people who came at different times don't.
    pub(super) fn fall_out_of_step(&mut self) {
        let share = random().unsigned_abs() as usize % ACKS;
        self.together = 1 + share;
        self.patience = ACK_DELAY * share as u32 / ACKS as u32;
    }

    /// Requests that a new salt brought back.
    pub(super) const fn is_queued(&self) -> bool {
        self.queued
    }

    /// Enough came to be acknowledged in a packet of its own.
    pub(super) const fn is_full(&self) -> bool {
        self.unacknowledged >= self.together
    }

    /// Anything waits to be acknowledged.
    pub(super) const fn owes(&self) -> bool {
        self.unacknowledged > 0
    }

    /// What waits to be acknowledged has waited long enough.
    pub(super) fn is_late(&self, at: Instant) -> bool {
        self.due().is_some_and(|due| due <= at)
    }

    /// When what waits to be acknowledged has waited long enough.
    pub(super) fn due(&self) -> Option<Instant> {
        self.oldest.map(|oldest| oldest + self.patience)
    }

    fn hear(&mut self, event: ClientEvent, heard: &mut Vec<Heard>) {
        match event {
            ClientEvent::Answer { req_msg_id, body } => {
                if let Some(request) = self.close(req_msg_id) {
                    heard.push(Heard::Answer(request.number, body));
                }
            }
            ClientEvent::Error { req_msg_id, code, text } if self.close(req_msg_id).is_some() => {
                heard.push(Heard::Refused(format!("{code} {text}")));
            }
            ClientEvent::BadSalt { bad_msg_id } => self.again(bad_msg_id),
            ClientEvent::BadMsg { code, .. } => {
                heard.push(Heard::Refused(format!("bad_msg_notification {code}")));
            }
            ClientEvent::Update(body) => heard.push(Heard::Update(body)),
            _ => {}
        }
    }

    fn close(&mut self, msg_id: i64) -> Option<Request> {
        let at = self.open.iter().position(|request| request.msg_id == msg_id)?;
        Some(self.open.swap_remove(at))
    }

    /// A wrong salt refuses a whole packet and names one message of it, or the container: all of them go again.
    fn again(&mut self, refused: i64) {
        let (again, stay) = std::mem::take(&mut self.open)
            .into_iter()
            .partition::<Vec<_>, _>(|request| request.msg_id <= refused);
        self.open = stay;
        for request in again {
            self.queue(request.number, request.body);
        }
    }
}
