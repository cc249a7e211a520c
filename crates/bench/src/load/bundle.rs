//! Many clients with real sessions and keys of their own that share one socket: where so many sockets can't be open.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use tl_api::functions;

use super::crowd::{Crowd, Member};
use super::line::Line;
use super::posts;
use super::seat::{Heard, Seat};
use crate::population::Account;
use crate::procstat::rss_bytes;
use crate::server::{Result, Server};

/// Clients on one socket.
pub(crate) struct Bundle {
    line: Line,
    seats: Vec<Seat>,
    /// Which key is whose, by the eight bytes in front of a packet.
    by_key: HashMap<[u8; 8], usize>,
    /// When acknowledgements that somebody began to owe are due, and whose, the next one first; some were sent since. To ask all seats
    /// time and again whether they owe one would cost more than to read.
    owing: BinaryHeap<Reverse<(Instant, usize)>>,
}

impl Bundle {
    /// Starts to connect, and asks for updates in everybody's name; the answers have the number 0.
    pub(crate) fn dial(address: SocketAddr, accounts: &[Account]) -> Result<Self> {
        let mut line = Line::dial(address)?;
        let mut seats = Vec::with_capacity(accounts.len());
        let mut by_key = HashMap::with_capacity(accounts.len());
        for account in accounts {
            let mut seat = Seat::new(&account.key);
            seat.request(0, &functions::updates::GetState {});
            if let Some(packet) = seat.pack()? {
                line.put(&packet);
            }
            by_key.insert(account.key.id().to_le_bytes(), seats.len());
            seats.push(seat);
        }
        line.write()?;
        Ok(Self { line, seats, by_key, owing: BinaryHeap::new() })
    }

    /// Acknowledges for this one, if they owe it.
    fn pay(&mut self, number: usize) -> Result<()> {
        let seat = &mut self.seats[number];
        if seat.owes()
            && let Some(packet) = seat.pack()?
        {
            self.line.put(&packet);
        }
        Ok(())
    }
}

impl Member for Bundle {
    /// Whose, and what.
    type Heard = (usize, Heard);

    fn socket(&mut self) -> &mut TcpStream {
        &mut self.line.socket
    }

    fn writable(&mut self) -> Result<()> {
        self.line.write()
    }

    fn readable(&mut self, buffer: &mut [u8], heard: &mut Vec<Self::Heard>) -> Result<()> {
        let Self { line, seats, by_key, owing } = self;
        let mut of_one = Vec::new();
        while line.read(buffer, |packet, said| {
            let at = packet.first_chunk().and_then(|key| by_key.get(key));
            let at = *at.ok_or("a packet for nobody")?;
            let seat = &mut seats[at];
            let owed = seat.owes();
            seat.take(packet, &mut of_one)?;
            if seat.is_full() || seat.is_queued() {
                said.extend(seat.pack()?);
            } else if !owed {
                owing.extend(seat.due().map(|due| Reverse((due, at))));
            }
            heard.extend(of_one.drain(..).map(|what| (at, what)));
            Ok(())
        })? {}
        Ok(())
    }

    fn tick(&mut self, at: Instant) -> Result<()> {
        while self.owing.peek().is_some_and(|Reverse((due, _))| *due <= at) {
            if let Some(Reverse((_, number))) = self.owing.pop()
                && self.seats[number].is_late(at)
            {
                self.pay(number)?;
            }
        }
        self.line.write()
    }

    fn settle(&mut self) -> Result<()> {
        for Reverse((_, number)) in std::mem::take(&mut self.owing) {
            self.pay(number)?;
        }
        self.line.write()?;
        self.seats.iter_mut().for_each(Seat::fall_out_of_step);
        Ok(())
    }
}

/// Runs a plan through the server as [`posts::hoopoe`] does, with so many subscribers on each socket. The publisher has its own.
pub(crate) fn run(
    server: &Server,
    accounts: &[Account],
    plan: posts::Plan,
    together: usize,
) -> Result<posts::Outcome> {
    let pid = server.pid().ok_or("the server does not run")?;
    let (owner, members) = accounts.split_first().ok_or("no accounts")?;
    let members = members.get(..plan.subscribers).ok_or("too few accounts")?;
    let mut crowd = connect(server, pid, members, together)?;
    let mut publisher = Crowd::new()?;
    posts::connect(&mut publisher, server, std::slice::from_ref(owner))?;
    let channel = posts::find_channel(&mut publisher)?;
    posts::drive(
        &mut crowd,
        plan,
        0,
        &[pid],
        |_, first| {
            // Its own answers and copies are read before it speaks again.
            publisher.rest(Duration::from_millis(1), &mut |_, _, _| Ok(()))?;
            posts::publish(&mut publisher, &channel, first..first + plan.window as u64, posts::TEXT)
        },
        |tally, index, (seat, heard)| match heard {
            Heard::Update(body) => posts::marks(&body)
                .try_for_each(|number| tally.note(index * together + seat, number)),
            Heard::Refused(why) => Err(why),
            Heard::Answer(..) => Ok(()),
        },
    )
}

/// Connects accounts, so many on each socket, one socket after the other. Tells how long that took, and the memory it needs.
fn connect(
    server: &Server,
    pid: u32,
    members: &[Account],
    together: usize,
) -> Result<Crowd<Bundle>> {
    let (start, fresh) = (Instant::now(), rss_bytes(&[pid])?);
    let mut crowd = Crowd::new()?;
    for some in members.chunks(together) {
        let answered = std::cell::Cell::new(0);
        crowd.add(Bundle::dial(server.address, some)?)?;
        let mut hear = |_: usize, _: &mut Bundle, (_, heard): (usize, Heard)| {
            answered.set(answered.get() + usize::from(matches!(heard, Heard::Answer(..))));
            if let Heard::Refused(why) = heard { Err(why) } else { Ok(()) }
        };
        crowd.until("connecting", &mut hear, || answered.get() == some.len())?;
    }
    crowd.settle(&mut |_, _, _| Ok(()))?;
    let (full, own) = (rss_bytes(&[pid])?, rss_bytes(&[std::process::id()])?);
    eprintln!(
        "  {} sessions on {} sockets in {:.0} s: server {} MiB resident, {} bytes for each; generator {} MiB",
        members.len(),
        crowd.members.len(),
        start.elapsed().as_secs_f64(),
        full >> 20,
        full.saturating_sub(fresh) / members.len() as u64,
        own >> 20,
    );
    Ok(crowd)
}
