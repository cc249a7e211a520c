//! ejabberd, in the form that is best for it: no TLS, anonymous sign-in, no archive, no shaper; its room tells nobody of who
//! comes and keeps no history.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::Peer;
use super::dialect::{Dialect, Taken, find, read_until};
use crate::server::Result;

/// The channel of all: a room that its first member makes.
const ROOM: &str = "bench@conference.localhost";
/// Ends a post.
const END: &[u8] = b"</message>";
/// Stands behind the modules of [`configuration`].
const ROOMS: &str = "  \
  mod_muc:
    access: all
    access_create: all
    max_users: 20000
    max_users_presence: 20000
    history_size: 0
    room_shaper: none
    user_message_shaper: none
    min_message_interval: 0
    default_room_options: {max_users: 20000, presence_broadcast: [], mam: false, logging: false, persistent: false}
";

/// Starts it on an empty spool; answers how long that took.
pub(crate) fn start() -> Result<(Peer, Duration)> {
    super::install("ejabberd")?;
    Peer::start("ejabberd", |folder, address| command(folder, &configuration(address)))
}

/// Starts it with rooms.
pub(crate) fn start_with_rooms() -> Result<Peer> {
    super::install("ejabberd")?;
    let (peer, _) = Peer::start("ejabberd", |folder, address| {
        command(folder, &(configuration(address) + ROOMS))
    })?;
    Ok(peer)
}

fn command(folder: &Path, configuration: &str) -> Result<Command> {
    let file = folder.join("ejabberd.yml");
    std::fs::write(&file, configuration).map_err(|error| error.to_string())?;
    // The Erlang machine itself, without the control script: one process with a known id.
    let mut command = Command::new("erl");
    command
        // Without schedulers that wait busily, which would count as its work.
        .args("+sbwt none +sbwtdcpu none +sbwtdio none".split(' '))
        .args("+K true -smp auto +P 250000 +Q 65536 -noinput -mnesia dir".split(' '))
        .arg(format!("\"{}\"", folder.display()))
        .args(["-s", "ejabberd"])
        .env("HOME", folder)
        .env("ERL_LIBS", libraries()?)
        .env("EJABBERD_CONFIG_PATH", &file)
        .env("EJABBERD_LOG_PATH", folder.join("ejabberd.log"));
    Ok(command)
}

/// Where the package keeps its Erlang applications.
fn libraries() -> Result<String> {
    let output = Command::new("dpkg").args(["-L", "ejabberd"]).output();
    let output = output.map_err(|error| error.to_string())?;
    let files = String::from_utf8_lossy(&output.stdout).into_owned();
    let found = files.lines().find_map(|line| {
        let (libraries, rest) = line.split_once("/ejabberd-")?;
        rest.ends_with("/ebin").then(|| libraries.to_owned())
    });
    found.ok_or_else(|| "the ejabberd package holds no applications".to_owned())
}

fn configuration(address: SocketAddr) -> String {
    format!(
        r#"hosts: [localhost]
loglevel: 2
listen:
  - {{port: {}, ip: "127.0.0.1", module: ejabberd_c2s, access: all, shaper: none, starttls: false, zlib: false,
     max_stanza_size: 262144}}
auth_method: [anonymous]
anonymous_protocol: sasl_anon
allow_multiple_connections: true
modules:
  mod_disco: {{}}
"#,
        address.port()
    )
}

/// An authorised connection.
pub(crate) fn connect(address: SocketAddr) -> Result<TcpStream> {
    let mut socket = super::dial(address)?;
    sign_in(&mut socket).map_err(|error| format!("ejabberd: {error}"))?;
    Ok(socket)
}

fn sign_in(socket: &mut TcpStream) -> Result<()> {
    let open = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
                to='localhost' version='1.0'>";
    let bind = "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
    let auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>";
    let steps = [
        (open, "</stream:features>"),
        (auth, "<success"),
        (open, "</stream:features>"),
        (bind, "</iq>"),
    ];
    for (said, answer) in steps {
        socket.write_all(said.as_bytes()).map_err(|error| error.to_string())?;
        read_until(socket, answer)?;
    }
    Ok(())
}

/// A member of the room.
pub(crate) struct Occupant;

impl Dialect for Occupant {
    /// Only members may post, so the publisher hears the room too.
    fn sign_in(&mut self, socket: &mut TcpStream, index: usize, _: bool) -> Result<()> {
        sign_in(socket)?;
        let join = format!(
            "<presence to='{ROOM}/n{index}'><x xmlns='http://jabber.org/protocol/muc'>\
             <history maxstanzas='0'/></x></presence>"
        );
        socket.write_all(join.as_bytes()).map_err(|error| error.to_string())?;
        // The subject comes last.
        let heard = read_until(socket, "<subject")?;
        if heard.contains("type='error'") { Err(heard) } else { Ok(()) }
    }

    fn post(&mut self, text: &str, out: &mut Vec<u8>) {
        let stanza = format!("<message to='{ROOM}' type='groupchat'><body>{text}</body></message>");
        out.extend_from_slice(stanza.as_bytes());
    }

    fn take<'a>(&mut self, bytes: &'a [u8], _: &mut Vec<u8>) -> Result<Option<Taken<'a>>> {
        let Some(end) = find(bytes, END) else { return Ok(None) };
        let length = end + END.len();
        let body = find(&bytes[..end], b"<body>").map(|start| &bytes[start..end]);
        Ok(Some(body.map_or(Taken::other(length), |text| Taken::post(length, text))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::dialect::tests::posts_however_cut;
    use super::*;

    #[test]
    fn posts_are_read_however_they_are_cut() {
        let mut stream = b"<presence from='x'/><message><subject/></message>".to_vec();
        for text in ["one", "two", "three"] {
            Occupant.post(text, &mut stream);
        }
        assert_eq!(posts_however_cut(|| Occupant, &stream), (3, Vec::new()));
    }
}
