//! The limit server L: what this machine can deliver on one thread with the same encryption, and nothing else.
//!
//! It sends every subscriber an encrypted frame of 428 bytes for each post. It stores nothing, knows no acknowledgements,
//! keeps no session. It runs as a process of its own, so that its CPU time can be told apart.
//!
//! ```text
//! length 4 | auth_key_id 8 | msg_key 16 | 400 encrypted: number of the post 8, filling
//! ```

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use crypto::{AuthKey, HEADER_LEN, SealLane, Sender};
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

use crate::server::Result;

/// Header, a text of 300 bytes and padding, as a post has them.
const PLAIN: usize = 400;
/// A whole frame.
pub(crate) const FRAME: usize = 4 + HEADER_LEN + PLAIN;
/// Recipients encrypted together.
const LANES: usize = 8;
const SUBSCRIBERS: Token = Token(usize::MAX - 2);
const PUBLISHERS: Token = Token(usize::MAX - 1);
const PUBLISHER: Token = Token(usize::MAX - 3);

/// The key of the `index`th subscriber: distinct, and known to both sides.
pub(crate) fn key(index: usize) -> AuthKey {
    let mut bytes = [0; 256];
    for (number, part) in bytes.chunks_exact_mut(32).enumerate() {
        let seed = [&index.to_le_bytes()[..], &number.to_le_bytes()[..]].concat();
        part.copy_from_slice(&crypto::sha256(&seed));
    }
    AuthKey::new(bytes)
}

struct Limit {
    poll: Poll,
    subscribers: Vec<(TcpStream, AuthKey)>,
    publisher: Option<TcpStream>,
    number: u64,
    frames: [Vec<u8>; LANES],
    /// All posts of one write leave in one write to each recipient.
    joined: bool,
}

/// Serves until it is killed. Says its two ports on standard output: for subscribers, and for the publisher, each byte of
/// whom is a post.
pub(crate) fn serve(joined: bool) -> Result<()> {
    let said = |error: std::io::Error| error.to_string();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut subscribers = TcpListener::bind(any).map_err(said)?;
    let mut publishers = TcpListener::bind(any).map_err(said)?;
    let poll = Poll::new().map_err(said)?;
    let registry = poll.registry();
    registry.register(&mut subscribers, SUBSCRIBERS, Interest::READABLE).map_err(said)?;
    registry.register(&mut publishers, PUBLISHERS, Interest::READABLE).map_err(said)?;
    let ports = [&subscribers, &publishers].map(|listener| listener.local_addr().map(|a| a.port()));
    for port in ports {
        println!("{}", port.map_err(said)?);
    }
    let frames = std::array::from_fn(|_| Vec::new());
    let mut limit =
        Limit { poll, subscribers: Vec::new(), publisher: None, number: 0, frames, joined };
    let mut events = Events::with_capacity(1024);
    loop {
        limit.poll.poll(&mut events, None).map_err(said)?;
        for event in &events {
            match event.token() {
                SUBSCRIBERS => limit.welcome(&subscribers)?,
                PUBLISHERS => {
                    if let Ok((mut socket, _)) = publishers.accept() {
                        let registry = limit.poll.registry();
                        registry
                            .register(&mut socket, PUBLISHER, Interest::READABLE)
                            .map_err(said)?;
                        limit.publisher = Some(socket);
                    }
                }
                PUBLISHER => limit.read_posts()?,
                // Subscribers say nothing; one that goes takes the process along, which its parent notices.
                Token(_) => {}
            }
        }
    }
}

impl Limit {
    fn welcome(&mut self, listener: &TcpListener) -> Result<()> {
        while let Ok((mut socket, _)) = listener.accept() {
            socket.set_nodelay(true).map_err(|error| error.to_string())?;
            let index = self.subscribers.len();
            let registered =
                self.poll.registry().register(&mut socket, Token(index), Interest::READABLE);
            registered.map_err(|error| error.to_string())?;
            self.subscribers.push((socket, key(index)));
        }
        Ok(())
    }

    fn read_posts(&mut self) -> Result<()> {
        let mut buffer = [0; 256];
        loop {
            let Some(publisher) = &mut self.publisher else { return Ok(()) };
            match publisher.read(&mut buffer) {
                Ok(0) => self.publisher = None,
                Ok(posts) if self.joined => self.publish(posts)?,
                Ok(posts) => (0..posts).try_for_each(|_| self.publish(1))?,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    /// Sends `posts` frames to everyone, in one write each.
    fn publish(&mut self, posts: usize) -> Result<()> {
        for group in self.subscribers.chunks_mut(LANES) {
            for (frames, _) in self.frames.iter_mut().zip(&*group) {
                frames.clear();
            }
            for post in 0..posts {
                let number = self.number + post as u64;
                let start = post * FRAME;
                let mut lanes = Vec::with_capacity(LANES);
                for (frames, (_, key)) in self.frames.iter_mut().zip(&*group) {
                    write_plain(frames, number);
                    lanes.push(SealLane { key, packet: &mut frames[start + 4..] });
                }
                crypto::seal_batch(Sender::Server, &mut lanes)
                    .map_err(|error| error.to_string())?;
            }
            for (frames, (socket, _)) in self.frames.iter().zip(group) {
                let sent = socket.write(frames).map_err(|error| format!("send: {error}"))?;
                if sent != frames.len() {
                    return Err(format!(
                        "sent {sent} of {}: a subscriber does not keep up",
                        frames.len()
                    ));
                }
            }
        }
        self.number += posts as u64;
        Ok(())
    }
}

fn write_plain(frames: &mut Vec<u8>, number: u64) {
    let start = frames.len();
    frames.resize(start + FRAME, b'x');
    frames[start..start + 4].copy_from_slice(&((FRAME - 4) as u32).to_le_bytes());
    let plain = start + 4 + HEADER_LEN;
    frames[plain..plain + 8].copy_from_slice(&number.to_le_bytes());
}

/// A limit server in a process of its own; ended when dropped.
pub(crate) struct LimitServer {
    child: Child,
    pub(crate) subscribers: SocketAddr,
    pub(crate) publisher: SocketAddr,
}

impl LimitServer {
    pub(crate) fn start(joined: bool) -> Result<Self> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        command.arg("limit").stdin(Stdio::null()).stdout(Stdio::piped());
        if joined {
            command.arg("--joined");
        }
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let output = child.stdout.take().ok_or("no output")?;
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(output));
        let mut port = || -> Result<SocketAddr> {
            let line = lines.next().ok_or("the limit server did not start")?;
            let port =
                line.map_err(|e| e.to_string())?.parse::<u16>().map_err(|e| e.to_string())?;
            Ok(SocketAddr::from(([127, 0, 0, 1], port)))
        };
        let (subscribers, publisher) = (port()?, port()?);
        Ok(Self { child, subscribers, publisher })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for LimitServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_and_repeat() {
        let ids: std::collections::BTreeSet<u64> = (0..100).map(|index| key(index).id()).collect();
        assert_eq!(ids.len(), 100);
        assert_eq!(key(7).id(), key(7).id());
    }

    #[test]
    fn a_frame_has_428_bytes_and_opens_with_its_key() {
        let mut frame = Vec::new();
        write_plain(&mut frame, 9);
        assert_eq!(frame.len(), 428);
        let key = key(3);
        let mut lanes = [SealLane { key: &key, packet: &mut frame[4..] }];
        crypto::seal_batch(Sender::Server, &mut lanes).unwrap();
        let opened = crypto::open(&key, Sender::Server, &mut frame[4..]).unwrap();
        assert_eq!(opened.plain[..8], 9_u64.to_le_bytes());
    }
}
