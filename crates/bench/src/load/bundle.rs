//! Many clients with real sessions and keys of their own that share one socket: where so many sockets can't be open.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Instant;

use mio::net::TcpStream;
use tl_api::functions;

use super::crowd::Member;
use super::line::Line;
use super::seat::{Heard, Seat};
use crate::population::Account;
use crate::server::Result;

/// Clients on one socket.
pub(crate) struct Bundle {
    line: Line,
    seats: Vec<Seat>,
    /// Which key is whose, by the eight bytes in front of a packet.
    by_key: HashMap<[u8; 8], usize>,
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
        Ok(Self { line, seats, by_key })
    }

    fn pack(&mut self, wanted: impl Fn(&Seat) -> bool) -> Result<()> {
        for seat in self.seats.iter_mut().filter(|seat| wanted(seat)) {
            if let Some(packet) = seat.pack()? {
                self.line.put(&packet);
            }
        }
        self.line.write()
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
        let Self { line, seats, by_key } = self;
        let mut of_one = Vec::new();
        while line.read(buffer, |packet, said| {
            let at = packet.first_chunk().and_then(|key| by_key.get(key));
            let at = *at.ok_or("a packet for nobody")?;
            seats[at].take(packet, &mut of_one)?;
            if seats[at].is_full() || seats[at].is_queued() {
                said.extend(seats[at].pack()?);
            }
            heard.extend(of_one.drain(..).map(|what| (at, what)));
            Ok(())
        })? {}
        Ok(())
    }

    fn tick(&mut self, at: Instant) -> Result<()> {
        self.pack(|seat| seat.is_late(at))
    }

    fn settle(&mut self) -> Result<()> {
        self.pack(Seat::owes)?;
        self.seats.iter_mut().for_each(Seat::fall_out_of_step);
        Ok(())
    }
}
