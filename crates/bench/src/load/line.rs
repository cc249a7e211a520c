//! A non-blocking socket with its framing.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;

use mio::net::TcpStream;
use mtproto::client::{ClientFramer, ClientOutcome, Transport};
use mtproto::framing::Framing;

use crate::client::Random;
use crate::server::Result;

/// One way to the server.
pub(super) struct Line {
    pub(super) socket: TcpStream,
    framer: ClientFramer,
    /// Bytes that did not fit the socket.
    unsent: Vec<u8>,
}

impl Line {
    /// Starts to connect.
    pub(super) fn dial(address: SocketAddr) -> Result<Self> {
        let socket = TcpStream::connect(address).map_err(|error| error.to_string())?;
        let (framer, first) =
            ClientFramer::new(&Transport::clear(Framing::Intermediate), &mut Random);
        Ok(Self { socket, framer, unsent: first })
    }

    /// Frames a packet; [`Line::write`] sends it.
    pub(super) fn put(&mut self, packet: &[u8]) {
        self.framer.encode(packet, false, &mut Random, &mut self.unsent);
    }

    pub(super) fn write(&mut self) -> Result<()> {
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

    /// Reads once and hands on the packets that are whole. False when the socket is empty.
    pub(super) fn read(
        &mut self,
        buffer: &mut [u8],
        mut take: impl FnMut(Vec<u8>, &mut Vec<Vec<u8>>) -> Result<()>,
    ) -> Result<bool> {
        let length = loop {
            match self.socket.read(buffer) {
                Ok(0) => return Err("closed by the server".to_owned()),
                Ok(length) => break length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("read: {error}")),
            }
        };
        self.framer.push(&buffer[..length]);
        let mut said = Vec::new();
        loop {
            match self.framer.next_outcome() {
                ClientOutcome::Packet(packet) => take(packet, &mut said)?,
                ClientOutcome::QuickAck(_) => {}
                ClientOutcome::Incomplete => break,
                ClientOutcome::Error(code) => return Err(format!("transport error {code}")),
                ClientOutcome::Close(reason) => return Err(format!("{reason:?}")),
            }
        }
        if !said.is_empty() {
            said.iter().for_each(|packet| self.put(packet));
            self.write()?;
        }
        // A short read empties the socket; the next bytes raise a new event.
        Ok(length == buffer.len())
    }
}
