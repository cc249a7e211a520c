//! The loop over all connections.

use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::server::Result;

/// Events taken at once.
const EVENTS: usize = 1024;
/// How often members look at the clock.
const TICK: Duration = Duration::from_millis(200);
/// Nothing for this long is a failure.
const PATIENCE: Duration = Duration::from_secs(20);

/// One connection.
pub(crate) trait Member {
    /// What it hears.
    type Heard;
    fn socket(&mut self) -> &mut TcpStream;
    /// The socket takes bytes again.
    fn writable(&mut self) -> Result<()>;
    /// Reads until the socket is empty.
    fn readable(&mut self, buffer: &mut [u8], heard: &mut Vec<Self::Heard>) -> Result<()>;
    /// Time has passed.
    fn tick(&mut self, at: Instant) -> Result<()>;
    /// Acknowledges at once what waits for it.
    fn settle(&mut self) -> Result<()>;
}

/// All connections of a load.
pub(crate) struct Crowd<M: Member> {
    poll: Poll,
    events: Events,
    pub(crate) members: Vec<M>,
    buffer: Vec<u8>,
    heard: Vec<M::Heard>,
    ticked: Instant,
}

impl<M: Member> Crowd<M> {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            poll: Poll::new().map_err(|error| error.to_string())?,
            events: Events::with_capacity(EVENTS),
            members: Vec::new(),
            buffer: vec![0; 64 * 1024],
            heard: Vec::new(),
            ticked: Instant::now(),
        })
    }

    /// Takes a member in; answers its number.
    pub(crate) fn add(&mut self, mut member: M) -> Result<usize> {
        let number = self.members.len();
        let interest = Interest::READABLE | Interest::WRITABLE;
        let registered = self.poll.registry().register(member.socket(), Token(number), interest);
        registered.map_err(|error| error.to_string())?;
        self.members.push(member);
        Ok(number)
    }

    /// Waits for events once and hands on what was heard, with the member and its number. False if there were none.
    pub(crate) fn turn(
        &mut self,
        timeout: Duration,
        hear: &mut impl FnMut(usize, &mut M, M::Heard) -> Result<()>,
    ) -> Result<bool> {
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return Ok(true),
            other => other.map_err(|error| error.to_string())?,
        }
        for event in &self.events {
            let number = event.token().0;
            let member = &mut self.members[number];
            let named = |error: String| format!("client {number}: {error}");
            if event.is_writable() {
                member.writable().map_err(named)?;
            }
            if event.is_readable() {
                member.readable(&mut self.buffer, &mut self.heard).map_err(named)?;
                for heard in self.heard.drain(..) {
                    hear(number, member, heard).map_err(named)?;
                }
            }
        }
        let any = !self.events.is_empty();
        self.tick()?;
        Ok(any)
    }

    fn tick(&mut self) -> Result<()> {
        let at = Instant::now();
        if at.duration_since(self.ticked) >= TICK {
            self.ticked = at;
            self.members.iter_mut().try_for_each(|member| member.tick(at))?;
        }
        Ok(())
    }

    /// Turns until `done`.
    pub(crate) fn until(
        &mut self,
        what: &str,
        hear: &mut impl FnMut(usize, &mut M, M::Heard) -> Result<()>,
        mut done: impl FnMut() -> bool,
    ) -> Result<()> {
        let mut last = Instant::now();
        while !done() {
            if self.turn(TICK, hear)? {
                last = Instant::now();
            } else if last.elapsed() > PATIENCE {
                return Err(format!("{what}: nothing came for {} s", PATIENCE.as_secs()));
            }
        }
        Ok(())
    }

    /// Turns for a while.
    pub(crate) fn rest(
        &mut self,
        time: Duration,
        hear: &mut impl FnMut(usize, &mut M, M::Heard) -> Result<()>,
    ) -> Result<()> {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|d| !d.is_zero()) {
            self.turn(left, hear)?;
        }
        Ok(())
    }

    /// Acknowledges everything, and lets the server take it.
    pub(crate) fn settle(
        &mut self,
        hear: &mut impl FnMut(usize, &mut M, M::Heard) -> Result<()>,
    ) -> Result<()> {
        self.members.iter_mut().try_for_each(Member::settle)?;
        self.rest(Duration::from_millis(300), hear)
    }
}
