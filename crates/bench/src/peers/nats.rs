//! nats-server, in the form that is best for it: no TLS, no accounts, no storage, no pings between the posts.

use std::io::Write as _;
use std::net::TcpStream;
use std::process::Command;

use super::Peer;
use super::dialect::{Dialect, Taken, find, read_until};
use crate::server::Result;

/// The channel of all.
const SUBJECT: &str = "bench";
/// A line that is longer is none of this protocol.
const LINE: usize = 4096;

/// Starts it.
pub(crate) fn start() -> Result<Peer> {
    super::install("nats-server")?;
    let (peer, _) = Peer::start("nats", |folder, address| {
        let file = folder.join("nats.conf");
        let text = format!(
            "listen: \"{address}\"\nmax_connections: 100000\nmax_pending: 256MB\n\
             write_deadline: \"60s\"\nping_interval: \"1h\"\nno_sys_acc: true\n"
        );
        std::fs::write(&file, text).map_err(|error| error.to_string())?;
        let mut command = Command::new("/usr/sbin/nats-server");
        command.arg("-c").arg(file);
        Ok(command)
    })?;
    Ok(peer)
}

/// A client.
pub(crate) struct Nats;

impl Dialect for Nats {
    fn sign_in(&mut self, socket: &mut TcpStream, _: usize, subscribe: bool) -> Result<()> {
        // The server speaks first.
        read_until(socket, "\r\n")?;
        let subscription = if subscribe { format!("SUB {SUBJECT} 1\r\n") } else { String::new() };
        let options = r#"{"verbose":false,"pedantic":false,"echo":false}"#;
        let said = format!("CONNECT {options}\r\n{subscription}PING\r\n");
        socket.write_all(said.as_bytes()).map_err(|error| error.to_string())?;
        read_until(socket, "PONG\r\n").map(drop)
    }

    fn post(&mut self, text: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("PUB {SUBJECT} {}\r\n{text}\r\n", text.len()).as_bytes());
    }

    fn take<'a>(&mut self, bytes: &'a [u8], reply: &mut Vec<u8>) -> Result<Option<Taken<'a>>> {
        let Some(end) = find(&bytes[..bytes.len().min(LINE)], b"\r\n") else {
            let is_none = bytes.len() >= LINE;
            return if is_none {
                Err("a line of NATS without an end".to_owned())
            } else {
                Ok(None)
            };
        };
        let (line, start) = (String::from_utf8_lossy(&bytes[..end]), end + 2);
        let mut words = line.split(' ');
        match words.next() {
            Some("MSG") => {
                let size = words.next_back().and_then(|size| size.parse::<usize>().ok());
                let size = size.ok_or_else(|| format!("NATS said {line}"))?;
                let whole = bytes.len() >= start + size + 2;
                Ok(whole.then(|| Taken::post(start + size + 2, &bytes[start..start + size])))
            }
            Some("PING") => {
                reply.extend_from_slice(b"PONG\r\n");
                Ok(Some(Taken::other(start)))
            }
            Some("-ERR") => Err(format!("NATS said {line}")),
            _ => Ok(Some(Taken::other(start))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dialect::tests::posts_however_cut;
    use super::*;

    #[test]
    fn posts_are_read_however_they_are_cut() {
        let stream = b"PING\r\nMSG bench 1 5\r\nhello\r\n+OK\r\nMSG bench 1 2\r\n\r\n\r\nPING\r\n";
        let (posts, reply) = posts_however_cut(|| Nats, stream);
        assert_eq!(posts, 2);
        assert_eq!(reply, b"PONG\r\nPONG\r\n");
        assert!(Nats.take(b"-ERR 'Slow Consumer'\r\n", &mut Vec::new()).is_err());
    }

    #[test]
    fn a_post_names_its_size() {
        let mut out = Vec::new();
        Nats.post("hello", &mut out);
        assert_eq!(out, b"PUB bench 5\r\nhello\r\n");
    }
}
