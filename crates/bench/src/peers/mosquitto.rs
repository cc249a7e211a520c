//! Mosquitto (MQTT 3.1.1), in the form that is best for it: no TLS, no storage, no delay, no bound of its queues.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use super::Peer;
use super::dialect::{Dialect, Taken};
use crate::server::Result;

/// The channel of all.
const TOPIC: &str = "bench";
// Kinds of packets, in the upper half of their first byte.
const CONNECT: u8 = 1;
const PUBLISH: u8 = 3;
const PUBACK: u8 = 4;
const SUBSCRIBE: u8 = 8;

/// Starts it.
pub(crate) fn start() -> Result<Peer> {
    super::install("mosquitto")?;
    let (peer, _) = Peer::start("mosquitto", |folder, address| {
        let file = folder.join("mosquitto.conf");
        let text = format!(
            "user root\nlistener {} 127.0.0.1\nallow_anonymous true\npersistence false\n\
             set_tcp_nodelay true\nmax_connections -1\nmax_inflight_messages 0\n\
             max_queued_messages 0\nsys_interval 0\nlog_type error\nconnection_messages false\n",
            address.port()
        );
        std::fs::write(&file, text).map_err(|error| error.to_string())?;
        let mut command = Command::new("/usr/sbin/mosquitto");
        command.arg("-c").arg(file);
        Ok(command)
    })?;
    Ok(peer)
}

/// A client. With QoS 1 every delivery is acknowledged, as our clients do.
pub(crate) struct Mqtt {
    qos: u8,
    /// Number of the last packet that asks for an acknowledgement.
    number: u16,
}

impl Mqtt {
    pub(crate) const fn new(qos: u8) -> Self {
        Self { qos, number: 0 }
    }

    fn next_number(&mut self) -> [u8; 2] {
        // 0 is no number.
        self.number = self.number.checked_add(1).unwrap_or(1);
        self.number.to_be_bytes()
    }
}

/// A text behind its length.
fn string(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&length, text.as_bytes()].concat()
}

fn packet(kind: u8, flags: u8, body: &[u8], out: &mut Vec<u8>) {
    out.push(kind << 4 | flags);
    // Seven bits a byte, the lowest first.
    let mut length = body.len();
    while length > 0x7f {
        out.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(body);
}

/// Sends a packet and expects this answer.
fn ask(socket: &mut TcpStream, packet: &[u8], expected: &[u8]) -> Result<()> {
    socket.write_all(packet).map_err(|error| error.to_string())?;
    let mut answer = vec![0; expected.len()];
    socket.read_exact(&mut answer).map_err(|error| error.to_string())?;
    if answer == expected { Ok(()) } else { Err(format!("mosquitto answered {answer:02x?}")) }
}

/// The length behind the first byte, and where what it counts begins. `None` while it is not whole.
fn length_of(bytes: &[u8]) -> Result<Option<(usize, usize)>> {
    let mut length = 0;
    for (at, byte) in bytes.iter().enumerate().skip(1) {
        if at > 4 {
            return Err("a packet of MQTT without a length".to_owned());
        }
        length |= usize::from(byte & 0x7f) << (7 * (at - 1));
        if byte & 0x80 == 0 {
            return Ok(Some((length, at + 1)));
        }
    }
    Ok(None)
}

impl Dialect for Mqtt {
    fn sign_in(&mut self, socket: &mut TcpStream, index: usize, subscribe: bool) -> Result<()> {
        // Version 4 of the protocol, a session without a past, no keep-alive.
        let body = [string("MQTT"), vec![4, 2, 0, 0], string(&format!("bench{index}"))].concat();
        let mut out = Vec::new();
        packet(CONNECT, 0, &body, &mut out);
        ask(socket, &out, &[0x20, 2, 0, 0])?;
        if !subscribe {
            return Ok(());
        }
        let number = self.next_number();
        let body = [&number[..], &string(TOPIC), &[self.qos]].concat();
        out.clear();
        packet(SUBSCRIBE, 2, &body, &mut out);
        ask(socket, &out, &[&[0x90, 3], &number[..], &[self.qos]].concat())
    }

    fn post(&mut self, text: &str, out: &mut Vec<u8>) {
        let mut body = string(TOPIC);
        if self.qos > 0 {
            body.extend(self.next_number());
        }
        body.extend_from_slice(text.as_bytes());
        packet(PUBLISH, self.qos << 1, &body, out);
    }

    fn take<'a>(&mut self, bytes: &'a [u8], reply: &mut Vec<u8>) -> Result<Option<Taken<'a>>> {
        let Some((length, start)) = length_of(bytes)? else { return Ok(None) };
        let Some(body) = bytes.get(start..start + length) else { return Ok(None) };
        if bytes[0] >> 4 != PUBLISH {
            return Ok(Some(Taken::other(start + length)));
        }
        let cut = || "a cut packet of MQTT".to_owned();
        let topic = body.first_chunk().ok_or_else(cut)?;
        let mut rest = body.get(2 + usize::from(u16::from_be_bytes(*topic))..).ok_or_else(cut)?;
        if bytes[0] & 0b0110 != 0 {
            let (number, text) = rest.split_first_chunk::<2>().ok_or_else(cut)?;
            packet(PUBACK, 0, number, reply);
            rest = text;
        }
        Ok(Some(Taken::post(start + length, rest)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::dialect::tests::posts_however_cut;
    use super::*;

    #[test]
    fn posts_are_read_however_they_are_cut() {
        for qos in [0, 1] {
            let mut stream = Vec::new();
            let mut publisher = Mqtt::new(qos);
            for text in ["short", &"long".repeat(100)] {
                publisher.post(text, &mut stream);
            }
            // What is no post is taken as well.
            packet(PUBACK, 0, &[0, 9], &mut stream);
            let (posts, reply) = posts_however_cut(|| Mqtt::new(qos), &stream);
            assert_eq!(posts, 2);
            let acknowledged: &[u8] = if qos == 0 { &[] } else { &[0x40, 2, 0, 1, 0x40, 2, 0, 2] };
            assert_eq!(reply, acknowledged);
        }
    }

    #[test]
    fn a_length_takes_as_many_bytes_as_it_needs() {
        let mut out = Vec::new();
        packet(PUBLISH, 0, &[7; 321], &mut out);
        assert_eq!(out[..3], [0x30, 0xc1, 0x02]);
        assert_eq!(length_of(&out).unwrap(), Some((321, 3)));
        assert!(length_of(&[0x30, 0x80, 0x80, 0x80, 0x80, 0x80]).is_err());
    }
}
