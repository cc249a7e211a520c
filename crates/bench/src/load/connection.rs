//! One client with a real session on a non-blocking socket of its own.

use std::net::SocketAddr;
use std::time::Instant;

use mio::net::TcpStream;
use tl_api::Function;

use super::crowd::Member;
use super::line::Line;
use super::seat::Seat;
use crate::server::Result;

pub(crate) use super::seat::Heard;

/// A client.
pub(crate) struct Connection {
    line: Line,
    seat: Seat,
}

impl Connection {
    /// Starts to connect with a key.
    pub(crate) fn dial(address: SocketAddr, key: &crypto::AuthKey) -> Result<Self> {
        Ok(Self { line: Line::dial(address)?, seat: Seat::new(key) })
    }

    /// Queues a request, to be told apart by `number`. [`Connection::flush`] sends all that is queued in one write.
    pub(crate) fn request<F: Function>(&mut self, number: u32, request: &F) {
        self.seat.request(number, request);
    }

    /// Writes what waits, acknowledgements included.
    pub(crate) fn flush(&mut self) -> Result<()> {
        if let Some(packet) = self.seat.pack()? {
            self.line.put(&packet);
        }
        self.line.write()
    }
}

impl Member for Connection {
    type Heard = Heard;

    fn socket(&mut self) -> &mut TcpStream {
        &mut self.line.socket
    }

    fn writable(&mut self) -> Result<()> {
        self.line.write()
    }

    fn readable(&mut self, buffer: &mut [u8], heard: &mut Vec<Heard>) -> Result<()> {
        let Self { line, seat } = self;
        while line.read(buffer, |packet, said| {
            seat.take(packet, heard)?;
            if seat.is_full() {
                said.extend(seat.pack()?);
            }
            Ok(())
        })? {}
        // Requests that a new salt brought back; acknowledgements wait for company.
        if self.seat.is_queued() { self.flush() } else { Ok(()) }
    }

    fn tick(&mut self, at: Instant) -> Result<()> {
        if self.seat.is_late(at) { self.flush() } else { Ok(()) }
    }

    fn settle(&mut self) -> Result<()> {
        if self.seat.owes() {
            self.flush()?;
        }
        self.seat.fall_out_of_step();
        Ok(())
    }
}
