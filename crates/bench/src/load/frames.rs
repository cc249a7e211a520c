//! A subscriber of the limit server: opens each frame with its key as a client would, says nothing.

use std::io::{ErrorKind, Read as _};
use std::net::SocketAddr;
use std::time::Instant;

use crypto::{AuthKey, Sender};
use mio::net::TcpStream;

use super::crowd::Member;
use crate::limit;
use crate::server::Result;

/// A subscriber.
pub(crate) struct Subscriber {
    socket: TcpStream,
    key: AuthKey,
    /// Bytes of a frame whose end has not come.
    rest: Vec<u8>,
}

impl Subscriber {
    /// Connects as the `index`th subscriber, and waits until it is.
    pub(crate) fn connect(address: SocketAddr, index: usize) -> Result<Self> {
        let socket = std::net::TcpStream::connect(address).map_err(|error| error.to_string())?;
        socket.set_nonblocking(true).map_err(|error| error.to_string())?;
        Ok(Self { socket: TcpStream::from_std(socket), key: limit::key(index), rest: Vec::new() })
    }

    fn take(&mut self, heard: &mut Vec<u64>) -> Result<()> {
        let mut taken = 0;
        while let Some(frame) = self.rest.get_mut(taken..taken + limit::FRAME) {
            let opened = crypto::open(&self.key, Sender::Server, &mut frame[4..])
                .map_err(|error| error.to_string())?;
            let number = opened.plain.first_chunk().ok_or("an empty frame")?;
            heard.push(u64::from_le_bytes(*number));
            taken += limit::FRAME;
        }
        self.rest.drain(..taken);
        Ok(())
    }
}

impl Member for Subscriber {
    /// The number of a post.
    type Heard = u64;

    fn socket(&mut self) -> &mut TcpStream {
        &mut self.socket
    }

    fn writable(&mut self) -> Result<()> {
        Ok(())
    }

    fn readable(&mut self, buffer: &mut [u8], heard: &mut Vec<u64>) -> Result<()> {
        loop {
            match self.socket.read(buffer) {
                Ok(0) => return Err("closed by the limit server".to_owned()),
                Ok(length) => {
                    self.rest.extend_from_slice(&buffer[..length]);
                    self.take(heard)?;
                    if length < buffer.len() {
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("read: {error}")),
            }
        }
    }

    fn tick(&mut self, _: Instant) -> Result<()> {
        Ok(())
    }

    fn settle(&mut self) -> Result<()> {
        Ok(())
    }
}
