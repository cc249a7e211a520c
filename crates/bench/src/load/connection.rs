//! One client with a real session on a non-blocking socket: own auth key, own session, acknowledgements as official
//! clients send them.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mtproto::client::{ClientEvent, ClientFramer, ClientOutcome, ClientSession, Transport};
use mtproto::framing::Framing;
use tl_api::Function;
use tl_codec::Writer;

use super::crowd::Member;
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

/// A client.
pub(crate) struct Connection {
    socket: TcpStream,
    framer: ClientFramer,
    session: ClientSession,
    /// Requests without an answer.
    open: Vec<Request>,
    introduced: bool,
    /// Requests wait for [`Connection::flush`].
    queued: bool,
    unacknowledged: usize,
    oldest: Option<Instant>,
    /// Bytes that did not fit the socket.
    unsent: Vec<u8>,
}

impl Connection {
    /// Starts to connect with a key.
    pub(crate) fn dial(address: SocketAddr, key: &crypto::AuthKey) -> Result<Self> {
        let socket = TcpStream::connect(address).map_err(|error| error.to_string())?;
        let (framer, first) =
            ClientFramer::new(&Transport::clear(Framing::Intermediate), &mut Random);
        Ok(Self {
            socket,
            framer,
            // The salt is not known yet: the server names it in its first answer.
            session: ClientSession::new(key.clone(), random(), 0),
            open: Vec::new(),
            introduced: false,
            queued: false,
            unacknowledged: 0,
            oldest: None,
            unsent: first,
        })
    }

    /// Queues a request, to be told apart by `number`. [`Connection::flush`] sends all that is queued in one write.
    pub(crate) fn request<F: Function>(&mut self, number: u32, request: &F) {
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

    /// Writes what waits, acknowledgements included.
    pub(crate) fn flush(&mut self) -> Result<()> {
        let packet = self.session.next_packet(now(), &mut Random);
        if let Some(packet) = packet.map_err(|error| error.to_string())? {
            self.framer.encode(&packet, false, &mut Random, &mut self.unsent);
            self.queued = false;
            self.unacknowledged = 0;
            self.oldest = None;
        }
        self.write()
    }

    fn write(&mut self) -> Result<()> {
        while !self.unsent.is_empty() {
            match self.socket.write(&self.unsent) {
                Ok(written) => drop(self.unsent.drain(..written)),
                // Connecting still, or full: writable comes.
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) =>
                {
                    break;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("write: {error}")),
            }
        }
        Ok(())
    }

    fn take_packets(&mut self, heard: &mut Vec<Heard>) -> Result<()> {
        loop {
            match self.framer.next_outcome() {
                ClientOutcome::Packet(packet) => self.take(packet, heard)?,
                ClientOutcome::QuickAck(_) => {}
                ClientOutcome::Incomplete => return Ok(()),
                ClientOutcome::Error(code) => return Err(format!("transport error {code}")),
                ClientOutcome::Close(reason) => return Err(format!("{reason:?}")),
            }
        }
    }

    fn take(&mut self, packet: Vec<u8>, heard: &mut Vec<Heard>) -> Result<()> {
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
        if self.unacknowledged >= ACKS {
            self.flush()?;
        }
        Ok(())
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

impl Member for Connection {
    type Heard = Heard;

    fn socket(&mut self) -> &mut TcpStream {
        &mut self.socket
    }

    fn writable(&mut self) -> Result<()> {
        self.write()
    }

    fn readable(&mut self, buffer: &mut [u8], heard: &mut Vec<Heard>) -> Result<()> {
        loop {
            match self.socket.read(buffer) {
                Ok(0) => return Err("closed by the server".to_owned()),
                Ok(length) => {
                    self.framer.push(&buffer[..length]);
                    self.take_packets(heard)?;
                    // A short read empties the socket; the next bytes raise a new event.
                    if length < buffer.len() {
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("read: {error}")),
            }
        }
        // Requests that a new salt brought back; acknowledgements wait for company.
        if self.queued { self.flush() } else { Ok(()) }
    }

    fn tick(&mut self, at: Instant) -> Result<()> {
        match self.oldest {
            Some(oldest) if at.duration_since(oldest) >= ACK_DELAY => self.flush(),
            _ => Ok(()),
        }
    }

    fn settle(&mut self) -> Result<()> {
        if self.unacknowledged > 0 { self.flush() } else { Ok(()) }
    }
}
