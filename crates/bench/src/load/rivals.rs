//! F(N) and B(N) through another server: the same posts, the same turns, the same tally.

use std::io::{ErrorKind, Read as _, Write as _};
use std::time::Instant;

use mio::net::TcpStream;

use super::crowd::{Crowd, Member};
use super::posts::{self, Outcome, Plan};
use crate::peers::dialect::Dialect;
use crate::peers::{Peer, dial};
use crate::server::Result;

/// A client of another server.
struct Rival<D> {
    socket: TcpStream,
    dialect: D,
    /// Bytes of a message whose end has not come.
    rest: Vec<u8>,
    /// What it has to say and the socket did not take yet.
    unsent: Vec<u8>,
}

impl<D: Dialect> Rival<D> {
    fn connect(peer: &Peer, mut dialect: D, index: usize, subscribe: bool) -> Result<Self> {
        let mut socket = dial(peer.address)?;
        let signed_in = dialect.sign_in(&mut socket, index, subscribe);
        signed_in.map_err(|error| format!("client {index}: {error}"))?;
        socket.set_nonblocking(true).map_err(|error| error.to_string())?;
        let socket = TcpStream::from_std(socket);
        Ok(Self { socket, dialect, rest: Vec::new(), unsent: Vec::new() })
    }

    fn post(&mut self, text: &str) {
        self.dialect.post(text, &mut self.unsent);
    }

    fn flush(&mut self) -> Result<()> {
        while !self.unsent.is_empty() {
            match self.socket.write(&self.unsent) {
                Ok(written) => drop(self.unsent.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("write: {error}")),
            }
        }
        Ok(())
    }

    /// Takes what is whole; the rest waits.
    fn take(&mut self, bytes: &[u8], heard: &mut Vec<u64>) -> Result<()> {
        let waiting = std::mem::take(&mut self.rest);
        let joined = if waiting.is_empty() { None } else { Some([&waiting, bytes].concat()) };
        let bytes = joined.as_deref().unwrap_or(bytes);
        let mut done = 0;
        while let Some(taken) = self.dialect.take(&bytes[done..], &mut self.unsent)? {
            done += taken.length;
            if let Some(post) = taken.post {
                let number = posts::marks(post).next();
                heard.push(number.ok_or("a post that nobody wrote")?);
            }
        }
        self.rest = bytes[done..].to_vec();
        Ok(())
    }
}

impl<D: Dialect> Member for Rival<D> {
    /// The number of a post.
    type Heard = u64;

    fn socket(&mut self) -> &mut TcpStream {
        &mut self.socket
    }

    fn writable(&mut self) -> Result<()> {
        self.flush()
    }

    fn readable(&mut self, buffer: &mut [u8], heard: &mut Vec<u64>) -> Result<()> {
        loop {
            match self.socket.read(buffer) {
                Ok(0) => return Err("closed by the server".to_owned()),
                Ok(length) => {
                    self.take(&buffer[..length], heard)?;
                    if length < buffer.len() {
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("read: {error}")),
            }
        }
        self.flush()
    }

    fn tick(&mut self, _: Instant) -> Result<()> {
        Ok(())
    }

    fn settle(&mut self) -> Result<()> {
        Ok(())
    }
}

/// The posts of a plan through another server. `dialect` makes the words of one client.
pub(crate) fn run<D: Dialect>(peer: &Peer, plan: Plan, dialect: impl Fn() -> D) -> Result<Outcome> {
    let mut crowd = Crowd::new()?;
    for index in 0..plan.subscribers {
        crowd.add(Rival::connect(peer, dialect(), index, true)?)?;
    }
    crowd.add(Rival::connect(peer, dialect(), plan.subscribers, false)?)?;
    posts::drive(
        &mut crowd,
        plan,
        0,
        &peer.pids(),
        |crowd, first| {
            let publisher = crowd.members.last_mut().ok_or("no publisher")?;
            for number in first..first + plan.window as u64 {
                publisher.post(&posts::text(number, posts::TEXT));
            }
            publisher.flush()
        },
        |tally, index, number| tally.note(index, number),
    )
}
