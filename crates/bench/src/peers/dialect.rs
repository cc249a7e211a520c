//! Just enough of another server's protocol to join one channel, post to it and read what comes.

use std::net::TcpStream;

use crate::server::Result;

/// What a client of another server says and hears. One value is one client.
pub(crate) trait Dialect {
    /// Signs in as the `index`th client; with `subscribe` it hears the channel. The socket blocks meanwhile.
    fn sign_in(&mut self, socket: &mut TcpStream, index: usize, subscribe: bool) -> Result<()>;

    /// Appends the words that post a text.
    fn post(&mut self, text: &str, out: &mut Vec<u8>);

    /// Takes the message at the start of what came, or nothing of it while its end is missing. What the client has to say
    /// to it is appended to `reply`.
    fn take<'a>(&mut self, bytes: &'a [u8], reply: &mut Vec<u8>) -> Result<Option<Taken<'a>>>;
}

/// A message that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken<'a> {
    /// Its bytes with everything around them.
    pub(crate) length: usize,
    /// The text of a post, with what the protocol puts around it at most.
    pub(crate) post: Option<&'a [u8]>,
}

impl<'a> Taken<'a> {
    pub(crate) const fn post(length: usize, text: &'a [u8]) -> Self {
        Self { length, post: Some(text) }
    }

    pub(crate) const fn other(length: usize) -> Self {
        Self { length, post: None }
    }
}

/// Where something begins.
pub(crate) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Reads until something came, and answers everything up to there and behind it.
pub(crate) fn read_until(socket: &mut TcpStream, wanted: &str) -> Result<String> {
    use std::io::Read as _;
    let mut heard = String::new();
    let mut buffer = [0; 4096];
    while !heard.contains(wanted) {
        match socket.read(&mut buffer).map_err(|error| format!("{error} after: {heard}"))? {
            0 => return Err(format!("closed after: {heard}")),
            length => heard.push_str(&String::from_utf8_lossy(&buffer[..length])),
        }
    }
    Ok(heard)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Takes all of `stream`, cut anywhere into two readings; every cut has to find the same posts.
    pub(crate) fn posts_however_cut<D: Dialect>(
        mut dialect: impl FnMut() -> D,
        stream: &[u8],
    ) -> (usize, Vec<u8>) {
        let mut results = (0..=stream.len()).map(|cut| {
            let (mut client, mut reply, mut posts) = (dialect(), Vec::new(), 0);
            let mut rest = Vec::new();
            for part in [&stream[..cut], &stream[cut..]] {
                rest.extend_from_slice(part);
                while let Some(taken) = client.take(&rest, &mut reply).unwrap() {
                    posts += usize::from(taken.post.is_some());
                    let length = taken.length;
                    rest.drain(..length);
                }
            }
            assert!(rest.is_empty(), "cut at {cut}: {rest:?} is left");
            (posts, reply)
        });
        let first = results.next().unwrap();
        assert!(results.all(|other| other == first), "another cut, other posts");
        first
    }

    #[test]
    fn something_is_found_where_it_begins() {
        assert_eq!(find(b"one two", b"two"), Some(4));
        assert_eq!(find(b"one tw", b"two"), None);
    }
}
