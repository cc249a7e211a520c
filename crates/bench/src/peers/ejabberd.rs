//! ejabberd, in the form that is best for it: no TLS, anonymous sign-in, no archive, no shaper.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::Peer;
use crate::server::Result;

/// Starts it on an empty spool; answers how long that took.
pub(crate) fn start() -> Result<(Peer, Duration)> {
    super::install("ejabberd")?;
    Peer::start("ejabberd", command)
}

fn command(folder: &Path, address: SocketAddr) -> Result<Command> {
    let file = folder.join("ejabberd.yml");
    std::fs::write(&file, configuration(address)).map_err(|error| error.to_string())?;
    // The Erlang machine itself, without the control script: one process with a known id.
    let mut command = Command::new("erl");
    command
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
  - {{port: {}, ip: "127.0.0.1", module: ejabberd_c2s, access: all, shaper: none, starttls: false, zlib: false}}
auth_method: [anonymous]
anonymous_protocol: sasl_anon
allow_multiple_connections: true
modules: {{mod_disco: {{}}}}
"#,
        address.port()
    )
}

/// An authorised connection.
pub(crate) fn connect(address: SocketAddr) -> Result<TcpStream> {
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
    let mut socket = TcpStream::connect(address).map_err(|error| error.to_string())?;
    socket.set_nodelay(true).map_err(|error| error.to_string())?;
    let patience = Some(Duration::from_secs(30));
    socket.set_read_timeout(patience).map_err(|error| error.to_string())?;
    for (said, answer) in steps {
        socket.write_all(said.as_bytes()).map_err(|error| error.to_string())?;
        wait_for(&mut socket, answer)?;
    }
    Ok(socket)
}

fn wait_for(socket: &mut TcpStream, answer: &str) -> Result<()> {
    let mut heard = String::new();
    let mut buffer = [0; 4096];
    while !heard.contains(answer) {
        match socket.read(&mut buffer).map_err(|error| format!("ejabberd: {error}"))? {
            0 => return Err(format!("ejabberd closed: {heard}")),
            length => heard.push_str(&String::from_utf8_lossy(&buffer[..length])),
        }
    }
    Ok(())
}
