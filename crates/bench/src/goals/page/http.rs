//! HTTP/1.1 on one connection that stays: just what is needed to see when the first byte is there.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::server::Result;

/// Longest answer that is taken.
const MOST_BYTES: usize = 8 << 20;

/// One connection.
pub(super) struct Client {
    socket: TcpStream,
    buffer: Vec<u8>,
}

/// What came.
pub(super) struct Answer {
    pub(super) status: u16,
    /// As it travelled.
    pub(super) body: Vec<u8>,
    pub(super) first_byte: Instant,
}

impl Client {
    pub(super) fn connect(address: SocketAddr) -> Result<Self> {
        let socket = TcpStream::connect(address).map_err(|error| error.to_string())?;
        socket.set_nodelay(true).map_err(|error| error.to_string())?;
        let patience = Some(Duration::from_secs(30));
        socket.set_read_timeout(patience).map_err(|error| error.to_string())?;
        Ok(Self { socket, buffer: Vec::with_capacity(64 << 10) })
    }

    /// Asks for a path; `packed` as browsers do.
    pub(super) fn get(&mut self, path: &str, packed: bool) -> Result<Answer> {
        let coding = if packed { "Accept-Encoding: gzip, deflate, br\r\n" } else { "" };
        let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\n{coding}\r\n");
        self.socket.write_all(request.as_bytes()).map_err(|error| error.to_string())?;
        self.buffer.clear();
        self.more()?;
        let first_byte = Instant::now();
        let head = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.more()?;
        };
        let (status, length) = read_head(&self.buffer[..head])?;
        while self.buffer.len() < head + length {
            self.more()?;
        }
        Ok(Answer { status, body: self.buffer[head..head + length].to_vec(), first_byte })
    }

    fn more(&mut self) -> Result<()> {
        let mut piece = [0; 64 << 10];
        let count = self.socket.read(&mut piece).map_err(|error| error.to_string())?;
        if count == 0 || self.buffer.len() > MOST_BYTES {
            return Err("the connection ended within an answer".to_owned());
        }
        self.buffer.extend_from_slice(&piece[..count]);
        Ok(())
    }
}

/// Status and length of the body.
fn read_head(head: &[u8]) -> Result<(u16, usize)> {
    let head = std::str::from_utf8(head).map_err(|error| error.to_string())?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    status.zip(length).ok_or_else(|| format!("no answer of ours: {head}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_tells_status_and_length() {
        let head = b"HTTP/1.1 404 Not Found\r\nserver: x\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(read_head(head).unwrap(), (404, 12));
        assert!(read_head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
